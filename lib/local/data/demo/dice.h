#pragma once

#include <cstdint>

namespace pxq::local::demo {

// Chance that is a function of its arguments, so that the same moment always looks the same.

/// splitmix64: every bit of the argument changes half of the bits of the result.
constexpr uint64_t scramble(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

template <typename... Rest>
constexpr uint64_t dice(uint64_t first, Rest... rest) {
  uint64_t value = scramble(first);
  ((value = scramble(value ^ static_cast<uint64_t>(rest))), ...);
  return value;
}

/// At least 0 and below 1.
constexpr double share(uint64_t thrown) {
  return static_cast<double>(thrown >> 11) / static_cast<double>(uint64_t{1} << 53);
}

}  // namespace pxq::local::demo
