#include "live/grid.h"

#include <algorithm>
#include <string>

#include "format/layout.h"
#include "text/visible.h"
#include "text/width.h"

namespace pxq::live {
namespace {

constexpr size_t kWidestText = 60;  // of a column where all are shown

Style style_of(Role role) {
  switch (role) {
    case Role::kTitle:
    case Role::kHeader: return kBold;
    case Role::kFaint: return kFaint;
    case Role::kWarning: return kWarningText;
    case Role::kBad: return kBadText;
    case Role::kPlain: break;
  }
  return kPlain;
}

}  // namespace

void Grid::add(size_t column, size_t width) {
  const size_t x = slots_.empty() ? 0 : slots_.back().x + slots_.back().width + kColumnGap;
  const size_t room = x < width_ ? width_ - x : 0;
  if (room == 0) return;
  const bool right = is_right_aligned(rows_.schema().columns[column]);
  slots_.push_back({column, false, right, x, std::min(width, room)});
  columns_.push_back(column);
}

void Grid::fit(size_t width, bool wide, size_t selected) {
  width_ = width;
  slots_.clear();
  columns_.clear();
  if (wide) return fit_all(selected);
  fit_best();
}

void Grid::fit_best() {
  const ColumnFit fit = fit_columns(rows_.wishes(), width_);
  for (size_t i = 0; i < fit.widths.size(); ++i) {
    if (fit.hidden != 0 && i == fit.mark_before) {
      const size_t x = slots_.empty() ? 0 : slots_.back().x + slots_.back().width + kColumnGap;
      slots_.push_back({0, true, false, x, 1});
    }
    if (fit.widths[i] != 0) add(i, fit.widths[i]);
  }
}

// The window moves no further than it must to show the selected column whole.
void Grid::fit_all(size_t selected) {
  const std::vector<ColumnWish>& wishes = rows_.wishes();
  const auto wanted = [&](size_t i) { return std::min(wishes[i].natural, kWidestText); };
  first_ = std::min(first_, selected);
  size_t needed = 0;
  for (size_t i = first_; i <= selected && i < wishes.size(); ++i) needed += wanted(i) + kColumnGap;
  for (; first_ < selected && needed > width_ + kColumnGap; ++first_) {
    needed -= wanted(first_) + kColumnGap;
  }
  for (size_t i = first_; i < wishes.size(); ++i) add(i, wanted(i));
}

template <typename Write>
Line Grid::line(Write write) const {
  Line line(width_);
  TextBuffer text;
  for (const Slot& slot : slots_) {
    line.pad_to(slot.x);
    if (slot.is_mark) {
      line.append("…", kFaint);
      continue;
    }
    text.clear();
    const Style style = write(slot, text);
    const size_t width = cut_to_width(text, 0, slot.width);
    if (slot.right) line.pad_to(slot.x + slot.width - std::min(width, slot.width));
    line.append(text.view(), style);
  }
  return line;
}

// A sorted column shows its direction; one cell of the name gives way to it where there is no room.
Line Grid::heads(size_t selected, const std::optional<Sort>& sort) const {
  return line([&](const Slot& slot, TextBuffer& text) {
    append_visible(rows_.schema().columns[slot.column].name, text);
    if (sort && sort->column == slot.column) {
      cut_to_width(text, 0, slot.width - 1);
      text.append(sort->descending ? "▼" : "▲");
    }
    return Style{.bold = true, .reversed = slot.column == selected};
  });
}

Line Grid::units() const {
  return line([&](const Slot& slot, TextBuffer& text) {
    append_visible(header_unit(rows_.schema().columns[slot.column], rows_.zone()), text);
    return kFaint;
  });
}

Line Grid::row(Place place) {
  return line([&](const Slot& slot, TextBuffer& text) {
    rows_.write(place, slot.column, text);
    return style_of(rows_.role(place, slot.column));
  });
}

}  // namespace pxq::live
