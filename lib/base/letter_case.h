#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace pxq {

/// An ASCII letter as a small one; any other byte as it is. The names, units and words that are
/// compared in this way are ASCII, and no locale may have a say in them.
constexpr char lower_case(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

inline std::string lower_case(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), [](char byte) { return lower_case(byte); });
  return lowered;
}

}  // namespace pxq
