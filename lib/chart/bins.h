#pragma once

#include <cstddef>

namespace pxq::chart {

/// How a range of values is cut into bins of one width.
struct Bins {
  double start = 0;
  double step = 1;
  size_t count = 0;
};

/// Bins as Vega makes them, by whom Pixie's histograms are drawn: the finest step of 1, 2 or 5
/// times a power of ten that is not below `least_step` and makes at most `most` bins, from a
/// multiple of the step on.
Bins nice_bins(double least, double greatest, size_t most, double least_step);

}  // namespace pxq::chart
