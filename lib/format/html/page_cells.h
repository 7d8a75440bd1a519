#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "format/cell_writer.h"
#include "model/schema.h"
#include "text/measure.h"
#include "text/time_zone.h"

namespace pxq::html {

/// How a page's script takes the cells of a column, and what stands behind its name.
struct PageColumn {
  std::string_view kind;
  std::string_view unit;  // of the cells as they stand in the page; empty: none
};
PageColumn page_column(const ColumnInfo& column, const TimeZone& zone);

/// By how much a quantity's value on the wire is multiplied to be in the unit that the page keeps
/// it in, and the name by which the script knows that unit: milliseconds, bytes, hundredths, per
/// second.
struct PageUnit {
  std::string_view kind;
  double factor = 1;
};
PageUnit page_unit(std::optional<Quantity> quantity);

/// Cells as text between tags: in one unit a column, so that a reader without scripts can compare
/// them and a script can read them back; times as they change; nothing of a cell is markup. `zone`
/// outlives the writer.
std::unique_ptr<CellWriter> make_page_cells(const ColumnInfo& column, const TimeZone& zone);

/// Appends text made visible, with the four signs escaped that could be read as markup.
void append_page_text(std::string_view bytes, TextBuffer& out);

/// Appends a real number with the seven figures that a picture and its reader need; whole numbers
/// in full.
void append_page_number(double value, TextBuffer& out);

}  // namespace pxq::html
