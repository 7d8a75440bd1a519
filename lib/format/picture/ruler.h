#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "text/measure.h"

namespace pxq::picture {

/// The marks of an axis: round numbers in the unit that they are told in, around all values.
struct Ruler {
  struct Mark {
    double value = 0;
    std::string text = {};
  };

  double least = 0;
  double most = 1;
  std::vector<Mark> marks = {};

  /// Where a value stands between the ends, from 0 to 1; what lies beyond an end, as a sum that has
  /// grown past all numbers does, stands at it. In halves, as the ends may be further apart than a
  /// double can tell.
  double place(double value) const {
    const double share = (value / 2 - least / 2) / (most / 2 - least / 2);
    return share >= 0 ? std::min(share, 1.0) : 0;
  }
};

/// `count`: how many marks there may be, about.
Ruler make_ruler(double least, double most, std::optional<Quantity> quantity, size_t count);

}  // namespace pxq::picture
