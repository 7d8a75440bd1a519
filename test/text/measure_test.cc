#include "text/measure.h"

#include <catch2/catch.hpp>
#include <limits>
#include <string>

#include "text/width.h"

namespace pxq {
namespace {

std::string measured(const Measure& measure, double value) {
  TextBuffer out;
  const size_t width = measure.append(value, out);
  CHECK(width == display_width(out.view()));
  return std::string(out.view());
}

TEST_CASE("the unit follows the typical value, not each value") {
  const Measure ms(Quantity::kDuration, {1.2e6}, true);
  CHECK(measured(ms, 1.2e6) == "1.20 ms");
  CHECK(measured(ms, 3e9) == "3000.00 ms");
  CHECK(measured(ms, 0) == "0");
  CHECK(measured(ms, -1.5e6) == "-1.50 ms");
}

TEST_CASE("a value too small for the unit is not called zero") {
  const Measure seconds(Quantity::kDuration, {2e9}, true);
  CHECK(measured(seconds, 1000) == "<0.01 s");
  CHECK(measured(seconds, -1000) == ">-0.01 s");
}

TEST_CASE("units of each quantity") {
  CHECK(measured({Quantity::kDuration, {12}, true}, 9) == "9 ns");
  CHECK(measured({Quantity::kDuration, {15e3}, true}, 15e3) == "15.0 µs");
  CHECK(measured({Quantity::kDuration, {90e9}, true}, 90e9) == "1.50 min");
  CHECK(measured({Quantity::kBytes, {512}, true}, 512) == "512 B");
  CHECK(measured({Quantity::kBytes, {5144}, true}, 5144) == "5.02 KiB");
  CHECK(measured({Quantity::kBytes, {0x1p63}, true}, 0x1p63) == "8.00 EiB");
  CHECK(measured({Quantity::kPercent, {0.123}, false}, 0.123) == "12.3 %");
  CHECK(measured({Quantity::kPercent, {0.005}, false}, 0.005) == "0.50 %");
  CHECK(measured({Quantity::kRate, {2e-6}, false}, 2e-6) == "2.00 k/s");
  CHECK(measured({Quantity::kBytesRate, {4096e-9}, false}, 4096e-9) == "4.00 KiB/s");
}

TEST_CASE("columns without a typical value keep the smallest unit") {
  CHECK(measured({Quantity::kDuration, {0}, true}, 7) == "7 ns");
  CHECK(measured({Quantity::kBytes, {0}, false}, 0.5) == "0.5 B");
}

std::string aligned(const Measure& measure, double value) {
  TextBuffer out;
  const size_t width = measure.append_aligned(value, out);
  CHECK(width == display_width(out.view()));
  return std::string(out.view());
}

TEST_CASE("values that span a thousand times have a unit each, with three figures") {
  const Measure durations(Quantity::kDuration, {.typical = 4e6, .least = 900, .most = 3e12}, true);
  CHECK(aligned(durations, 900) == "900 ns ");
  CHECK(aligned(durations, 1234) == "1.23 µs ");
  CHECK(aligned(durations, 45'678'000) == "45.7 ms ");
  CHECK(aligned(durations, 999'700'000) == "1.00 s  ");
  CHECK(aligned(durations, 7.2e12) == "2.00 h  ");
  CHECK(aligned(durations, 150e9) == "2.50 min");
  CHECK(aligned(durations, 0) == "0    ");
  const Measure sizes(Quantity::kBytes, {.typical = 1e4, .least = 3, .most = 0x1p31}, true);
  CHECK(aligned(sizes, 3) == "3 B  ");
  CHECK(aligned(sizes, 0x1p31) == "2.00 GiB");
  CHECK(aligned(sizes, 1536) == "1.50 KiB");
}

TEST_CASE("values that span less share a unit") {
  const Measure durations(Quantity::kDuration, {.typical = 4e6, .least = 1e5, .most = 9.9e7}, true);
  CHECK(aligned(durations, 1e5) == "0.10 ms");
  CHECK(aligned(durations, 9.9e7) == "99.00 ms");
  CHECK(aligned(durations, 0) == "0   ");
  // A percentage has one unit only, however far its values are apart.
  const Measure shares(Quantity::kPercent, {.typical = 0.01, .least = 1e-6, .most = 1}, false);
  CHECK(aligned(shares, 1) == "100.00 %");
}

TEST_CASE("extremes have a text") {
  const Measure ns(Quantity::kDuration, {1}, false);
  CHECK(measured(ns, std::numeric_limits<double>::quiet_NaN()) == "NaN ns");
  CHECK(measured(ns, -std::numeric_limits<double>::infinity()) == "-Infinity ns");
  CHECK(measured(ns, std::numeric_limits<double>::max()).size() == 309 + 6);
}

}  // namespace
}  // namespace pxq
