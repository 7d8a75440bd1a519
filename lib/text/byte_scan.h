#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace pxq {

// Eight bytes at a time in an ordinary register. A mask has the top bit of each byte that matched;
// bits above the lowest match may be wrong (a borrow runs upward), the lowest one never is.
inline constexpr uint64_t kEachByte = 0x0101010101010101;
inline constexpr uint64_t kTopBits = kEachByte * 0x80;

constexpr uint64_t bytes_below(uint64_t word, unsigned char limit) {
  return (word - kEachByte * limit) & ~word & kTopBits;
}
constexpr uint64_t bytes_equal(uint64_t word, char byte) {
  return bytes_below(word ^ (kEachByte * static_cast<unsigned char>(byte)), 1);
}
constexpr uint64_t bytes_above_ascii(uint64_t word) { return word & kTopBits; }

constexpr uint64_t bytes_not_printable_ascii(uint64_t word) {
  return bytes_below(word, 0x20) | bytes_equal(word, 0x7f) | bytes_above_ascii(word);
}

inline uint64_t load_word(const char* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// The number of bytes that `text` begins with in which nothing matches. `match` takes eight bytes
/// as a word and gives a mask as above. Short rests are padded with 'x', which must not match.
template <typename Match>
size_t plain_prefix(std::string_view text, Match match) {
  size_t position = 0;
  for (; position + 8 <= text.size(); position += 8) {
    const uint64_t found = match(load_word(text.data() + position));
    if (found != 0) return position + static_cast<size_t>(std::countr_zero(found)) / 8;
  }
  if (position == text.size()) return position;
  char rest[9] = "xxxxxxxx";
  std::memcpy(rest, text.data() + position, text.size() - position);
  const uint64_t found = match(load_word(rest));
  if (found == 0) return text.size();
  return position + static_cast<size_t>(std::countr_zero(found)) / 8;
}

}  // namespace pxq
