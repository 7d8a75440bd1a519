#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "model/row_batch.h"

namespace pxq::local {

// Arithmetic that is defined for every operand: int64 wraps as the hardware does.

constexpr int64_t to_integer(int64_t value) { return value; }
constexpr int64_t to_integer(Time64 value) { return value.ns; }

constexpr int64_t wrapping_add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
constexpr int64_t wrapping_subtract(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
constexpr int64_t wrapping_multiply(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

/// C++'s remainder (the sign of `a`); 0 where C++ has none: b = 0, and INT64_MIN % -1.
constexpr int64_t remainder_or_zero(int64_t a, int64_t b) { return b == 0 || b == -1 ? 0 : a % b; }

/// The value without its fraction, the nearest int64 when it is out of range, 0 for NaN.
inline int64_t saturating_integer(double value) {
  constexpr double kLimit = 9223372036854775808.0;  // 2^63, the first one too large
  if (std::isnan(value)) return 0;
  if (value >= kLimit) return std::numeric_limits<int64_t>::max();
  if (value < -kLimit) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

}  // namespace pxq::local
