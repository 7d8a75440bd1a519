#pragma once

#include <cstddef>
#include <optional>
#include <span>
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

/// How large a column's values other than zero are, in the wire's unit; 0: not known.
struct Magnitudes {
  double typical = 0;  // the median
  double least = 0;
  double most = 0;
};

/// How values of a column are measured: in one unit and with one number of decimals while they span
/// less than 1 000 times, else each in the unit that gives it three figures. Zero is `0`.
class Measure {
 public:
  /// `whole`: values are whole numbers, which need no decimals in the smallest unit.
  Measure(Quantity quantity, const Magnitudes& magnitudes, bool whole);

  /// Appends `1.25 ms`, or `<0.01 ms` rather than a zero that is none. Gives its width in cells.
  size_t append(double value, TextBuffer& out) const;

  /// The same with blanks behind the unit, so that numbers end below one another where cells stand
  /// at the right.
  size_t append_aligned(double value, TextBuffer& out) const;

 private:
  struct Unit;
  static constexpr size_t kBlock = 8;  // more than a unit's name and the blank before it take

  /// What append() does, with blanks up to a unit of this width.
  size_t put(double value, size_t unit_width, TextBuffer& out) const;
  /// Turns a value into its unit, and gives that and its decimals where they are its own.
  const Unit& scale(double& value, int& decimals) const;

  static std::span<const Unit> units_of(Quantity quantity);
  static const Unit& unit_for(std::span<const Unit> units, double magnitude);

  std::span<const Unit> units_;
  bool mixed_;  // each value has a unit of its own
  bool whole_;
  const Unit* unit_;  // of all values, where they share one
  int decimals_;
  size_t unit_width_ = 0;  // the widest unit to be expected
};

}  // namespace pxq
