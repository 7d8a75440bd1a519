#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace pxq::local::snapshot {

/// Eight words of eight bytes, as a square: what was the first byte of each becomes the first word.
/// Twice is as before.
inline void transpose_bytes(uint64_t (&words)[8]) {
  const auto swap = [](uint64_t& low, uint64_t& high, unsigned shift, uint64_t mask) {
    const uint64_t change = (low >> shift ^ high) & mask;
    high ^= change;
    low ^= change << shift;
  };
  for (size_t i = 0; i < 8; i += 2) swap(words[i], words[i + 1], 8, 0x00ff00ff00ff00ffU);
  for (const size_t i : {0U, 1U, 4U, 5U}) swap(words[i], words[i + 2], 16, 0x0000ffff0000ffffU);
  for (size_t i = 0; i < 4; ++i) swap(words[i], words[i + 4], 32, 0x00000000ffffffffU);
}

/// Of `count` words of eight bytes: the first byte of each, then the second of each, and so on.
/// Bytes that are alike, as the upper ones of small numbers are, stand together so.
inline void to_planes(const char* words, size_t count, char* planes) {
  size_t at = 0;
  for (; at + 8 <= count; at += 8) {
    uint64_t square[8];
    std::memcpy(square, words + at * 8, sizeof square);
    transpose_bytes(square);
    for (size_t i = 0; i < 8; ++i) std::memcpy(planes + i * count + at, &square[i], 8);
  }
  for (; at < count; ++at) {
    for (size_t i = 0; i < 8; ++i) planes[i * count + at] = words[at * 8 + i];
  }
}

/// The words again.
inline void from_planes(const char* planes, size_t count, char* words) {
  size_t at = 0;
  for (; at + 8 <= count; at += 8) {
    uint64_t square[8];
    for (size_t i = 0; i < 8; ++i) std::memcpy(&square[i], planes + i * count + at, 8);
    transpose_bytes(square);
    std::memcpy(words + at * 8, square, sizeof square);
  }
  for (; at < count; ++at) {
    for (size_t i = 0; i < 8; ++i) words[at * 8 + i] = planes[i * count + at];
  }
}

}  // namespace pxq::local::snapshot
