#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <cctype>
#include <string_view>
#include <utility>
#include <vector>

#include "options/output_options.h"

namespace pxq {
namespace {

// What numbers, times and measures may hold, which are written without quotes.
bool stands_in_values(char byte) {
  const auto letter = static_cast<unsigned char>(byte);
  return std::isalnum(letter) != 0 ||
         std::string_view("+-.:% /_").find(byte) != std::string_view::npos;
}

}  // namespace

void OutputOptions::declare_shape(CLI::App& app) {
  app.add_flag("--expand-quantiles", expand_quantiles,
               "columns of quantiles as columns of numbers: latency_p01 to latency_p99")
      ->group("Output");
  app.add_flag("--script-labels", script_labels, "links to scripts as their labels in data formats")
      ->group("Output");
  app.add_flag("--skip-empty", skip_empty, "nothing of tables without rows: no file, no header")
      ->group("Output");
  app.add_option("--delimiter", delimiter, "between the fields of csv, such as ';' or '\\t'")
      ->type_name("CHARACTER")
      ->group("Output");
  app.add_flag("--spreadsheet", spreadsheet,
               "csv that a spreadsheet opens as it is, with cells that it would run made harmless")
      ->group("Output");
}

// A destination of its own form has no empty tables if none is announced to it.
Result<Shape> OutputOptions::shape(const OutputKind& kind) const {
  Shape made{.expand_quantiles = expand_quantiles,
             .script_labels = script_labels,
             .sort = {},
             .spreadsheet = spreadsheet,
             .skip_empty = skip_empty && !kind.formatted};
  if (sort.empty()) return made;
  Result<std::vector<SortKey>> keys = parse_sort_keys(sort);
  if (!keys.ok()) return keys.status();
  made.sort = *std::move(keys);
  return made;
}

Result<char> OutputOptions::delimiter_byte() const {
  if (delimiter.empty()) return '\0';
  if (delimiter == "\\t" || delimiter == "tab") return '\t';
  const char byte = delimiter.front();
  if (delimiter.size() != 1 || static_cast<unsigned char>(byte) > 0x7f) {
    return Status(Code::kUsage,
                  fmt::format("--delimiter '{}' is not one ASCII character", delimiter),
                  "such as ';' or '|', or '\\t' for a tab");
  }
  if (byte == '"' || byte == '\r' || byte == '\n') {
    return Status(Code::kUsage,
                  "--delimiter: quotes and line ends have a meaning of their own in csv",
                  "such as ';' or '|', or '\\t' for a tab");
  }
  if (stands_in_values(byte)) {
    return Status(Code::kUsage,
                  fmt::format("--delimiter '{}' stands in numbers, times and measures", byte),
                  "such as ';' or '|', or '\\t' for a tab");
  }
  return byte;
}

}  // namespace pxq
