#pragma once

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

  /// Where a value stands between the ends, from 0 to 1.
  double place(double value) const { return (value - least) / (most - least); }
};

/// `count`: how many marks there may be, about.
Ruler make_ruler(double least, double most, std::optional<Quantity> quantity, size_t count);

}  // namespace pxq::picture
