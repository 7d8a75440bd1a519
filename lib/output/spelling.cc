#include "output/spelling.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace pxq {
namespace {

std::string_view first_word(std::string_view text) {
  return text.substr(0, std::min(text.find('\n'), text.size()));
}

std::string columns_text(const Schema& schema) {
  std::string text;
  for (const ColumnInfo& column : schema.columns) {
    text +=
        fmt::format("{}{}:{}", text.empty() ? "" : ",", column.name, data_type_name(column.type));
  }
  return text;
}

}  // namespace

std::string spelling_text(const Format& format, const FormatOptions& options,
                          const Schema& schema) {
  const auto number = [](auto value) { return static_cast<int>(value); };
  constexpr std::string_view kTimes[] = {"rfc3339", "rfc3339_ms", "rfc3339_s", "unix",
                                         "unix_ms", "unix_us",    "unix_ns"};
  const auto time = static_cast<size_t>(options.time);
  return fmt::format(
      "format={}\ncolumns={}\n--no-header={}\n--table-key={}\n--human={}\n--int64={}\n--nan={}\n"
      "--bytes={}\n--time-format={}\n--tz={}{}{}",
      format.name, columns_text(schema), number(!options.header), number(options.table_key),
      number(options.human), options.int64 == FormatOptions::Int64::kString ? "string" : "number",
      options.nan == FormatOptions::Nan::kString ? "string" : "null", number(options.bytes),
      time < std::size(kTimes) ? std::string(kTimes[time]) : std::to_string(time),
      options.time_zone,
      options.delimiter == 0 ? "" : fmt::format("\n--delimiter={}", options.delimiter),
      options.spreadsheet ? "\n--spreadsheet" : "");
}

std::string spelling_difference(const std::string& there, const std::string& here) {
  std::string_view old_words = there;
  std::string_view new_words = here;
  while (!old_words.empty() || !new_words.empty()) {
    const std::string_view old_word = first_word(old_words);
    const std::string_view new_word = first_word(new_words);
    if (old_word != new_word) return fmt::format("{} there, {} here", old_word, new_word);
    old_words.remove_prefix(std::min(old_word.size() + 1, old_words.size()));
    new_words.remove_prefix(std::min(new_word.size() + 1, new_words.size()));
  }
  return {};
}

}  // namespace pxq
