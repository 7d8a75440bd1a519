#include "options/output_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <charconv>
#include <cstdint>

#include "base/suggest.h"

namespace pxq {
namespace {

constexpr size_t kRowsOnTerminal = 40;

Result<uint64_t> parse_count(const std::string& flag, const std::string& text) {
  uint64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || stop != end) {
    return Status(Code::kUsage, fmt::format("{} '{}' is not a number of rows", flag, text));
  }
  return count;
}

std::vector<std::string_view> format_names() {
  std::vector<std::string_view> names;
  for (const Format& format : formats()) names.push_back(format.name);
  return names;
}

Status unknown_format(const std::string& name) {
  const std::string near = did_you_mean(name, format_names());
  return {Code::kUsage, fmt::format("unknown format '{}'", name),
          fmt::format("{}{}the formats are {}", near, near.empty() ? "" : " ",
                      fmt::join(format_names(), ", "))};
}

std::string extension_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  const size_t dot = name.rfind('.');
  return dot == std::string::npos ? std::string() : name.substr(dot + 1);
}

CLI::Option* choice(CLI::App& app, const std::string& name, std::string& value,
                    const std::vector<std::string>& values, const std::string& description) {
  return app.add_option(name, value, description)->check(CLI::IsMember(values))->group("Output");
}

}  // namespace

void OutputOptions::declare(CLI::App& app) {
  app.add_option("-o,--output", output,
                 fmt::format("a format ({}) or a file whose ending names one",
                             fmt::join(format_names(), ", ")))
      ->type_name("FORMAT|FILE")
      ->group("Output");
  app.add_option("-t,--table", tables, "only this table (repeatable)")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->group("Output");
  app.add_option("--columns", columns, "keep a,b in this order, or drop with =-a,-b")
      ->type_name("NAMES")
      ->group("Output");
  app.add_option("--limit", limit, "at most so many rows of each table")
      ->type_name("N")
      ->group("Output");
  app.add_flag("--no-header", no_header, "no header line")->group("Output");
  app.add_flag("--table-key", table_key, "JSON rows name their table although there is one")
      ->group("Output");
  app.add_flag("--force", force, "replace an existing file")->group("Output");
  app.add_flag("-x{on},--expanded{on}", expanded, "one field a line: auto, on or off")
      ->type_name("[=WHEN]")
      ->check(CLI::IsMember({"auto", "on", "off"}))
      ->group("Output");
  app.add_flag("--wide", wide, "all columns and rows, nothing cut")->group("Output");
  app.add_flag("--human", human, "units also in csv and tsv")->group("Output");
  app.add_option("--tz", time_zone, "time zone of times in tables (default UTC)")
      ->type_name("ZONE")
      ->group("Output");
  choice(app, "--time-format", time_format, {"rfc3339", "unix", "unix_ns"},
         "times in data formats");
  choice(app, "--int64", int64, {"number", "string"}, "64-bit integers in JSON");
  choice(app, "--nan", nan, {"null", "string"}, "NaN and infinities in JSON");
  choice(app, "--bytes", bytes, {"text", "replace", "base64"},
         "bytes that are not UTF-8 in JSON (docs/formats.md)");
}

bool OutputOptions::is_path() const { return output.find_first_of("./") != std::string::npos; }

Result<Selection> OutputOptions::selection() const {
  Selection selection;
  selection.tables = tables;
  if (!columns.empty()) {
    if (Status status = parse_columns(columns, selection); !status.ok()) return status;
  }
  if (!limit.empty()) {
    Result<uint64_t> count = parse_count("--limit", limit);
    if (!count.ok()) return count.status();
    selection.limit = *count;
  }
  return selection;
}

Result<const Format*> OutputOptions::format(const Context& context) const {
  if (output.empty()) return find_format(context.out.is_terminal ? "table" : "jsonl");
  if (!is_path()) {
    const Format* format = find_format(output);
    if (format == nullptr) return unknown_format(output);
    return format;
  }
  const std::string extension = extension_of(output);
  const Format* format = find_format_by_extension(extension);
  if (format == nullptr) {
    return Status(Code::kUsage, fmt::format("the ending of '{}' names no format", output),
                  "end it in .jsonl, .json, .csv, .tsv, .md or .txt");
  }
  return format;
}

FormatOptions OutputOptions::format_options(const Context& context, bool color) const {
  FormatOptions options;
  options.header = !no_header;
  options.table_key = table_key;
  options.human = human;
  options.time_zone = time_zone;
  options.wide = wide;
  if (int64 == "string") options.int64 = FormatOptions::Int64::kString;
  if (nan == "string") options.nan = FormatOptions::Nan::kString;
  if (bytes == "replace") options.bytes = FormatOptions::Bytes::kReplace;
  if (bytes == "base64") options.bytes = FormatOptions::Bytes::kBase64;
  if (time_format == "unix") options.time = FormatOptions::Time::kUnix;
  if (time_format == "unix_ns") options.time = FormatOptions::Time::kUnixNs;
  if (expanded == "on") options.expanded = FormatOptions::Expanded::kOn;
  if (expanded == "auto") options.expanded = FormatOptions::Expanded::kAuto;
  const bool on_terminal = context.out.is_terminal && !is_path();
  if (on_terminal) {
    options.width = context.out.width;
    options.color = color;
    if (expanded.empty()) options.expanded = FormatOptions::Expanded::kAuto;
    if (!wide && limit.empty()) options.max_rows = kRowsOnTerminal;
  }
  return options;
}

}  // namespace pxq
