#include "text/number.h"

#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

namespace pxq {
namespace {

template <size_t kSize, typename Write>
std::string written(Write write) {
  char text[kSize];
  return {text, static_cast<size_t>(write(text) - text)};
}

std::string of_double(double value) {
  return written<kDoubleSize>([&](char* out) { return write_double(out, value); });
}
std::string of_int64(int64_t value) {
  return written<kInt64Size>([&](char* out) { return write_int64(out, value); });
}
std::string of_uuid(Uint128 value) {
  return written<kUuidSize>([&](char* out) { return write_uuid(out, value); });
}
std::string of_upid(Uint128 value) {
  return written<kUpidSize>([&](char* out) { return write_upid(out, value); });
}

TEST_CASE("integers keep all digits") {
  CHECK(of_int64(0) == "0");
  CHECK(of_int64(9007199254740993) == "9007199254740993");
  CHECK(of_int64(std::numeric_limits<int64_t>::max()) == "9223372036854775807");
  CHECK(of_int64(std::numeric_limits<int64_t>::min()) == "-9223372036854775808");
}

TEST_CASE("integers are written as the standard library writes them") {
  const auto check = [](uint64_t bits) {
    const auto value = static_cast<int64_t>(bits);
    CHECK(of_int64(value) == std::to_string(value));
    CHECK(written<kInt64Size>([&](char* out) { return write_uint64(out, bits); }) ==
          std::to_string(bits));
  };
  uint64_t ten = 1;
  for (int power = 0; power < 20; ++power, ten *= 10) {
    for (const uint64_t value : {ten - 1, ten, ten + 1}) {
      check(value);
      check(0 - value);
    }
  }
  for (int shift = 0; shift < 64; ++shift) {
    for (const uint64_t value : {(uint64_t{1} << shift) - 1, uint64_t{1} << shift}) check(value);
  }
  std::mt19937_64 random(20260102);
  for (int i = 0; i < 2000; ++i) check(random() >> (random() % 64));
}

TEST_CASE("doubles are the shortest text that reads back to the same bits") {
  CHECK(of_double(0.1) == "0.1");
  CHECK(of_double(1.0) == "1");
  CHECK(of_double(-0.0) == "-0");
  CHECK(of_double(5e-324) == "5e-324");
  CHECK(of_double(1.7976931348623157e308) == "1.7976931348623157e+308");
  CHECK(of_double(std::numeric_limits<double>::quiet_NaN()) == "NaN");
  CHECK(of_double(std::numeric_limits<double>::infinity()) == "Infinity");
  CHECK(of_double(-std::numeric_limits<double>::infinity()) == "-Infinity");
  for (const double value : {0.30000000000000004, 1e21, 123456789.123456789, 2.5e-7, 1.0 / 3}) {
    const double back = std::stod(of_double(value));
    CHECK(std::memcmp(&back, &value, sizeof value) == 0);
  }
}

TEST_CASE("doubles are written as the standard library writes them") {
  const auto same = [](double value) {
    char text[kDoubleSize];
    const std::string expected(text, std::to_chars(text, text + kDoubleSize, value).ptr);
    if (of_double(value) == expected) return true;
    UNSCOPED_INFO(of_double(value) << " instead of " << expected);
    return false;
  };
  std::mt19937_64 random(20260101);
  const auto fraction = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  size_t wrong = 0;
  for (int i = 0; i < 50'000; ++i) {
    uint64_t bits = random();
    double any = 0;
    std::memcpy(&any, &bits, sizeof any);
    const double power = std::pow(10, static_cast<int>(random() % 24) - 8);
    const double few = static_cast<double>(random() % 100'000);
    for (const double value : {any, fraction(), -fraction() * power, few * power, few / power,
                               std::nextafter(few / power, 0.0)}) {
      if (std::isfinite(value) && !same(value)) ++wrong;
    }
  }
  CHECK(wrong == 0);
  for (const double value :
       {0.001, 0.0001, 0.00012, 0.000123, 0.0001234, 1e-5, 100000.5, 1e15 + 0.5, 0x1p-1074,
        0x1.fffffffffffffp-1023, 123456.0, 1e22, -0.5}) {
    CHECK(same(value));
  }
}

TEST_CASE("the widest fixed text fits its room") {
  const auto fixed = written<kFixedSize>(
      [](char* out) { return write_fixed(out, -std::numeric_limits<double>::max(), 6); });
  CHECK(fixed.size() == 1 + 309 + 1 + 6);
  CHECK(written<kFixedSize>([](char* out) { return write_fixed(out, 1.25, 2); }) == "1.25");
}

TEST_CASE("fixed text is rounded as the standard library rounds it") {
  const auto agrees = [](double value, int digits) {
    char expected[kFixedSize];
    const auto end =
        std::to_chars(expected, expected + kFixedSize, value, std::chars_format::fixed, digits).ptr;
    INFO(value << " with " << digits << " digits");
    CHECK(written<kFixedSize>([&](char* out) { return write_fixed(out, value, digits); }) ==
          std::string(expected, end));
  };
  const double cases[] = {0.0,         -0.0,       0.5,    1.5,     2.5,     0.125,    0.375,
                          0.005,       1.005,      9.995,  -9.995,  -0.001,  0.0005,   0.00049,
                          1e12 - 0.25, 1e15 + 0.5, 0x1p40, 1e300,   99.9999, 999.95,   1e-300,
                          0.05,        0.15,       0.25,   1.0 / 3, 2.0 / 3, 1234.5678};
  for (const double value : cases) {
    for (int digits = 0; digits < 5; ++digits) agrees(value, digits);
  }
  std::mt19937_64 random(7);
  for (int i = 0; i < 5000; ++i) {
    const double value = static_cast<double>(random() >> 20) / 0x1p24;
    agrees(value, i % 4);
    agrees(-value / 1000, i % 4);
  }
}

TEST_CASE("digits keep their leading zeros") {
  const auto digits = [](uint32_t value, int count) {
    return written<16>([&](char* out) { return write_digits(out, value, count); });
  };
  CHECK(digits(7, 1) == "7");
  CHECK(digits(7, 2) == "07");
  CHECK(digits(123, 3) == "123");
  CHECK(digits(2026, 4) == "2026");
  CHECK(digits(0, 9) == "000000000");
  CHECK(digits(123456789, 9) == "123456789");
}

TEST_CASE("UUID text is the two halves, most significant byte first") {
  CHECK(of_uuid({}) == "00000000-0000-0000-0000-000000000000");
  CHECK(of_uuid({0x0123456789abcdef, 0xfedcba9876543210}) ==
        "01234567-89ab-cdef-fedc-ba9876543210");
  CHECK(of_uuid({UINT64_MAX, UINT64_MAX}) == "ffffffff-ffff-ffff-ffff-ffffffffffff");
}

TEST_CASE("a UPID is asid:pid:start") {
  CHECK(of_upid({(uint64_t{7} << 32) | 4321, 99}) == "7:4321:99");
  CHECK(of_upid({UINT64_MAX, uint64_t{1} << 63}) == "4294967295:4294967295:-9223372036854775808");
}

TEST_CASE("grouped digits") {
  const auto grouped = [](uint64_t value) {
    return written<kGroupedSize>([&](char* out) { return write_grouped(out, value); });
  };
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1204) == "1 204");
  CHECK(grouped(UINT64_MAX) == "18 446 744 073 709 551 615");
}

}  // namespace
}  // namespace pxq
