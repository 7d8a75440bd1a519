#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "format/column_fit.h"
#include "format/layout.h"

namespace pxq {

/// How wide columns want to be, by their heads and the sample's values.
std::vector<ColumnWish> column_wishes(const LayoutTable& table, const Sample& sample);

/// Rows below one another in aligned columns.
class TableLayout final : public Layout {
 public:
  TableLayout(LayoutTable table, ColumnFit fit);

  void open(std::optional<uint64_t> rows, Output& out) override;
  void bind(const RowBatch& batch) override;
  void row(size_t row, uint64_t number, Output& out) override;
  void gap(uint64_t rows_left_out, Output& out) override;
  void close(const LayoutEnd& end, Output& out) override;

 private:
  /// One column that is drawn, or the mark where some are not.
  struct Place {
    size_t column = 0;
    bool is_mark = false;
    bool right = false;
    size_t width = 0;  // to pad to
    size_t limit = 0;  // to cut at
    bool any_cut = false;
  };

  void add_place(size_t column, size_t width);
  template <typename HeadOf>
  void write_heads(Role role, TextBuffer& out, HeadOf head_of);
  template <typename RoleOf, typename WriteCell>
  void write_line(TextBuffer& out, RoleOf role_of, WriteCell write_cell);
  static size_t cut(Place& place, size_t width, size_t start, TextBuffer& text);
  void append_note(const LayoutEnd& end, TextBuffer& out) const;
  void append_hidden(TextBuffer& out) const;

  LayoutTable table_;
  ColumnFit fit_;
  Paint paint_;
  std::vector<Place> places_;
  bool counted_ = false;  // the title said how many rows there are
};

}  // namespace pxq
