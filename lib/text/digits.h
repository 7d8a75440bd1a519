#pragma once

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

/// The same for sixteen digits, less those that were dropped.
class SixteenDigits {
 public:
  /// REQUIRES: value < 10^16.
  explicit SixteenDigits(uint64_t value)
      : first_(eight_digits(static_cast<uint32_t>(value / 100'000'000))),
        second_(eight_digits(static_cast<uint32_t>(value % 100'000'000))) {}

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
    const uint64_t first = eight_digits(static_cast<uint32_t>(upper % kTenTo8));
    const uint64_t second = eight_digits(static_cast<uint32_t>(value % kTenTo8));
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
