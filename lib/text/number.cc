#include "text/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string_view>

#include "text/digits.h"
#include "text/shortest_digits.h"

namespace pxq {
namespace {

char* write_text(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

constexpr std::array<char, 512> make_hex_pairs() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<char, 512> pairs{};
  for (size_t byte = 0; byte < 256; ++byte) {
    pairs[2 * byte] = digits[byte >> 4];
    pairs[2 * byte + 1] = digits[byte & 15];
  }
  return pairs;
}

constexpr std::array<char, 512> kHexPairs = make_hex_pairs();

// The bytes of `word` from its bit `high` down to bit 0, in hex.
char* write_hex(char* out, uint64_t word, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) {
    std::memcpy(out, &kHexPairs[2 * ((word >> (8 * i)) & 0xff)], 2);
    out += 2;
  }
  return out;
}

constexpr uint64_t kTenTo8 = 100'000'000;
constexpr uint64_t kTenTo16 = kTenTo8 * kTenTo8;

// A number of at most eight digits with a point before the last `decimals` of them, and a zero
// before the point at least. All are made in one register. REQUIRES: 0 < decimals < 8.
char* write_short_fixed(char* out, uint32_t number, size_t decimals) {
  const size_t count = std::max(digit_count(number), decimals + 1);
  const size_t whole = count - decimals;
  const uint64_t digits = eight_digits(number) >> (8 * (8 - count));
  store_digits(out, digits);
  out[whole] = '.';
  store_digits(out + whole + 1, digits >> (8 * whole));
  return out + count + 1;
}

// The usual case in a tenth of the time: few digits of a number of usual size, not so near to a tie
// that rounding needs the exact value. Otherwise writes nothing and gives nullptr.
char* write_small_fixed(char* out, double value, int digits) {
  static constexpr double kPowers[] = {1, 10, 100, 1000};
  if (digits < 0 || digits > 3) return nullptr;
  const double scaled = std::abs(value) * kPowers[digits];
  // Below this the product errs by less than 2^-13. What is no number is not below.
  if (!(scaled < 0x1p40)) return nullptr;
  const auto whole = static_cast<uint64_t>(scaled);
  const double rest = scaled - static_cast<double>(whole);
  if (std::abs(rest - 0.5) < 0.001) return nullptr;
  const uint64_t rounded = whole + (rest > 0.5 ? 1 : 0);
  if (std::signbit(value)) *out++ = '-';
  if (digits == 0) return write_uint64(out, rounded);
  if (rounded < kTenTo8) {
    return write_short_fixed(out, static_cast<uint32_t>(rounded), static_cast<size_t>(digits));
  }
  const auto power = static_cast<uint64_t>(kPowers[digits]);
  out = write_uint64(out, rounded / power);
  *out++ = '.';
  return write_digits(out, static_cast<uint32_t>(rounded % power), digits);
}

// The digits of a number that has `count` of them, with zeros behind. REQUIRES: count <= 17.
SeventeenDigits from_the_left(uint64_t number, size_t count) {
  return SeventeenDigits(number * kPowersOfTen[17 - count]);
}

// Digits with a point before the last `decimals` of them. REQUIRES: 0 < decimals < count <= 17.
char* write_pointed(char* out, uint64_t number, size_t count, size_t decimals) {
  const size_t whole = count - decimals;
  SeventeenDigits digits = from_the_left(number, count);
  digits.store(out);
  out[whole] = '.';
  digits.drop(whole);
  digits.store(out + whole + 1);
  return out + count + 1;
}

// Digits behind "0." and zeros. REQUIRES: count <= decimals <= count + 3, count <= 17.
char* write_below_one(char* out, uint64_t number, size_t count, size_t decimals) {
  std::memcpy(out, "0.000", 5);
  out += 2 + decimals - count;
  from_the_left(number, count).store(out);
  return out + count;
}

// Whether a number has no fraction. REQUIRES: it is finite.
bool is_whole(double value) {
  constexpr double kNoFraction = 0x1p53;  // from here on
  if (!(std::abs(value) < kNoFraction)) return true;
  return static_cast<double>(static_cast<int64_t>(value)) == value;
}

// Numbers with a fraction that are not written with an exponent: nearly all. Otherwise writes
// nothing and gives nullptr.
char* write_fraction(char* out, double value) {
  if (is_whole(value)) return nullptr;
  const ShortestDigits shortest = shortest_digits(value);
  const size_t count = digit_count(shortest.digits);
  const auto decimals = static_cast<size_t>(-shortest.exponent);
  // std::to_chars takes the shorter of both spellings: an exponent pays from here on, a place
  // sooner for a single digit, which needs no point.
  if (decimals > count + (count == 1 ? 2 : 3)) return nullptr;
  if (std::signbit(value)) *out++ = '-';
  return decimals < count ? write_pointed(out, shortest.digits, count, decimals)
                          : write_below_one(out, shortest.digits, count, decimals);
}

}  // namespace

