#pragma once

#include <string>
#include <string_view>

namespace pxq::wire {

/// The bytes that a text of hexadecimal digits spells.
inline std::string from_hex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
  }
  return bytes;
}

}  // namespace pxq::wire
