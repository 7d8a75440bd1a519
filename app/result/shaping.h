#pragma once

#include "process/console.h"
#include "shape/column_changes.h"
#include "shape/shape.h"
#include "shape/spreadsheet_guard.h"
#include "sink/pipe.h"
#include "sink/select.h"

namespace pxq {

/// The stages of a pipe that shape a result, as far as they were asked for, and what they have to
/// tell at the end. It lives no longer than the pipe.
class Shaping {
 public:
  /// What stands directly before the destination; called before all other stages are put.
  void put_last(const Shape& shape, Pipe& pipe);

  /// What rows meet first: the choice of tables, then what needs all of them, then --limit, whose
  /// stage is returned. `rows` has no columns.
  Select& put_first(const Shape& shape, Selection rows, Pipe& pipe);

  /// After the end.
  void tell(Console& console) const;

 private:
  const SpreadsheetGuard* guard_ = nullptr;
  const ColumnChanges* changes_ = nullptr;
};

}  // namespace pxq
