#pragma once

#include <string_view>

namespace pxq {

/// A table for a shuffle of bytes: by the low four bits of a byte it gives the one byte of a set
/// that the byte could be, so that a shuffle and one comparison find any of them. No two bytes of
/// the set may share those bits, and all are ASCII; zero is in no set.
struct NibbleSet {
  alignas(16) char bytes[16] = {1};  // where nothing is: what ends in other bits

  /// `values` stand in the place of `keys`.
  constexpr NibbleSet(std::string_view keys, std::string_view values) {
    for (size_t i = 0; i < keys.size(); ++i) bytes[keys[i] & 15] = values[i];
  }
  constexpr explicit NibbleSet(std::string_view keys) : NibbleSet(keys, keys) {}
};

inline constexpr NibbleSet kCsvSpecial(",\"\n\r");
inline constexpr NibbleSet kJsonEscaped("\"\\\n\r\t");
/// What follows the backslash.
inline constexpr NibbleSet kJsonLetters("\"\\\n\r\t", "\"\\nrt");

}  // namespace pxq
