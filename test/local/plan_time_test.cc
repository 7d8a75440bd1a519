#include <catch2/catch.hpp>

#include "local/plan/time_text.h"

namespace pxq::local::test {

TEST_CASE("durations are the first number with a unit") {
  constexpr int64_t kSecond = 1000000000;
  CHECK(parse_duration("-5m") == -300 * kSecond);
  CHECK(parse_duration("2h") == 7200 * kSecond);
  CHECK(parse_duration("250ms") == kSecond / 4);
  CHECK(parse_duration("1d") == 86400 * kSecond);
  CHECK(parse_duration("abc5s") == 5 * kSecond);
  CHECK(parse_duration("1.5h") == 5 * 3600 * kSecond);
  CHECK(parse_duration("-5minutes") == -300 * kSecond);
  CHECK(parse_duration("--5m") == -300 * kSecond);
  for (const char* bad : {"", "5", "5 minutes", "m", "-", "99999999999s", "2000000000d"}) {
    INFO(bad);
    CHECK_FALSE(parse_duration(bad).has_value());
  }
}

TEST_CASE("absolute times need a zone") {
  CHECK(parse_absolute_time("1970-01-01 00:00:01 +0000") == 1000000000);
  CHECK(parse_absolute_time("2024-05-06 09:08:09.5 +0200") == 1714979289500000000);
  CHECK(parse_absolute_time(" 2024-05-06  07:08:09Z ") == 1714979289000000000);
  CHECK(parse_absolute_time("1969-12-31 23:59:59 -00:00") == -1000000000);
  for (const char* bad :
       {"", "2024-05-06", "2024-05-06 07:08:09", "2024-02-30 07:08:09 +0000",
        "2024-05-06 25:00:00 +0000", "2024-05-06T07:08:09 +0000", "2024-05-06 07:08:09 +0000 x",
        "9999-05-06 07:08:09 +0000", "2024-05-06 07:08:09. +0000"}) {
    INFO(bad);
    CHECK_FALSE(parse_absolute_time(bad).has_value());
  }
}

TEST_CASE("durations are shown in their largest whole unit") {
  CHECK(format_duration(-300000000000) == "-5m");
  CHECK(format_duration(86400000000000) == "1d");
  CHECK(format_duration(1999000000) == "1s");
  CHECK(format_duration(0) == "0ms");
  CHECK(format_duration(INT64_MIN) == "-106751d");
}

}  // namespace pxq::local::test
