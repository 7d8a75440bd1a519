#include "text/time_zone.h"

#include <catch2/catch.hpp>

#include "text/time_text.h"

namespace pxq {
namespace {

// A zone file without listed changes: one type, then the rule.
std::string zone_file(const std::string& rule, char version = '2') {
  std::string header = std::string("TZif") + version + std::string(15, '\0');
  const auto number = [](uint32_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
    return bytes;
  };
  header += number(0) + number(0) + number(0) + number(0) + number(1) + number(4);
  const std::string body = number(0) + std::string(2, '\0') + std::string("UTC\0", 4);
  return header + body + header + body + "\n" + rule + "\n";
}

int64_t utc(int64_t year, unsigned month, unsigned day, int64_t hour, int64_t minute = 0) {
  return days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60;
}

TimeZone with_rule(const std::string& rule) {
  auto zone = TimeZone::parse("Test/Zone", zone_file(rule));
  REQUIRE(zone.ok());
  return *zone;
}

TEST_CASE("no name is UTC") {
  auto zone = TimeZone::load("");
  REQUIRE(zone.ok());
  CHECK(zone->name() == "UTC");
  CHECK(zone->offset_at(utc(2026, 7, 1, 0)) == 0);
}

TEST_CASE("A distance from UTC is a zone") {
  const auto [name, offset] = GENERATE(std::pair<std::string, int>{"+09:00", 9 * 3600},
                                       std::pair<std::string, int>{"-0330", -(3 * 3600 + 1800)},
                                       std::pair<std::string, int>{"+5", 5 * 3600});
  const auto zone = TimeZone::load(name);
  REQUIRE(zone.ok());
  CHECK(zone->name() == name);
  CHECK(zone->offset_at(0) == offset);
  for (const char* bad : {"+", "+24:00", "+09:60", "+9:0", "+9x", "+09:0:0", "-"}) {
    CHECK_FALSE(TimeZone::load(bad).ok());
  }
}

TEST_CASE("a rule with summer time changes at the right second") {
  const TimeZone berlin = with_rule("CET-1CEST,M3.5.0,M10.5.0/3");
  CHECK(berlin.offset_at(utc(2026, 1, 1, 0)) == 3600);
  CHECK(berlin.offset_at(utc(2026, 3, 29, 1) - 1) == 3600);
  CHECK(berlin.offset_at(utc(2026, 3, 29, 1)) == 7200);
  CHECK(berlin.offset_at(utc(2026, 10, 25, 1) - 1) == 7200);
  CHECK(berlin.offset_at(utc(2026, 10, 25, 1)) == 3600);
}

TEST_CASE("summer over the turn of the year") {
  const TimeZone sydney = with_rule("AEST-10AEDT,M10.1.0,M4.1.0/3");
  CHECK(sydney.offset_at(utc(2026, 1, 1, 0)) == 39600);
  CHECK(sydney.offset_at(utc(2026, 7, 1, 0)) == 36000);
  CHECK(sydney.offset_at(utc(2025, 12, 31, 13, 30)) == 39600);
}

TEST_CASE("fixed offsets, with and without quotes") {
  CHECK(with_rule("<+0530>-5:30").offset_at(0) == 19800);
  CHECK(with_rule("EST5").offset_at(0) == -18000);
}

TEST_CASE("days of the year with and without the leap day") {
  const TimeZone julian = with_rule("A0B,J60/0,J300/0");
  CHECK(julian.offset_at(utc(2024, 3, 1, 0)) == 3600);
  CHECK(julian.offset_at(utc(2024, 3, 1, 0) - 1) == 0);
  CHECK(julian.offset_at(utc(2025, 3, 1, 0) - 1) == 0);
  const TimeZone counted = with_rule("A0B,59/0,300/0");
  CHECK(counted.offset_at(utc(2024, 2, 29, 0)) == 3600);
  CHECK(counted.offset_at(utc(2025, 3, 1, 0) - 1) == 0);
}

TEST_CASE("names that lead elsewhere and files that are none are refused") {
  for (const char* name : {"No/Such_Zone", "/etc/passwd", "../../etc/passwd", "."}) {
    CHECK(TimeZone::load(name).status().code() == Code::kUsage);
  }
  CHECK_FALSE(TimeZone::parse("x", "").ok());
  const std::string good = zone_file("EST5");
  for (size_t size = 0; size + 7 < good.size(); ++size) {
    CHECK_FALSE(TimeZone::parse("x", good.substr(0, size)).ok());
  }
  std::string huge = good;
  huge[32] = '\x7f';  // a count that no file can hold
  CHECK_FALSE(TimeZone::parse("x", huge).ok());
  // What no zone is off by, in the second of the two bodies.
  std::string far = good;
  const size_t offset = far.rfind(std::string("UTC\0", 4)) - 6;
  far.replace(offset, 4, std::string("\x00\x01\x6d\xa0", 4));  // 26 hours
  CHECK_FALSE(TimeZone::parse("x", far).ok());
  far.replace(offset, 4, std::string("\x00\x01\x6d\x9f", 4));
  CHECK(TimeZone::parse("x", far)->offset_at(0) == -5 * 3600);  // by its rule
}

TEST_CASE("hostile rules do no harm") {
  for (const char* rule :
       {"", "A", "A0B", "A0B,M13.1.0,M1.1.0", "A0B,M1.9.0,M1.1.0", "<A", "A0B,,", "A999999999999",
        "A0B,J999,J1", "A0B,M3.5.0,M10.5.0/3x", "A26", "A-26", "A0B-27,M3.5.0,M10.5.0"}) {
    CHECK(with_rule(rule).offset_at(INT64_MAX / 1'000'000'000) == 0);
  }
}

}  // namespace
}  // namespace pxq
