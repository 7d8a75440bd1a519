#include "format/all_formats.h"
#include "format/table_layout.h"
#include "format/vertical_layout.h"

namespace pxq {
namespace {

using Expanded = FormatOptions::Expanded;

constexpr SectionFrame kFrame{
    .open = "", .separator = "\n", .close = "", .torn = "", .no_section = ""};

// Whether a table fitted like this is better read one field a line.
bool hides_too_much(const ColumnFit& fit, std::optional<uint64_t> rows) {
  // Without rows there is nothing but the names of columns to show.
  return rows.value_or(0) != 0 && *rows <= kMostRowsExpanded && fit.hidden * 3 > fit.widths.size();
}

std::unique_ptr<Layout> choose(LayoutTable table, const Sample& sample,
                               std::optional<uint64_t> rows) {
  const FormatOptions& options = table.options;
  if (options.expanded == Expanded::kOn) return make_vertical_layout(std::move(table));
  const std::vector<ColumnWish> wishes = column_wishes(table, sample);
  const bool fits_all = options.width <= 0 || options.wide;
  ColumnFit fit =
      fits_all ? natural_columns(wishes) : fit_columns(wishes, static_cast<size_t>(options.width));
  if (options.expanded == Expanded::kAuto && hides_too_much(fit, rows)) {
    return make_vertical_layout(std::move(table));
  }
  return std::make_unique<TableLayout>(std::move(table), std::move(fit));
}

std::unique_ptr<ResultSink> make(const FormatOptions& options, Output& output) {
  return make_layout_sink(kFrame, choose, options, output);
}

}  // namespace

// Tables for people have units already: --human asks for what they do.
const Format kTableFormat = {.name = "table",
                             .extension = "txt",
                             .description = "aligned columns for people (default on a terminal)",
                             .default_for = DefaultFor::kTerminal,
                             .heeds = {.expanded = true,
                                       .header = true,
                                       .human = true,
                                       .skip_empty = true,
                                       .no_empty_file = true},
                             .make = make};

}  // namespace pxq
