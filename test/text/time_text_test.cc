#include "text/time_text.h"

#include <catch2/catch.hpp>
#include <limits>
#include <string>

#include "text/time_zone.h"

namespace pxq {
namespace {

std::string rfc3339(int64_t ns) {
  TimeText writer;
  char text[TimeText::kRfc3339Size];
  return {text, static_cast<size_t>(writer.write_rfc3339(text, {ns}) - text)};
}

std::string unix_text(int64_t ns) {
  char text[kUnixSize];
  return {text, static_cast<size_t>(write_unix(text, {ns}) - text)};
}

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

TEST_CASE("RFC 3339 for every kind of int64") {
  CHECK(rfc3339(0) == "1970-01-01T00:00:00.000000000Z");
  CHECK(rfc3339(-1) == "1969-12-31T23:59:59.999999999Z");
  CHECK(rfc3339(kMax) == "2262-04-11T23:47:16.854775807Z");
  CHECK(rfc3339(kMin) == "1677-09-21T00:12:43.145224192Z");
  CHECK(rfc3339(1'700'000'000'123'456'789) == "2023-11-14T22:13:20.123456789Z");
}

TEST_CASE("leap days and the borders of centuries") {
  constexpr int64_t kDay = 86'400'000'000'000;
  CHECK(rfc3339(days_from_civil(2000, 2, 29) * kDay) == "2000-02-29T00:00:00.000000000Z");
  CHECK(rfc3339(days_from_civil(1900, 3, 1) * kDay - 1) == "1900-02-28T23:59:59.999999999Z");
  CHECK(rfc3339(days_from_civil(2100, 3, 1) * kDay - 1) == "2100-02-28T23:59:59.999999999Z");
  CHECK(rfc3339(days_from_civil(2024, 12, 31) * kDay) == "2024-12-31T00:00:00.000000000Z");
}

TEST_CASE("every day of the range follows the one before it") {
  TimeText writer;
  char text[TimeText::kRfc3339Size];
  std::string previous;
  bool ordered = true;
  for (int64_t day = -106751; day <= 106750; ++day) {
    writer.write_rfc3339(text, {day * 86'400'000'000'000});
    std::string date(text, 10);
    ordered = ordered && previous < date && date.substr(5, 2) <= "12" && date.substr(8) <= "31";
    ordered = ordered &&
              days_from_civil(std::stoi(date), static_cast<unsigned>(std::stoi(date.substr(5))),
                              static_cast<unsigned>(std::stoi(date.substr(8)))) == day;
    previous = std::move(date);
  }
  CHECK(ordered);
}

TEST_CASE("the kept second never shows in another second") {
  TimeText writer;
  char text[TimeText::kRfc3339Size];
  const auto with_one_writer = [&](int64_t ns) {
    return std::string(text, static_cast<size_t>(writer.write_rfc3339(text, {ns}) - text));
  };
  for (const int64_t ns : {int64_t{0}, int64_t{999'999'999}, int64_t{1'000'000'000},
                           int64_t{59'999'999'999}, int64_t{60'000'000'000}, int64_t{-1},
                           int64_t{1}, kMin, kMax, kMin, kMax - 145'224'192, kMin + 145'224'191}) {
    CHECK(with_one_writer(ns) == rfc3339(ns));
  }
}

TEST_CASE("civil time on a shifted clock") {
  TimeText writer;
  char text[TimeText::kCivilSize];
  const auto civil = [&](int64_t ns, int32_t offset) {
    return std::string(text, static_cast<size_t>(writer.write_civil(text, {ns}, offset) - text));
  };
  CHECK(civil(1'700'000'000'123'999'999, 0) == "2023-11-14 22:13:20.123");
  CHECK(civil(1'700'000'000'123'999'999, 19800) == "2023-11-15 03:43:20.123");
  CHECK(civil(-1, -3600) == "1969-12-31 22:59:59.999");
  CHECK(civil(kMax, 50400) == "2262-04-12 13:47:16.854");
  CHECK(civil(kMin, -50400).size() == TimeText::kCivilSize);
}

TEST_CASE("civil time asks its zone anew in each second, and for nothing else") {
  const TimeZone zone = *TimeZone::load("Europe/Berlin");
  TimeText kept;
  char text[TimeText::kCivilSize];
  const auto with_zone = [&](int64_t ns) {
    return std::string(text, static_cast<size_t>(kept.write_civil(text, {ns}, zone) - text));
  };
  const auto by_offset = [&](int64_t ns) {
    char* const end = TimeText().write_civil(text, {ns}, zone.offset_at(floor_seconds({ns})));
    return std::string(text, static_cast<size_t>(end - text));
  };
  constexpr int64_t kWinter = 1'698'541'200'000'000'000;  // 2023-10-29 01:00 UTC
  CHECK(with_zone(kWinter - 1) == "2023-10-29 02:59:59.999");
  CHECK(with_zone(kWinter) == "2023-10-29 02:00:00.000");
  for (const int64_t ns :
       {kWinter - 1, kWinter, kWinter + 999'999'999, kWinter + 1'000'000'000, int64_t{0},
        int64_t{999'999'999}, int64_t{-1}, int64_t{0}, kMin, kMax, kMin, int64_t{-1'000'000'000},
        int64_t{-1'000'000'001}, kMax - 145'224'192, kMin + 145'224'191}) {
    CHECK(with_zone(ns) == by_offset(ns));
  }
  // Another form in between leaves nothing behind that would show.
  char other[TimeText::kRfc3339Size];
  kept.write_rfc3339(other, {1'000'000'000});
  CHECK(with_zone(kMin + 145'224'191) == by_offset(kMin + 145'224'191));
}

TEST_CASE("unix seconds have nine digits and keep their sign") {
  CHECK(unix_text(0) == "0.000000000");
  CHECK(unix_text(-1) == "-0.000000001");
  CHECK(unix_text(kMax) == "9223372036.854775807");
  CHECK(unix_text(kMin) == "-9223372036.854775808");
}

}  // namespace
}  // namespace pxq
