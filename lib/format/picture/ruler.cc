#include "format/picture/ruler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "chart/bins.h"
#include "format/picture/screen.h"

namespace pxq::picture {
namespace {

// The size of the largest unit that is not larger than `size`, in the wire's unit.
double unit_size(std::optional<Quantity> quantity, double size) {
  static constexpr double kDurations[] = {1, 1e3, 1e6, 1e9, 60e9, 3600e9, 86400e9};
  static constexpr double kBytes[] = {1, 0x1p10, 0x1p20, 0x1p30, 0x1p40, 0x1p50};
  if (!quantity) return 1;
  const bool duration = *quantity == Quantity::kDuration;
  if (!duration && *quantity != Quantity::kBytes && *quantity != Quantity::kBytesRate) return 1;
  const double factor = *quantity == Quantity::kBytesRate ? 1e-9 : 1;
  double best = factor;
  for (const double unit : duration ? std::span<const double>(kDurations) : kBytes) {
    if (unit * factor <= size) best = unit * factor;
  }
  return best;
}

}  // namespace

Ruler make_ruler(double least, double most, std::optional<Quantity> quantity, size_t count) {
  if (!(most > least)) most = least + (least == 0 ? 1 : std::abs(least));
  const double unit = unit_size(quantity, std::max(std::abs(least), std::abs(most)));
  const chart::Bins bins =
      chart::nice_bins(least / unit, most / unit, std::max<size_t>(count, 2), 0);
  // Round numbers around the largest ones are none.
  Ruler ruler{.least = std::max(bins.start * unit, std::numeric_limits<double>::lowest()),
              .most = most};
  for (size_t i = 0; i <= bins.count; ++i) {
    // A sum of steps would not end at zero.
    const double value = (bins.start + bins.step * static_cast<double>(i)) * unit;
    ruler.marks.push_back({.value = value, .text = value_text(quantity, value)});
    ruler.most = std::max(most, value);
    if (value >= most) break;
  }
  return ruler;
}

}  // namespace pxq::picture
