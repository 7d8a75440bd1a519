#pragma once

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "text/block_copy.h"

// Of functions that are called on processors with AVX2 alone.
#define PXQ_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))

namespace pxq::avx2 {

inline constexpr size_t kBlock = 32;

PXQ_AVX2 inline __m256i load(const char* in) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in));
}

PXQ_AVX2 inline __m128i load_half(const char* in) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
}

// Orders for shuffles that move bytes down by what is added to the start, zeros behind them.
inline constexpr std::array<int8_t, 80> kMoves = [] {
  std::array<int8_t, 80> moves{};
  moves.fill(-1);
  for (int8_t i = 0; i < 16; ++i) moves[16 + static_cast<size_t>(i)] = i;
  return moves;
}();

PXQ_AVX2 inline __m128i moved(__m128i bytes, size_t from) {
  const auto* const order = reinterpret_cast<const char*>(kMoves.data());
  return _mm_shuffle_epi8(bytes, load_half(order + from));
}

// The 1 to 15 bytes of a short cell, without reading past them; zeros follow.
PXQ_AVX2 inline __m128i load_few(const char* in, size_t count) {
  const PaddedWords words(in, count);
  return _mm_set_epi64x(static_cast<long long>(words.high), static_cast<long long>(words.low));
}

// The 1 to 31 bytes that are left of a cell of `size` bytes, without reading past them; zeros
// follow. Those of a long cell are the end of a block that begins before them, moved down without a
// branch: how many are left is nothing that a processor could foresee.
PXQ_AVX2 inline __m256i load_rest(const char* in, size_t count, size_t size) {
  if (size >= kBlock) {
    const size_t before = kBlock - count;
    const __m128i low = load_half(in - before);
    const __m128i high = load_half(in - before + 16);
    const __m128i first = _mm_or_si128(moved(low, 16 + before), moved(high, before));
    return _mm256_set_m128i(moved(high, 16 + before), first);
  }
  if (count < 16) return _mm256_zextsi128_si256(load_few(in, count));
  if (count == 16) return _mm256_zextsi128_si256(load_half(in));
  return _mm256_set_m128i(load_few(in + 16, count - 16), load_half(in));
}

/// The bytes of a cell, a block at a time.
class Blocks {
 public:
  Blocks(const char* in, size_t size) : size_(size), in_(in), left_(size) {}

  size_t left() const { return left_; }
  /// The next `count` bytes, which are a block or all that is left; zeros follow.
  PXQ_AVX2 __m256i next(size_t& count) const {
    count = std::min(left_, kBlock);
    return count == kBlock ? load(in_) : load_rest(in_, count, size_);
  }
  void take(size_t count) {
    in_ += count;
    left_ -= count;
  }

 private:
  const size_t size_;
  const char* in_;
  size_t left_;
};

}  // namespace pxq::avx2

#endif
