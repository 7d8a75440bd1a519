#include "format/table_layout.h"

#include <algorithm>
#include <utility>

#include "text/number.h"
#include "text/visible.h"
#include "text/width.h"

namespace pxq {
namespace {

constexpr size_t kLeastText = 20;    // cli: the longest columns are shortened to this
constexpr size_t kLeastNumber = 24;  // numbers and times are dropped rather than cut

bool never_cut(const ColumnInfo& column) {
  return is_right_aligned(column) || column.type == DataType::kTime64Ns ||
         column.semantic == SemanticType::kTimeNs;
}

}  // namespace

std::vector<ColumnWish> column_wishes(const LayoutTable& table, const Sample& sample) {
  std::vector<ColumnWish> wishes;
  TextBuffer scratch;
  for (size_t i = 0; i < table.cells.size(); ++i) {
    const ColumnInfo& column = table.schema.columns[i];
    size_t widest = append_visible(column.name, scratch);
    widest = std::max(widest, display_width(unit_of(column, table.zone)));
    if (!table.options.header) widest = 0;
    sample.for_each([&](const RowBatch& batch, size_t rows) {
      table.cells[i]->bind(batch.columns[i]);
      for (size_t row = 0; row < rows; ++row) {
        scratch.clear();
        widest = std::max(widest, table.cells[i]->write(row, scratch));
      }
    });
    const size_t least = never_cut(column) ? kLeastNumber : kLeastText;
    wishes.push_back({.natural = std::max<size_t>(widest, 1),
                      .least = std::min(std::max<size_t>(widest, 1), least),
                      .stays = i == 0 || column.name == "time_"});
    scratch.clear();
  }
  return wishes;
}

TableLayout::TableLayout(LayoutTable table, ColumnFit fit)
    : table_(std::move(table)), fit_(std::move(fit)), paint_(table_.options.color) {
  for (size_t i = 0; i < fit_.widths.size(); ++i) {
    if (fit_.hidden != 0 && i == fit_.mark_before) places_.push_back({.is_mark = true, .width = 1});
    if (fit_.widths[i] != 0) add_place(i, fit_.widths[i]);
  }
}

void TableLayout::add_place(size_t column, size_t width) {
  const bool may_cut = table_.options.width > 0 && !table_.options.wide;
  places_.push_back({.column = column,
                     .is_mark = false,
                     .right = is_right_aligned(table_.schema.columns[column]),
                     .width = width,
                     .limit = may_cut ? width : SIZE_MAX,
                     .any_cut = false});
}

template <typename RoleOf, typename WriteCell>
void TableLayout::write_line(TextBuffer& out, RoleOf role_of, WriteCell write_cell) {
  for (size_t i = 0; i < places_.size(); ++i) {
    Place& place = places_[i];
    if (i != 0) out.append(kColumnGap, ' ');
    if (place.is_mark) {
      paint_.append(Role::kFaint, "…", out);
      continue;
    }
    const Role role = role_of(place);
    if (place.right) {
      scratch_.clear();
      const size_t width = cut(place, write_cell(place, scratch_), 0, scratch_);
      out.append(place.width - std::min(place.width, width), ' ');
      paint_.append(role, scratch_.view(), out);
      continue;
    }
    paint_.begin(role, out);
    const size_t start = out.size();
    const size_t width = cut(place, write_cell(place, out), start, out);
    paint_.end(role, out);
    const bool last = i + 1 == places_.size();
    if (!last) out.append(place.width - std::min(place.width, width), ' ');
  }
  out.push_back('\n');
}

size_t TableLayout::cut(Place& place, size_t width, size_t start, TextBuffer& text) {
  if (width <= place.limit) return width;
  place.any_cut = true;
  return cut_to_width(text, start, place.limit);
}

template <typename HeadOf>
void TableLayout::write_heads(Role role, TextBuffer& out, HeadOf head_of) {
  write_line(
      out, [role](const Place&) { return role; },
      [&](const Place& place, TextBuffer& cell) {
        return append_visible(head_of(table_.schema.columns[place.column]), cell);
      });
}

void TableLayout::open(std::optional<uint64_t> rows, Output& out) {
  counted_ = rows.has_value();
  if (table_.options.header) {
    append_title(table_, rows, out.text());
    if (!places_.empty()) {
      write_heads(Role::kHeader, out.text(),
                  [](const ColumnInfo& column) { return std::string_view(column.name); });
      write_heads(Role::kFaint, out.text(),
                  [this](const ColumnInfo& column) { return unit_of(column, table_.zone); });
    }
  }
  out.commit();
}

void TableLayout::bind(const RowBatch& batch) {
  for (const Place& place : places_) {
    if (!place.is_mark) table_.cells[place.column]->bind(batch.columns[place.column]);
  }
}

void TableLayout::row(size_t row, uint64_t, Output& out) {
  if (places_.empty()) return;
  write_line(
      out.text(), [&](const Place& place) { return table_.cells[place.column]->role(row); },
      [&](const Place& place, TextBuffer& cell) {
        return table_.cells[place.column]->write(row, cell);
      });
  out.commit();
}

void TableLayout::gap(uint64_t, Output& out) {
  paint_.append(Role::kFaint, "⋮", out.text());
  out.text().push_back('\n');
  out.commit();
}

// What the reader cannot see otherwise: how many rows there were, and what is not shown.
void TableLayout::append_note(const LayoutEnd& end, TextBuffer& out) const {
  const auto hidden = [&](uint64_t count, uint64_t all, std::string_view noun) {
    if (count == 0) return;
    if (!out.empty()) out.append(", ");
    append_count(count, noun, out);
    out.append(" of ");
    out.advance_to(write_grouped(out.reserve(kGroupedSize), all));
    out.append(" hidden");
  };
  const auto cut = static_cast<uint64_t>(
      std::count_if(places_.begin(), places_.end(), [](const Place& p) { return p.any_cut; }));
  if (end.rows_hidden == 0 && !counted_ && table_.options.header) {
    append_count(end.rows, "row", out);
  }
  hidden(end.rows_hidden, end.rows, "row");
  hidden(fit_.hidden, table_.schema.columns.size(), "column");
  if (cut != 0) {
    if (!out.empty()) out.append(", ");
    out.append("values cut in ");
    append_count(cut, "column", out);
  }
  if (cut + fit_.hidden + end.rows_hidden != 0) out.append("; --wide shows all");
}

void TableLayout::close(const LayoutEnd& end, Output& out) {
  if (!end.whole) return;
  scratch_.clear();
  append_note(end, scratch_);
  if (scratch_.empty()) return;
  paint_.append(Role::kFaint, scratch_.view(), out.text());
  out.text().push_back('\n');
  out.commit();
}

}  // namespace pxq
