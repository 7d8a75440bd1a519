#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "live/frame.h"
#include "live/row_order.h"
#include "live/table_rows.h"

namespace pxq::live {

/// Which columns of a table stand where in a width: those that matter most, as `pxq run` chooses
/// them, or all of them, seen through a window that follows the selected one.
class Grid final {
 public:
  /// `rows` outlives it.
  explicit Grid(TableRows& rows) : rows_(rows) {}

  /// `selected` is a column that is to be seen where all are shown.
  void fit(size_t width, bool wide, size_t selected);

  /// Of those that are shown, in their order.
  const std::vector<size_t>& columns() const { return columns_; }
  size_t hidden() const { return rows_.schema().columns.size() - columns_.size(); }

  Line heads(size_t selected, const std::optional<Sort>& sort) const;
  Line units() const;
  Line row(Place place);

 private:
  struct Slot {
    size_t column = 0;
    bool is_mark = false;  // where columns are left out
    bool right = false;
    size_t x = 0;
    size_t width = 0;
  };

  void add(size_t column, size_t width);
  void fit_all(size_t selected);
  void fit_best();
  template <typename Write>
  Line line(Write write) const;

  TableRows& rows_;
  size_t width_ = 0;
  size_t first_ = 0;  // column at the left, where all are shown
  std::vector<Slot> slots_;
  std::vector<size_t> columns_;
};

}  // namespace pxq::live
