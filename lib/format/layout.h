#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "format/human_cells.h"
#include "format/sample.h"
#include "format/sections.h"

namespace pxq {

/// One table's own facts, for the layouts that people read.
struct LayoutTable {
  const Schema& schema;
  std::string name;
  const FormatOptions& options;
  const TimeZone& zone;
  std::vector<std::unique_ptr<HumanCells>> cells;  // a writer a column
};

/// What became of a table, for the words below it.
struct LayoutEnd {
  uint64_t rows = 0;
  uint64_t rows_hidden = 0;
  bool whole = false;
};

/// Sets one table for people to read. Calls in this order: open(), then bind() and row() for rows
/// in their order, gap() once where rows are left out, close().
class Layout {
 public:
  Layout() = default;
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;
  virtual ~Layout() = default;

  /// `rows`: how many there are, if that is known by now.
  virtual void open(std::optional<uint64_t> rows, Output& out) = 0;
  virtual void bind(const RowBatch& batch) = 0;
  /// `number` counts from 1 in the whole table.
  virtual void row(size_t row, uint64_t number, Output& out) = 0;
  virtual void gap(uint64_t rows_left_out, Output& out) = 0;
  virtual void close(const LayoutEnd& end, Output& out) = 0;
};

/// Results of up to this many rows may be expanded, which has to be decided before the first one.
inline constexpr uint64_t kMostRowsExpanded = 10;

/// Appends `http_events: 1 204 rows, 3 columns` in the title's role and ends the line.
void append_title(const LayoutTable& table, std::optional<uint64_t> rows, TextBuffer& out);

/// Appends `1 204 rows` or `1 row`.
void append_count(uint64_t count, std::string_view noun, TextBuffer& out);

/// The word below a column's name: its unit or type; for times the zone.
std::string_view header_unit(const ColumnInfo& column, const TimeZone& zone);

/// Decides by the first rows; `rows` as in Layout::open().
using ChooseLayout = std::unique_ptr<Layout> (*)(LayoutTable table, const Sample& sample,
                                                 std::optional<uint64_t> rows);

/// Sections that gather a sample, let `choose` decide on a layout by it, and then let rows pass
/// through as they come. They gather until the table ends, until two ticks after the first row
/// (200 ms), or until there is enough. Only a table that ends before anything of it is shown is
/// shown by its first and last rows; without ticks, batches leave no trace in what is written.

std::unique_ptr<ResultSink> make_layout_sink(const SectionFrame& frame, ChooseLayout choose,
                                             const FormatOptions& options, Output& output);

}  // namespace pxq
