#include "local/plan/flags.h"

#include <charconv>

#include <fmt/format.h>

namespace pxq::local {
namespace {

constexpr std::string_view kPrefix = "#px:set ";
constexpr const char* kMalformed = "Config setting is malformed";

// The texts are those of Go's strconv, which Pixie passes on.
std::optional<std::string> set_number(std::string_view value, int64_t& number) {
  std::string_view digits = value;
  if (digits.size() > 1 && digits.front() == '+' && digits[1] != '-') digits.remove_prefix(1);
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error == std::errc::result_out_of_range && stop == end) {
    return fmt::format("strconv.ParseInt: parsing \"{}\": value out of range", value);
  }
  if (error != std::errc() || stop != end) {
    return fmt::format("strconv.ParseInt: parsing \"{}\": invalid syntax", value);
  }
  return std::nullopt;
}

std::optional<std::string> set_bool(std::string_view value, bool& flag) {
  for (const std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (value == yes) return flag = true, std::nullopt;
  }
  for (const std::string_view no : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (value == no) return flag = false, std::nullopt;
  }
  return fmt::format("strconv.ParseBool: parsing \"{}\": invalid syntax", value);
}

std::optional<std::string> set(std::string_view key, std::string_view value, QueryFlags& flags) {
  if (key == "max_output_rows_per_table") {
    return set_number(value, flags.max_output_rows_per_table);
  }
  if (key == "explain") return set_bool(value, flags.explain);
  if (key == "analyze") return set_bool(value, flags.analyze);
  return fmt::format("{} is not a valid flag", key);
}

std::optional<std::string> parse_line(std::string_view setting, QueryFlags& flags) {
  if (setting.find(' ') != std::string_view::npos) return kMalformed;
  const size_t equals = setting.find('=');
  if (equals == std::string_view::npos) return kMalformed;
  const std::string_view value = setting.substr(equals + 1);
  if (value.find('=') != std::string_view::npos) return kMalformed;
  return set(setting.substr(0, equals), value, flags);
}

}  // namespace

std::optional<FlagRefusal> parse_flags(std::string_view text, QueryFlags& flags) {
  for (uint32_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() < text.size() ? line.size() + 1 : line.size());
    if (!line.starts_with(kPrefix)) continue;
    if (auto refusal = parse_line(line.substr(kPrefix.size()), flags)) {
      return FlagRefusal{*std::move(refusal), number};
    }
  }
  return std::nullopt;
}

}  // namespace pxq::local
