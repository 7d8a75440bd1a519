#pragma once

#include <cstdint>
#include <limits>

namespace pxq::local {

// Sums and products of counters that stay at the end of int64 rather than leave it. REQUIRES: no
// negative operand.

inline int64_t saturating_add(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<int64_t>::max() : sum;
}

inline int64_t saturating_multiply(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<int64_t>::max() : product;
}

}  // namespace pxq::local
