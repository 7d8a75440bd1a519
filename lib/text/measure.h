#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/text_buffer.h"
#include "model/schema.h"

namespace pxq {

/// Quantities that people read better in another unit than the one on the wire.
enum class Quantity {
  kDuration,   // ns on the wire
  kBytes,      // powers of 1024
  kPercent,    // a fraction on the wire
  kRate,       // per ns on the wire
  kBytesRate,  // bytes per ns on the wire
};

/// What a column of this meaning measures, if it measures anything.
std::optional<Quantity> quantity_of(SemanticType semantic);

/// One unit and one number of decimals, chosen once for all values of a column.
class Measure {
 public:
  /// Chosen so that `typical` (a median magnitude, in the wire's unit; 0: unknown) reads well.
  /// `whole`: values are whole numbers, which need no decimals in the smallest unit.
  Measure(Quantity quantity, double typical, bool whole);

  /// Appends `1.25 ms`, or `<0.01 ms` rather than a zero that is none. Gives its width in cells.
  size_t append(double value, TextBuffer& out) const;

 private:
  double per_unit_;
  int decimals_;
  double smallest_;  // that its decimals can show
  std::string_view unit_;
  size_t unit_width_;
};

/// The word below a column's name: its unit or its type (`duration`, `bytes`, `string`). Times give
/// `time`, as only the caller knows the zone.
std::string_view unit_word(DataType type, SemanticType semantic);

}  // namespace pxq
