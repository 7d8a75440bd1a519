#include "script/time_argument.h"

#include <catch2/catch.hpp>
#include <limits>
#include <string>

namespace pxq {
namespace {

using Catch::Contains;

constexpr int64_t kSecond = 1'000'000'000;
// 2026-11-23 15:40:00.5 UTC
constexpr int64_t kNow = 1'795'448'400 * kSecond + kSecond / 2;

const TimeReference kUtc{.now_ns = kNow, .utc_offset = {}};

// Central Europe in 2026: summer time from 29 March 01:00 UTC to 25 October 01:00 UTC.
int64_t berlin(int64_t utc) { return utc >= 1'774'746'000 && utc < 1'792'890'000 ? 7200 : 3600; }

TimeArgument parsed(const std::string& text, const TimeReference& reference = kUtc) {
  const auto time = parse_time(text, reference, "--start");
  INFO(text << ": " << time.status().message());
  REQUIRE(time.ok());
  return *time;
}

std::string refused(const std::string& text, const TimeReference& reference = kUtc) {
  const auto time = parse_time(text, reference, "--start");
  INFO(text);
  CHECK_FALSE(time.ok());
  CHECK(time.status().code() == Code::kUsage);
  CHECK_FALSE(time.status().hint().empty());
  return time.status().message();
}

TEST_CASE("the clock of these tests is what it says") {
  CHECK(pixie_time(kNow) == "2026-11-23 15:40:00.500000000 +0000");
}

TEST_CASE("a length is that long ago, with or without a minus") {
  CHECK(parsed("5m").ns == kNow - 300 * kSecond);
  CHECK(parsed("-5m").ns == kNow - 300 * kSecond);
  CHECK(parsed("5m").pixie == "-5m");
  CHECK(parsed("0s").pixie == "-0d");
  CHECK(parsed("250ms").ns == kNow - kSecond / 4);
}

TEST_CASE("a length of time is read as every flag reads it") {
  CHECK(parsed("300").ns == kNow - 300 * kSecond);
  CHECK(parsed("-300").pixie == "-5m");
  CHECK(parsed("1.5h").pixie == "-90m");
  CHECK(parsed("5min").pixie == "-5m");
  CHECK(parsed("-1hr").pixie == "-1h");
  // Finer than Pixie's milliseconds: an absolute time says it.
  CHECK(parsed("5us").pixie == "2026-11-23 15:40:00.499995000 +0000");
}

TEST_CASE("Pixie reads one number and unit, so several are made one") {
  CHECK(parsed("1h30m").ns == kNow - 5400 * kSecond);
  CHECK(parsed("1h30m").pixie == "-90m");
  CHECK(parsed("1h60m").pixie == "-2h");
  CHECK(parsed("1d1ms").pixie == "-86400001ms");
  // More milliseconds than Pixie's 32 bits hold: an absolute time says the same.
  CHECK(parsed("30d1ms").pixie == "2026-10-24 15:40:00.499000000 +0000");
}

TEST_CASE("dates and times of day, in UTC") {
  CHECK(parsed("now").ns == kNow);
  CHECK(parsed("2026-11-23").pixie == "2026-11-23 00:00:00.000000000 +0000");
  CHECK(parsed("2026-11-23 14:30").pixie == "2026-11-23 14:30:00.000000000 +0000");
  CHECK(parsed("2026-11-23 14:30:05").pixie == "2026-11-23 14:30:05.000000000 +0000");
  CHECK(parsed("14:30").pixie == "2026-11-23 14:30:00.000000000 +0000");
  CHECK(parsed("14:30:09").pixie == "2026-11-23 14:30:09.000000000 +0000");
  CHECK(parsed("2024-02-29").pixie == "2024-02-29 00:00:00.000000000 +0000");
  CHECK(parsed("1970-01-01").ns == 0);
}

TEST_CASE("RFC 3339, and Pixie's own form") {
  CHECK(parsed("2026-11-23T14:30:05Z").pixie == "2026-11-23 14:30:05.000000000 +0000");
  CHECK(parsed("2026-11-23t14:30:05.25z").pixie == "2026-11-23 14:30:05.250000000 +0000");
  CHECK(parsed("2026-11-23T14:30:05+02:00").pixie == "2026-11-23 12:30:05.000000000 +0000");
  CHECK(parsed("2026-11-23T14:30:05.123456789-0530").pixie ==
        "2026-11-23 20:00:05.123456789 +0000");
  CHECK(parsed("2026-11-23 14:30:05 +0000").pixie == "2026-11-23 14:30:05.000000000 +0000");
  CHECK(parsed(pixie_time(kNow)).ns == kNow);
}

TEST_CASE("unix time is told apart by its size") {
  CHECK(parsed("1795448400").ns == 1'795'448'400 * kSecond);
  CHECK(parsed("1795448400123").ns == 1'795'448'400'123 * 1'000'000);
  CHECK(parsed("1795448400123456").ns == 1'795'448'400'123'456 * 1'000);
  CHECK(parsed("1795448400123456789").ns == 1'795'448'400'123'456'789);
  CHECK(parsed("100000000").ns == 100'000'000 * kSecond);
}

TEST_CASE("the zone decides what a day and an hour are") {
  const TimeReference local{.now_ns = kNow, .utc_offset = berlin};
  CHECK(parsed("14:30", local).pixie == "2026-11-23 13:30:00.000000000 +0000");
  CHECK(parsed("2026-07-01", local).pixie == "2026-06-30 22:00:00.000000000 +0000");
  CHECK(parsed("2026-07-01T00:00:00Z", local).pixie == "2026-07-01 00:00:00.000000000 +0000");
  // 23:30 UTC is already tomorrow in Berlin.
  const TimeReference late{.now_ns = 1'795'476'600 * kSecond, .utc_offset = berlin};
  CHECK(parsed("00:15", late).pixie == "2026-11-23 23:15:00.000000000 +0000");
}

TEST_CASE("hours that clocks repeat are the first, hours that they skip are refused") {
  const TimeReference local{.now_ns = kNow, .utc_offset = berlin};
  CHECK(parsed("2026-10-25 02:30", local).pixie == "2026-10-25 00:30:00.000000000 +0000");
  CHECK(parsed("2026-10-25 03:00", local).pixie == "2026-10-25 02:00:00.000000000 +0000");
  CHECK_THAT(refused("2026-03-29 02:30", local), Contains("clocks skip"));
  CHECK(parsed("2026-03-29 03:00", local).pixie == "2026-03-29 01:00:00.000000000 +0000");
}

TEST_CASE("nothing is half understood") {
  CHECK_THAT(refused("5 m"), Contains("unknown unit"));
  CHECK_THAT(refused("30m1h"), Contains("large to small"));
  CHECK_THAT(refused("1h1h"), Contains("large to small"));
  CHECK_THAT(refused("1h30"), Contains("unit"));
  CHECK_THAT(refused("-1month"), Contains("unknown unit"));
  for (const std::string text : {"",
                                 "abc5m",
                                 "+5m",
                                 "--5m",
                                 "-",
                                 "yesterday",
                                 "2026-13-01",
                                 "2026-02-30",
                                 "2025-02-29",
                                 "2026-11-23T",
                                 "2026-11-23 25:00",
                                 "2026-11-23 14:60",
                                 "14:30:60",
                                 "2026-1-2",
                                 "26-11-23",
                                 "14:3",
                                 "2026-11-23 14:30:05.",
                                 "2026-11-23 14:30:05.1234567890",
                                 "2026-11-23T14:30+25:00",
                                 "2026-11-23Z",
                                 "14:30 PM",
                                 "NaN",
                                 "1e999",
                                 " 5m",
                                 "5m ",
                                 "now "}) {
    refused(text);
  }
}

TEST_CASE("what does not fit is out of range") {
  CHECK_THAT(refused("99999999999999999999"), Contains("out of range"));
  CHECK_THAT(refused("99999999999999999999d"), Contains("out of range"));
  CHECK_THAT(refused("9999999999999d"), Contains("out of range"));
  CHECK_THAT(refused("36500d"), Contains("out of range"));
  CHECK_THAT(refused("50000000000"), Contains("out of range"));
  CHECK_THAT(refused("1969-12-31"), Contains("out of range"));
  CHECK_THAT(refused("2263-01-01"), Contains("out of range"));
  CHECK_THAT(refused("9999-12-31T23:59:59Z"), Contains("out of range"));
}

TEST_CASE("a window starts before it ends and not in the future") {
  const auto at = [](int64_t ns) { return TimeArgument{ns, pixie_time(ns)}; };
  const auto window = make_window(at(10), at(20), 30);
  REQUIRE(window.ok());
  CHECK(window->start_ns == 10);
  CHECK(window->end_ns == 20);
  CHECK_THAT(make_window(at(40), at(50), 30).status().message(), Contains("future"));
  CHECK_THAT(make_window(at(20), at(20), 30).status().message(), Contains("not before the end"));
}

TEST_CASE("texts that go to Pixie verbatim are what Pixie reads") {
  for (const std::string good :
       {"-5m", "-0s", "-2147483647ms", "-5minutes", "-1hr", "-30sec", "-2days",
        "2026-11-23 14:30:05 +0000", "2026-11-23 14:30:05.25 -0530"}) {
    CHECK(check_pixie_time("start_time", good).ok());
  }
  CHECK(check_pixie_time("end_time", "5m").ok());
  CHECK_THAT(check_pixie_time("start_time", "5m").hint(), Contains("-5m"));
  for (const std::string bad :
       {"1h30m", "-1.5h", "abc5m", "-1month", "-5us", "-2147483648ms", "2026-11-23",
        "2026-11-23T14:30:05Z", "2026-11-23 14:30:05 +00:00", "1795448400", "now", "-5"}) {
    INFO(bad);
    CHECK_FALSE(check_pixie_time("start_time", bad).ok());
  }
}

}  // namespace
}  // namespace pxq
