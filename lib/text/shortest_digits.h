#pragma once

#include <cstdint>

namespace pxq {

/// digits * 10^exponent, the fewest digits that read back to the same double; of those the nearest.
struct ShortestDigits {
  uint64_t digits;  // 17 at most, the last one not 0
  int exponent;
};

/// REQUIRES: value is finite and not 0; its sign is not looked at.
ShortestDigits shortest_digits(double value);

}  // namespace pxq
