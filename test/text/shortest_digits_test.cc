// The oracle is std::to_chars, whose digits without a precision are the shortest and nearest ones.

#include "text/shortest_digits.h"

#include <bit>
#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace pxq {
namespace {

bool is_as_to_chars_has_it(double value) {
  char text[64];
  char* const end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  const std::string expected(text, end);
  const size_t e = expected.find('e');
  std::string digits = expected.substr(0, 1) + (e > 2 ? expected.substr(2, e - 2) : "");
  int exponent = std::stoi(expected.substr(e + 1)) + 1 - static_cast<int>(digits.size());
  while (digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  const ShortestDigits found = shortest_digits(value);
  if (std::to_string(found.digits) == digits && found.exponent == exponent) return true;
  UNSCOPED_INFO(expected << ", not " << found.digits << " with exponent " << found.exponent);
  return false;
}

double power_of_ten(int digit, int exponent) {
  const std::string text = std::to_string(digit) + "e" + std::to_string(exponent);
  return std::strtod(text.c_str(), nullptr);  // also of what is below the normal doubles
}

TEST_CASE("shortest digits of all powers of two and of ten, and of their neighbours") {
  size_t wrong = 0;
  const auto around = [&](double value) {
    for (const double near : {value, std::nextafter(value, 0.0), std::nextafter(value, INFINITY)}) {
      if (near != 0 && std::isfinite(near) && !is_as_to_chars_has_it(near)) ++wrong;
    }
  };
  for (int exponent = -1074; exponent < 1024; ++exponent) around(std::ldexp(1.0, exponent));
  for (int exponent = -323; exponent < 309; ++exponent) {
    around(power_of_ten(1, exponent));
    around(power_of_ten(5, exponent - 1));
  }
  CHECK(wrong == 0);
}

TEST_CASE("shortest digits of any double") {
  std::mt19937_64 random(20260102);
  size_t wrong = 0;
  const auto look_at = [&](double value) {
    if (value != 0 && std::isfinite(value) && !is_as_to_chars_has_it(std::abs(value))) ++wrong;
  };
  for (int i = 0; i < 100'000; ++i) {
    look_at(std::bit_cast<double>(random()));
    look_at(std::bit_cast<double>(random() & 0xf'ffff'ffff'ffff));  // below the normal ones
    look_at(static_cast<double>(random() >> 11) * 0x1p-53);
    look_at(static_cast<double>(random() % 1'000'000) / 1000);
    // Whole numbers and halves of them, between which ties lie.
    look_at(static_cast<double>(random() >> (random() % 64)));
    look_at(static_cast<double>(random() >> (11 + random() % 53)) + 0.5);
  }
  CHECK(wrong == 0);
}

TEST_CASE("the sign of a double is not looked at, and its zeros are not among its digits") {
  CHECK(shortest_digits(-2.5).digits == 25);
  CHECK(shortest_digits(-2.5).exponent == -1);
  CHECK(shortest_digits(1e22).digits == 1);
  CHECK(shortest_digits(1e22).exponent == 22);
  CHECK(shortest_digits(1e-5).exponent == -5);
}

}  // namespace
}  // namespace pxq
