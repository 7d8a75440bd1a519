#include "chart/bins.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace pxq::chart {
namespace {

TEST_CASE("bins have a width of 1, 2 or 5 times a power of ten and never too many of them") {
  CHECK(nice_bins(0, 950, 10, 0).step == Approx(100));
  CHECK(nice_bins(0, 950, 10, 150).step >= 150);
  CHECK(nice_bins(3, 47, 10, 0).step == Approx(5));
  CHECK(nice_bins(-7, 12, 10, 0).start == Approx(-8));
  for (const double span : {1e-9, 0.3, 7.0, 99.0, 1e6, 3.7e17}) {
    for (const size_t most : {1u, 5u, 10u, 37u}) {
      const Bins bins = nice_bins(span / 3, span / 3 + span, most, 0);
      INFO(span << " " << most << " " << bins.step);
      CHECK(bins.count <= most + 1);  // one more where the range begins within a bin
      CHECK(bins.start <= span / 3 * (1 + 1e-9));
      CHECK(bins.start + bins.step * static_cast<double>(bins.count) >=
            (span / 3 + span) * (1 - 1e-9));
      const double mantissa = bins.step / std::pow(10, std::floor(std::log10(bins.step) + 1e-9));
      CHECK((std::abs(mantissa - 1) < 1e-6 || std::abs(mantissa - 2) < 1e-6 ||
             std::abs(mantissa - 5) < 1e-6));
    }
  }
}

TEST_CASE("one value, and values without end, have bins too") {
  CHECK(nice_bins(5, 5, 10, 0).count == 1);
  CHECK(nice_bins(0, 0, 10, 0).count == 1);
  const double most = std::numeric_limits<double>::max();
  CHECK(nice_bins(-most, most, 10, 0).count >= 1);
  CHECK(std::isfinite(nice_bins(-most, most, 10, 0).start));
}

}  // namespace
}  // namespace pxq::chart
