#pragma once

#include <cstddef>
#include <string_view>

namespace pxq {

/// The text without those of `blanks` that it begins and ends with: a view into it.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks) {
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return text.substr(0, 0);
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace pxq
