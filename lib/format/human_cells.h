#pragma once

#include <memory>

#include "format/role.h"
#include "model/row_batch.h"
#include "model/schema.h"
#include "text/measure.h"
#include "text/time_zone.h"

namespace pxq {

/// Writes the cells of one column for people, by its meaning: measured in one unit, times on a
/// clock, nothing that drives a terminal. Made once for a table; used as a CellWriter is.
class HumanCells {
 public:
  HumanCells() = default;
  HumanCells(const HumanCells&) = delete;
  HumanCells& operator=(const HumanCells&) = delete;
  virtual ~HumanCells() = default;

  virtual void bind(const Column& column) = 0;

  /// Appends the cell and gives the terminal cells that it takes.
  virtual size_t write(size_t row, TextBuffer& out) = 0;

  /// What colour may stand beside the value's meaning.
  virtual Role role(size_t row) const = 0;
};

/// Whether measures are followed by blanks, so that numbers of a column end below one another.
enum class Alignment { kNone, kUnits };

/// `magnitudes` are the column's (Sample::magnitudes), which choose the unit. `zone` must outlive
/// the cells.
std::unique_ptr<HumanCells> make_human_cells(const ColumnInfo& column, const Magnitudes& magnitudes,
                                             const TimeZone& zone, Alignment alignment);

/// Numbers and measures, which stand at the right of their column.
bool is_right_aligned(const ColumnInfo& column);

}  // namespace pxq
