#include "text/duration.h"

#include <catch2/catch.hpp>
#include <string>

namespace pxq {
namespace {

using Catch::Contains;

constexpr int64_t kSecond = 1'000'000'000;

int64_t read(const std::string& text) {
  const auto ns = parse_duration(text, "--for");
  INFO(text << ": " << ns.status().message());
  REQUIRE(ns.ok());
  return *ns;
}

std::string refused(const std::string& text) {
  const auto ns = parse_duration(text, "--for");
  INFO(text);
  REQUIRE_FALSE(ns.ok());
  CHECK(ns.status().code() == Code::kUsage);
  CHECK_FALSE(ns.status().hint().empty());
  CHECK_THAT(ns.status().message(), Contains("--for '" + text + "'"));
  return ns.status().message();
}

TEST_CASE("a length of time is numbers with units, from large to small") {
  CHECK(read("500ms") == kSecond / 2);
  CHECK(read("5s") == 5 * kSecond);
  CHECK(read("2m") == 120 * kSecond);
  CHECK(read("1h30m") == 5400 * kSecond);
  CHECK(read("1d") == 86'400 * kSecond);
  CHECK(read("7us") == 7'000);
  CHECK(read("7ns") == 7);
  CHECK(read("1d2h3m4s5ms") == ((((24 + 2) * 60 + 3) * 60 + 4) * 1000 + 5) * int64_t{1'000'000});
}

TEST_CASE("a plain number is seconds") {
  CHECK(read("0") == 0);
  CHECK(read("90") == 90 * kSecond);
  CHECK(read("0.25") == kSecond / 4);
}

TEST_CASE("the last number can have a fraction, to the nanosecond") {
  CHECK(read("1.5s") == 3 * kSecond / 2);
  CHECK(read("1m1.5s") == 61 * kSecond + kSecond / 2);
  CHECK(read("0.000000001s") == 1);
  CHECK(read("1.999999999d") == 2 * 86'400 * kSecond - 86'400);
  CHECK_THAT(refused("1.5h30m"), Contains("only the last"));
  CHECK_THAT(refused("1.s"), Contains("no digits"));
  refused(".5s");
}

TEST_CASE("the long words that Pixie's users write are taken") {
  CHECK(read("5min") == 300 * kSecond);
  CHECK(read("5mins") == 300 * kSecond);
  CHECK(read("5minutes") == 300 * kSecond);
  CHECK(read("1hr") == 3600 * kSecond);
  CHECK(read("2hours") == 7200 * kSecond);
  CHECK(read("30sec") == 30 * kSecond);
  CHECK(read("2days") == 172'800 * kSecond);
  CHECK(read("10msec") == kSecond / 100);
}

TEST_CASE("nothing is half understood") {
  CHECK_THAT(refused("5x"), Contains("unknown unit 'x'"));
  CHECK_THAT(refused("1month"), Contains("unknown unit"));
  CHECK_THAT(refused("5 m"), Contains("unknown unit"));
  CHECK_THAT(refused("30m1h"), Contains("large to small"));
  CHECK_THAT(refused("1h1h"), Contains("large to small"));
  CHECK_THAT(refused("1h30"), Contains("without a unit"));
  for (const std::string text :
       {"", "m", "-5m", "+5m", "nan", "inf", "1e3", "0x10", " 5s", "5s "}) {
    refused(text);
  }
}

TEST_CASE("what does not fit is out of range") {
  CHECK(read("9223372036854775807ns") == INT64_MAX);
  CHECK_THAT(refused("9223372036854775808ns"), Contains("out of range"));
  CHECK_THAT(refused("99999999999999999999s"), Contains("out of range"));
  CHECK_THAT(refused("106752d"), Contains("out of range"));
  CHECK_THAT(refused("106751d24h"), Contains("out of range"));
}

}  // namespace
}  // namespace pxq