char* write_int64(char* out, int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  if (value >= 0) return write_uint64(out, bits);
  *out = '-';
  return write_uint64(out + 1, 0 - bits);
}

// Whole blocks are stored, which is cheaper than as many bytes as there are digits.
char* write_uint64(char* out, uint64_t value) {
  if (value >= kTenTo16) return std::to_chars(out, out + kInt64Size, value).ptr;
  const size_t count = digit_count(value);
  if (value < kTenTo8) {
    store_digits(out, eight_digits(static_cast<uint32_t>(value)) >> (8 * (8 - count)));
  } else {
    SixteenDigits digits(value);
    digits.drop(16 - count);
    digits.store(out);
  }
  return out + count;
}

char* write_double(char* out, double value) {
  if (std::isfinite(value)) {
    if (char* end = write_fraction(out, value)) return end;
    return std::to_chars(out, out + kDoubleSize, value).ptr;
  }
  if (std::isnan(value)) return write_text(out, "NaN");
  return write_text(out, value > 0 ? "Infinity" : "-Infinity");
}

char* write_fixed(char* out, double value, int digits) {
  if (char* end = write_small_fixed(out, value, digits)) return end;
  if (!std::isfinite(value)) return write_double(out, value);
  return std::to_chars(out, out + kFixedSize, value, std::chars_format::fixed, digits).ptr;
}

char* write_uuid(char* out, Uint128 value) {
  out = write_hex(out, value.high >> 32, 4);
  *out++ = '-';
  out = write_hex(out, value.high >> 16, 2);
  *out++ = '-';
  out = write_hex(out, value.high, 2);
  *out++ = '-';
  out = write_hex(out, value.low >> 48, 2);
  *out++ = '-';
  return write_hex(out, value.low, 6);
}

std::string uuid_text(Uint128 value) {
  std::string text(kUuidSize, '\0');
  write_uuid(text.data(), value);
  return text;
}

char* write_upid(char* out, Uint128 value) {
  out = write_uint64(out, value.high >> 32);
  *out++ = ':';
  out = write_uint64(out, value.high & 0xffffffff);
  *out++ = ':';
  return write_int64(out, static_cast<int64_t>(value.low));
}

char* write_digits(char* out, uint32_t value, int count) {
  int left = count;
  for (; left >= 2; value /= 100) {
    left -= 2;
    std::memcpy(out + left, &kDecimalPairs[size_t{2} * (value % 100)], 2);
  }
  if (left == 1) *out = static_cast<char>('0' + value % 10);
  return out + count;
}

char* write_grouped(char* out, uint64_t value) {
  char plain[kInt64Size];
  const char* end = write_uint64(plain, value);
  for (const char* digit = plain; digit != end; ++digit) {
    if (digit != plain && (end - digit) % 3 == 0) *out++ = ' ';
    *out++ = *digit;
  }
  return out;
}

std::string grouped(uint64_t value) {
  char text[kGroupedSize];
  return {text, write_grouped(text, value)};
}

}  // namespace pxq
