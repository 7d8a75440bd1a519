#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "chart/page_plan.h"
#include "live/frame.h"
#include "live/grid.h"
#include "live/key.h"
#include "live/row_order.h"
#include "live/table_rows.h"

namespace pxq::live {

/// What its reader did to a table's view; it outlives the rows, by the names of columns, so that
/// the next run of a script is seen as the one before.
struct ViewState {
  std::string filter = {};
  std::string sorted_by = {};  // empty: by none
  bool descending = false;
  std::string selected = {};
  size_t cursor = 0;
  size_t top = 0;
  bool wide = false;
  std::optional<bool> charts = {};  // nothing: as vis.json has it
  bool following = false;
  bool moved = false;  // the cursor, by its reader
  bool in_full = false;
  size_t full_top = 0;
  size_t charts_top = 0;
};

/// One table on a part of the screen: its rows, one row in full, or its pictures. Knows no
/// terminal.
class TableView final {
 public:
  /// All outlive it.
  TableView(TableRows& rows, const chart::PagePlan& plan, const Surface& surface);

  /// False: the key means nothing here.
  bool key(Key key);

  void set_filter(const std::string& text);
  const std::string& filter() const { return order_.filter(); }
  /// Moves to the next row that holds the text; false where there is none.
  bool search(const std::string& text, bool back);

  /// Rows came, and `streams` if more will, without an end in sight.
  void update(bool streams);

  Lines draw(size_t width, size_t height, TimePoint now);

  /// What is not to be seen otherwise: rows that the filter keeps away, columns that have no room.
  std::string note() const;
  uint64_t shown() const { return order_.size(); }
  size_t cursor() const { return cursor_; }
  bool in_full() const { return in_full_; }
  bool following() const { return following_; }
  const TableRows& rows() const { return rows_; }

  ViewState state() const;
  void restore(const ViewState& state);

 private:
  bool table_key(Key key);
  bool row_key(Key key);
  bool chart_key(Key key);
  void move_to(size_t cursor);
  void step(std::ptrdiff_t rows);
  void sort();
  void select(std::ptrdiff_t step);
  size_t find_column(const std::string& name) const;

  Lines draw_rows(size_t width, size_t height);
  Lines draw_in_full(size_t width, size_t height);
  Lines draw_charts(size_t width, size_t height, TimePoint now);
  static Lines window(const Lines& lines, size_t& top, size_t height, size_t width);

  TableRows& rows_;
  const chart::PagePlan& plan_;
  const Surface& surface_;
  RowOrder order_;
  Grid grid_;
  size_t selected_ = 0;  // column
  size_t cursor_ = 0;    // row
  size_t top_ = 0;
  size_t page_ = 1;  // rows on the screen
  bool wide_ = false;
  bool following_ = false;
  bool moved_ = false;
  bool streams_ = false;
  bool charts_;
  std::optional<bool> charts_wanted_;
  bool in_full_ = false;
  size_t full_top_ = 0;

  size_t charts_top_ = 0;
  Lines charts_drawn_;
  uint64_t charts_version_ = UINT64_MAX;
  size_t charts_width_ = 0;
  TimePoint charts_next_{};
};

}  // namespace pxq::live
