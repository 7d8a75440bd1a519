#include "format/table_layout.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "text/blanks.h"
#include "text/number.h"
#include "text/visible.h"
#include "text/width.h"

namespace pxq {
namespace {

constexpr size_t kLeastText = 20;    // cli: the longest columns are shortened to this
constexpr size_t kLeastNumber = 24;  // numbers and times are dropped rather than cut

// At the end of what stands from `start` on.
void trim_blanks(size_t start, TextBuffer& text) {
  while (text.size() > start && text.view().back() == ' ') text.truncate(text.size() - 1);
}

bool never_cut(const ColumnInfo& column) {
  return is_right_aligned(column) || column.type == DataType::kTime64Ns ||
         column.semantic == SemanticType::kTimeNs;
}

/// What the sample tells of one column's cells.
struct Seen {
  size_t widest = 0;
  bool varies = false;
};

Seen look_at(HumanCells& cells, size_t column, const Sample& sample, TextBuffer& scratch) {
  Seen seen;
  std::optional<std::string> first;
  sample.for_each([&](const RowBatch& batch, size_t rows) {
    cells.bind(batch.columns[column]);
    for (size_t row = 0; row < rows; ++row) {
      scratch.clear();
      seen.widest = std::max(seen.widest, cells.write(row, scratch));
      if (!first) {
        first = std::string(scratch.view());
      } else if (!seen.varies) {
        seen.varies = scratch.view() != *first;
      }
    }
  });
  scratch.clear();
  return seen;
}

// Where no column names what a row is about, as in process_stats, its UPID is all that tells rows
// apart: numbers without it say nothing.
void name_by_identity(std::vector<ColumnWish>& wishes) {
  const auto is = [](ColumnRank rank) {
    return [rank](const ColumnWish& wish) { return wish.rank == rank; };
  };
  if (std::any_of(wishes.begin(), wishes.end(), is(ColumnRank::kName))) return;
  if (std::any_of(wishes.begin(), wishes.end(), is(ColumnRank::kOperation))) return;
  const auto first = std::find_if(wishes.begin(), wishes.end(), is(ColumnRank::kIdentity));
  if (first != wishes.end()) first->rank = ColumnRank::kName;
}

}  // namespace

std::vector<ColumnWish> column_wishes(const LayoutTable& table, const Sample& sample) {
  std::vector<ColumnWish> wishes;
  TextBuffer scratch;
  for (size_t i = 0; i < table.cells.size(); ++i) {
    const ColumnInfo& column = table.schema.columns[i];
    size_t widest = 0;
    if (table.options.header) {
      widest = append_visible(column.name, scratch);
      if (table.options.units) {
        widest = std::max(widest, display_width(header_unit(column, table.zone)));
      }
    }
    const Seen seen = look_at(*table.cells[i], i, sample, scratch);
    const size_t natural = std::max<size_t>({widest, seen.widest, 1});
    const size_t least = never_cut(column) ? kLeastNumber : kLeastText;
    const bool constant = sample.rows() > 1 && !seen.varies;
    wishes.push_back({.natural = natural,
                      .least = std::min(natural, least),
                      .rank = constant ? ColumnRank::kConstant : column_rank(column)});
  }
  name_by_identity(wishes);
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
    if (i != 0) append_blanks(kColumnGap, out);
    if (place.is_mark) {
      paint_.append(Role::kFaint, "…", out);
      continue;
    }
    const Role role = paint_.is_on() ? role_of(place) : Role::kPlain;
    const size_t before = out.size();
    paint_.begin(role, out);
    const size_t start = out.size();
    const size_t width = cut(place, write_cell(place, out), start, out);
    const bool last = i + 1 == places_.size();
    if (last && place.right) trim_blanks(start, out);
    paint_.end(role, out);
    const size_t missing = place.width - std::min(place.width, width);
    // Where numbers begin is known once they are written: they are moved, which is a block or two.
    if (place.right) {
      indent(before, missing, out);
    } else if (!last) {
      append_blanks(missing, out);
    }
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
      if (table_.options.units) {
        write_heads(Role::kFaint, out.text(),
                    [this](const ColumnInfo& column) { return header_unit(column, table_.zone); });
      }
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
  const auto cut = static_cast<uint64_t>(
      std::count_if(places_.begin(), places_.end(), [](const Place& p) { return p.any_cut; }));
  const auto part = [&out] {
    if (!out.empty()) out.append(", ");
  };
  if (end.rows_hidden == 0 && !counted_ && table_.options.header) {
    append_count(end.rows, "row", out);
  }
  if (end.rows_hidden != 0) {
    part();
    append_count(end.rows_hidden, "row", out);
    out.append(" of ");
    out.advance_to(write_grouped(out.reserve(kGroupedSize), end.rows));
    out.append(" hidden");
  }
  if (cut != 0) {
    part();
    out.append("values cut in ");
    append_count(cut, "column", out);
  }
  if (fit_.hidden != 0) {
    part();
    append_hidden(out);
  } else if (cut + end.rows_hidden != 0) {
    out.append("; --wide shows all");
  }
}

// The line names as many of the hidden columns as it has room for, and counts those beyond.
void TableLayout::append_hidden(TextBuffer& out) const {
  constexpr std::string_view kHint = "; --columns, --wide, -x show them";
  constexpr std::string_view kShortHint = "; --wide, -x";
  constexpr size_t kRoomForCount = sizeof(" and 999 more") - 1;
  const auto room = static_cast<size_t>(std::max(table_.options.width, 0));
  size_t width = display_width(out.view());
  const bool is_narrow = width + sizeof("hidden: ") + kRoomForCount + kHint.size() > room;
  const std::string_view hint = is_narrow ? kShortHint : kHint;
  out.append("hidden: ");
  width += sizeof("hidden: ") - 1;
  size_t named = 0;
  for (size_t i = 0; i < fit_.widths.size(); ++i) {
    if (fit_.widths[i] != 0) continue;
    const size_t before = out.size();
    if (named != 0) out.append(", ");
    const size_t added = append_visible(table_.schema.columns[i].name, out) + (named != 0 ? 2 : 0);
    const size_t behind = named + 1 == fit_.hidden ? 0 : kRoomForCount;
    if (width + added + behind + hint.size() > room) {
      out.truncate(before);
      break;
    }
    width += added;
    ++named;
  }
  if (named != fit_.hidden) {
    if (named != 0) out.append(" and ");
    out.advance_to(write_grouped(out.reserve(kGroupedSize), fit_.hidden - named));
    out.append(named != 0 ? " more" : fit_.hidden == 1 ? " column" : " columns");
  }
  out.append(hint);
}

void TableLayout::close(const LayoutEnd& end, Output& out) {
  if (!end.whole) return;
  TextBuffer note;
  append_note(end, note);
  if (note.empty()) return;
  paint_.append(Role::kFaint, note.view(), out.text());
  out.text().push_back('\n');
  out.commit();
}

}  // namespace pxq
