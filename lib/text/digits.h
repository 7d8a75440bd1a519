#pragma once

#ifdef __x86_64__
#include <emmintrin.h>
#endif

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace pxq {

/// "00" to "99".
inline constexpr std::array<char, 200> kDecimalPairs = [] {
  std::array<char, 200> pairs{};
  for (size_t value = 0; value < 100; ++value) {
    pairs[2 * value] = static_cast<char>('0' + value / 10);
    pairs[2 * value + 1] = static_cast<char>('0' + value % 10);
  }
  return pairs;
}();

/// REQUIRES: value < 100.
inline char* write_two_digits(char* out, uint32_t value) {
  std::memcpy(out, &kDecimalPairs[size_t{2} * value], 2);
  return out + 2;
}

/// The characters of eight digits, leading zeros included, the first in the lowest byte: made in a
/// register, for to read digits back that were stored one by one makes a processor wait.
/// REQUIRES: value < 10^8.
inline uint64_t eight_digits(uint32_t value) {
  uint64_t digits = value / 10'000 | uint64_t{value % 10'000} << 32;
  const uint64_t hundreds = (digits * 10'486 >> 20) & 0x0000'007f'0000'007f;
  digits = hundreds | (digits - hundreds * 100) << 16;
  const uint64_t tens = (digits * 103 >> 10) & 0x000f'000f'000f'000f;
  digits = tens | (digits - tens * 10) << 8;
  return digits + 0x3030'3030'3030'3030;
}

inline char* store_digits(char* out, uint64_t digits) {
  static_assert(std::endian::native == std::endian::little);
  std::memcpy(out, &digits, sizeof digits);
  return out + sizeof digits;
}

/// REQUIRES: value < 10^9.
inline char* write_nine_digits(char* out, uint32_t value) {
  *out = static_cast<char>('0' + value / 100'000'000);
  return store_digits(out + 1, eight_digits(value % 100'000'000));
}

/// The characters of two numbers, eight digits each.
struct TwoEights {
  uint64_t first;
  uint64_t second;
};

/// eight_digits() of both at once. REQUIRES: both are below 10^8.
inline TwoEights two_eights(uint32_t first, uint32_t second) {
#ifdef __x86_64__
  const __m128i numbers = _mm_set_epi64x(second, first);
  const __m128i thousands =
      _mm_srli_epi64(_mm_mul_epu32(numbers, _mm_set1_epi64x(0xd1b7'1759)), 45);
  const __m128i fours = _mm_or_si128(
      thousands,
      _mm_slli_epi64(_mm_sub_epi64(numbers, _mm_mul_epu32(thousands, _mm_set1_epi64x(10'000))),
                     32));
  const __m128i hundreds = _mm_srli_epi16(_mm_mulhi_epu16(fours, _mm_set1_epi16(5'243)), 3);
  const __m128i pairs = _mm_or_si128(
      hundreds,
      _mm_slli_epi32(_mm_sub_epi16(fours, _mm_mullo_epi16(hundreds, _mm_set1_epi16(100))), 16));
  const __m128i tens = _mm_mulhi_epu16(pairs, _mm_set1_epi16(6'554));
  const __m128i digits = _mm_or_si128(
      tens, _mm_slli_epi16(_mm_sub_epi16(pairs, _mm_mullo_epi16(tens, _mm_set1_epi16(10))), 8));
  const __m128i text = _mm_or_si128(digits, _mm_set1_epi8('0'));
  return {static_cast<uint64_t>(_mm_cvtsi128_si64(text)),
          static_cast<uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(text, text)))};
#else
  return {eight_digits(first), eight_digits(second)};
#endif
}

/// The same for sixteen digits, less those that were dropped.
class SixteenDigits {
 public:
  /// REQUIRES: value < 10^16.
  explicit SixteenDigits(uint64_t value) {
    const TwoEights digits = two_eights(static_cast<uint32_t>(value / 100'000'000),
                                        static_cast<uint32_t>(value % 100'000'000));
    first_ = digits.first;
    second_ = digits.second;
  }

  /// Drops the first ones. REQUIRES: count < 16.
  void drop(size_t count) {
    if (count >= 8) {
      first_ = second_;
      count -= 8;
    }
    if (count == 0) return;
    first_ = first_ >> (8 * count) | second_ << (64 - 8 * count);
    second_ >>= 8 * count;
  }

  /// Stores sixteen bytes, of which those count that were not dropped.
  void store(char* out) const { store_digits(store_digits(out, first_), second_); }

 private:
  uint64_t first_;
  uint64_t second_;
};

/// The same for seventeen digits, which are as many as a double has.
class SeventeenDigits {
 public:
  /// REQUIRES: value < 10^17.
  explicit SeventeenDigits(uint64_t value) {
    constexpr uint64_t kTenTo8 = 100'000'000;
    const uint64_t upper = value / kTenTo8;  // nine digits
    const auto [first, second] =
        two_eights(static_cast<uint32_t>(upper % kTenTo8), static_cast<uint32_t>(value % kTenTo8));
    words_[0] = ('0' + upper / kTenTo8) | first << 8;
    words_[1] = first >> 56 | second << 8;
    words_[2] = second >> 56;
  }

  /// Drops the first ones. Without a branch where it is a few, as how many differs from number to
  /// number. REQUIRES: count < 17.
  void drop(size_t count) {
    for (; count >= 8; count -= 8) {
      words_[0] = words_[1];
      words_[1] = words_[2];
      words_[2] = 0;
    }
    const size_t bits = 8 * count;
    words_[0] = words_[0] >> bits | words_[1] << 1 << (63 - bits);
    words_[1] = words_[1] >> bits | words_[2] << 1 << (63 - bits);
    words_[2] >>= bits;
  }

  /// Stores 24 bytes, of which those count that were not dropped.
  void store(char* out) const {
    store_digits(store_digits(store_digits(out, words_[0]), words_[1]), words_[2]);
  }

 private:
  uint64_t words_[3];
};

/// Powers of ten. Not inside what uses them: there a compiler may write them down at each call.
inline constexpr std::array<uint64_t, 20> kPowersOfTen = [] {
  std::array<uint64_t, 20> powers{1};
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

/// How many digits a number has; 0 has one.
inline size_t digit_count(uint64_t value) {
  value |= 1;
  const size_t at_least = static_cast<size_t>(std::bit_width(value)) * 1233 >> 12;
  return at_least + (value >= kPowersOfTen[at_least] ? 1 : 0);
}

}  // namespace pxq
