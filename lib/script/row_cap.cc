#include "script/row_cap.h"

#include <fmt/format.h>

#include <optional>

#include "base/number_text.h"
#include "text/byte_order_mark.h"

namespace pxq {
namespace {

constexpr std::string_view kSetting = "#px:set max_output_rows_per_table=";

std::optional<uint64_t> number(std::string_view text) {
  const std::optional<int64_t> value = number_from<int64_t>(text);
  if (!value || *value < 0) return std::nullopt;
  return static_cast<uint64_t>(*value);
}

// Calls each(offset, length) with the place of every setting's value; the line's end is not in it.
template <typename Each>
void each_setting(std::string_view script, Each each) {
  for (size_t start = 0; start < script.size();) {
    const size_t end = std::min(script.find('\n', start), script.size());
    if (script.substr(start, end - start).starts_with(kSetting)) {
      const size_t value = start + kSetting.size();
      const size_t last = script.find_last_not_of(" \t\r", end - 1);
      each(value, last + 1 - value);
    }
    start = end + 1;
  }
}

}  // namespace

uint64_t row_cap(std::string_view script) {
  uint64_t cap = kDefaultRowCap;
  each_setting(script, [&](size_t offset, size_t length) {
    cap = number(script.substr(offset, length)).value_or(cap);
  });
  return cap;
}

void set_row_cap(ScriptRequest& request, uint64_t cap) {
  const std::string value = std::to_string(cap);
  std::string text;
  size_t copied = 0;
  bool found = false;
  each_setting(request.text, [&](size_t offset, size_t length) {
    text.append(request.text, copied, offset - copied).append(value);
    copied = offset + length;
    found = true;
  });
  text.append(request.text, copied, std::string::npos);
  if (!found) {
    // A byte order mark is one only at the very start; anywhere else it is a syntax error.
    text.erase(0, text.size() - without_byte_order_mark(text).size());
    text.insert(0, fmt::format("{}{}\n", kSetting, value));
    ++request.lines_before;
  }
  request.text = std::move(text);
}

Result<uint64_t> parse_max_rows(std::string_view text) {
  if (text == "all") return kNoRowCap;
  const auto value = number(text);
  if (!value || *value == 0) {
    return Status{Code::kUsage, fmt::format("--max-rows '{}' is not a number of rows", text),
                  "a number from 1 on, or all"};
  }
  return *value;
}

}  // namespace pxq
