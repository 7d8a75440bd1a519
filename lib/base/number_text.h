#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace pxq {

/// The number as which all of `text` is written: without blanks, without a plus sign, in the digits
/// of `base` (whole numbers only). Nothing where it is no number, something follows it, or the type
/// cannot hold it.
template <typename Number>
std::optional<Number> number_from(std::string_view text, int base = 10) {
  Number number{};
  const char* const end = text.data() + text.size();
  std::from_chars_result read{};
  if constexpr (std::is_floating_point_v<Number>) {
    read = std::from_chars(text.data(), end, number);
  } else {
    read = std::from_chars(text.data(), end, number, base);
  }
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

}  // namespace pxq
