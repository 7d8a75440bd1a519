#include "chart/bins.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pxq::chart {
namespace {

// The way in which Vega, which draws Pixie's own page, cuts a range into bins.
double nice_step(double span, double most, double least_step) {
  const double level = std::ceil(std::log10(most));
  double step = std::max(least_step, std::pow(10, std::round(std::log10(span)) - level));
  while (std::ceil(span / step) > most) step *= 10;
  for (const double part : {5.0, 2.0}) {
    const double finer = step / part;
    if (finer >= least_step && span / finer <= most) step = finer;
  }
  return step;
}

}  // namespace

Bins nice_bins(double least, double greatest, size_t most, double least_step) {
  double span = greatest - least;
  if (!(span > 0) || !std::isfinite(span)) span = std::abs(least) > 0 ? std::abs(least) : 1;
  Bins bins;
  bins.step = nice_step(span, static_cast<double>(std::clamp<size_t>(most, 1, 1000)),
                        std::max(0.0, least_step));
  // Without the small addition 0.3 would lie below the bin that begins at 0.3: a quotient of
  // decimals falls a little short.
  bins.start = std::max(std::floor(least / bins.step + 1e-12) * bins.step,
                        std::numeric_limits<double>::lowest());
  const double count = std::floor((greatest - bins.start) / bins.step + 1e-12) + 1;
  bins.count = static_cast<size_t>(std::clamp(count, 1.0, 1001.0));
  return bins;
}

}  // namespace pxq::chart
