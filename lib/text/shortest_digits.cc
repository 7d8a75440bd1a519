#include "text/shortest_digits.h"

#include <array>
#include <bit>
#include <cstddef>

namespace pxq {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr int kMantissaBits = 52;
constexpr int kLeastPower = -292;  // of ten, that a double asks for
constexpr int kGreatestPower = 324;

/// The upper 128 bits of a power of ten, rounded up.
struct Power {
  uint64_t high = 0;
  uint64_t low = 0;
};
using Powers = std::array<Power, kGreatestPower - kLeastPower + 1>;

/// A number of many words, the lowest first, for as long as the table is made.
using Large = std::array<uint64_t, 20>;

constexpr Power top_of(const Large& number, bool is_exact) {
  size_t word = number.size();
  while (number[--word] == 0) {
  }
  const int free = std::countl_zero(number[word]);
  const auto bits = [&](size_t below) {
    const size_t at = word - below;  // beyond 0 for few words
    const uint64_t here = at < number.size() ? number[at] : 0;
    const uint64_t next = at - 1 < number.size() ? number[at - 1] : 0;
    return free == 0 ? here : here << free | next >> (64 - free);
  };
  Power top{bits(0), bits(1)};
  bool rest = !is_exact || bits(2) != 0;
  for (size_t i = 0; i + 3 <= word; ++i) rest = rest || number[i] != 0;
  if (rest && ++top.low == 0) ++top.high;
  return top;
}

constexpr Powers make_powers() {
  Powers powers;
  Large number = {1};
  for (int power = 0; power <= kGreatestPower; ++power) {
    powers[static_cast<size_t>(power - kLeastPower)] = top_of(number, true);
    uint64_t carry = 0;
    for (uint64_t& word : number) {
      const Wide product = Wide{word} * 10 + carry;
      word = static_cast<uint64_t>(product);
      carry = static_cast<uint64_t>(product >> 64);
    }
  }
  number = {};
  number.back() = uint64_t{1} << 63;
  for (int power = -1; power >= kLeastPower; --power) {
    uint64_t rest = 0;
    for (size_t i = number.size(); i-- != 0;) {
      const Wide dividend = Wide{rest} << 64 | number[i];
      number[i] = static_cast<uint64_t>(dividend / 10);
      rest = static_cast<uint64_t>(dividend % 10);
    }
    powers[static_cast<size_t>(power - kLeastPower)] = top_of(number, false);
  }
  return powers;
}

constexpr Powers kPowers = make_powers();

// Logarithms as fractions, which are exact for all exponents of doubles.
constexpr int floor_log10_of_2_to(int exponent) { return exponent * 1'262'611 >> 22; }
constexpr int floor_log10_of_3_4ths_of_2_to(int exponent) {
  return (exponent * 1'262'611 - 524'031) >> 22;
}
constexpr int floor_log2_of_10_to(int exponent) { return exponent * 1'741'647 >> 19; }

/// The upper half of a product, its last bit set where it is not exact.
uint64_t product(const Power& power, uint64_t number) {
  const Wide low = Wide{power.low} * number;
  const Wide high = Wide{power.high} * number + static_cast<uint64_t>(low >> 64);
  return static_cast<uint64_t>(high >> 64) | (static_cast<uint64_t>(high) > 1 ? 1 : 0);
}

// To multiply by the inverse of an odd number divides what it divides, and makes of all else
// something larger than any quotient.
ShortestDigits without_zeros(ShortestDigits number) {
  constexpr uint64_t kInverseOf5 = 0xcccc'cccc'cccc'cccd;
  constexpr uint64_t kTenTo8 = 100'000'000;
  uint64_t tenth = std::rotr(number.digits * kInverseOf5, 1);
  if (tenth > UINT64_MAX / 10) return number;
  // A short number has the more of them.
  if (number.digits % kTenTo8 == 0) number = {number.digits / kTenTo8, number.exponent + 8};
  while (true) {
    tenth = std::rotr(number.digits * kInverseOf5, 1);
    if (tenth > UINT64_MAX / 10) return number;
    number = {tenth, number.exponent + 1};
  }
}

/// A double's parts: mantissa * 2^exponent.
struct Parts {
  uint64_t mantissa;
  int exponent;
  bool is_power;  // of two: the double below is nearer than the one above
};

Parts parts_of(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  const uint64_t mantissa = bits & ((uint64_t{1} << kMantissaBits) - 1);
  const auto biased = static_cast<int>(bits >> kMantissaBits & 0x7ff);
  if (biased == 0) return {mantissa, -1074, false};
  return {mantissa | uint64_t{1} << kMantissaBits, biased - 1075, mantissa == 0 && biased > 1};
}

const Power& power_of_ten(int exponent) {
  return kPowers[static_cast<size_t>(exponent - kLeastPower)];
}

// Schubfach, by Raffaello Giulietti ("The Schubfach way to render doubles", 2020): of the numbers
// that read back to a double, four times each, one with a digit less is taken if there is one.
ShortestDigits exact_digits(const Parts& parts) {
  const int tens = parts.is_power ? floor_log10_of_3_4ths_of_2_to(parts.exponent)
                                  : floor_log10_of_2_to(parts.exponent);
  const Power& power = power_of_ten(-tens);
  const int shift = parts.exponent + floor_log2_of_10_to(-tens) + 1;
  const uint64_t four = 4 * parts.mantissa;
  const uint64_t middle = product(power, four << shift);
  // The ends themselves read back to an even double only.
  const uint64_t odd = parts.mantissa & 1;
  const uint64_t least = product(power, (four - (parts.is_power ? 1 : 2)) << shift) + odd;
  const uint64_t greatest = product(power, (four + 2) << shift) - odd;

  const uint64_t down = middle / 4;
  const uint64_t tenth = down / 10;
  const bool tenth_is_in = least <= 40 * tenth;
  const bool next_tenth_is_in = 40 * tenth + 40 <= greatest;
  if (down >= 10 && tenth_is_in != next_tenth_is_in) {
    return {tenth + (next_tenth_is_in ? 1 : 0), tens + 1};
  }
  const bool down_is_in = least <= 4 * down;
  const bool up_is_in = 4 * down + 4 <= greatest;
  const uint64_t tie = 4 * down + 2;
  const bool is_nearer_up = middle > tie || (middle == tie && (down & 1) != 0);
  const bool up = down_is_in != up_is_in ? up_is_in : is_nearer_up;
  return {down + (up ? 1 : 0), tens};
}

constexpr bool are_near(uint64_t a, uint64_t b) { return a - b + 4 <= 8; }

}  // namespace

// The same with one product instead of three, where its last bits do not matter: nearly always. How
// far it is to the tens below and above is compared with how far it is to the ends, in 60ths of
// two.
ShortestDigits shortest_digits(double value) {
  const Parts parts = parts_of(value);
  const int tens = floor_log10_of_2_to(parts.exponent);
  const Power& power = power_of_ten(-tens);
  const int shift = parts.exponent + floor_log2_of_10_to(-tens) + 1;
  const uint64_t number = parts.mantissa << shift;
  const Wide low = Wide{power.low} * number;
  const Wide scaled = Wide{power.high} * number + static_cast<uint64_t>(low >> 64);
  const auto down = static_cast<uint64_t>(scaled >> 64);
  const auto fraction = static_cast<uint64_t>(scaled);

  constexpr uint64_t kTen = uint64_t{10} << 60;
  constexpr uint64_t kHalf = uint64_t{1} << 63;
  const uint64_t tenth = down / 10;
  const uint64_t above_ten = (down - 10 * tenth) << 60 | fraction >> 4;
  const uint64_t reach = power.high >> (5 - shift);
  const bool is_close =
      are_near(above_ten, reach) || are_near(kTen - above_ten, reach) || are_near(fraction, kHalf);
  if (is_close || parts.is_power || parts.mantissa >> kMantissaBits == 0) {
    return without_zeros(exact_digits(parts));
  }
  // Without branches, as nobody can guess them.
  const uint64_t to_ten_above = kTen - above_ten < reach ? 1 : 0;
  const uint64_t to_ten = (above_ten < reach ? 1U : 0U) | to_ten_above;
  const uint64_t by_ten = tenth + to_ten_above;
  const uint64_t by_one = down + (fraction >> 63);
  const uint64_t digits = by_one ^ ((by_one ^ by_ten) & (0 - to_ten));
  return without_zeros({digits, tens + static_cast<int>(to_ten)});
}

}  // namespace pxq
