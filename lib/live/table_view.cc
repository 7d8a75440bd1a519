#include "live/table_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "live/chart_lines.h"
#include "live/page.h"
#include "live/row_lines.h"

namespace pxq::live {
namespace {

// Pictures of a stream are drawn anew so seldom that most of the time is left for keys.
constexpr Duration kLeastBetweenCharts = std::chrono::milliseconds(500);
constexpr int kRestForWork = 10;

constexpr size_t kRowsForUnits = 6;

bool goes_down_first(const ColumnInfo& column) {
  return column.type != DataType::kString && column.type != DataType::kUint128;
}

}  // namespace

TableView::TableView(TableRows& rows, const chart::PagePlan& plan, const Surface& surface)
    : rows_(rows),
      plan_(plan),
      surface_(surface),
      order_(rows),
      grid_(rows),
      charts_(is_drawn_only(rows, plan)) {}

bool TableView::key(Key key) {
  if (key == 'c') {
    charts_ = !charts_;
    charts_wanted_ = charts_;
    in_full_ = false;
    return true;
  }
  if (charts_) return chart_key(key);
  return in_full_ ? row_key(key) : table_key(key);
}

bool TableView::chart_key(Key key) { return scroll(key, page_, charts_top_); }

bool TableView::row_key(Key key) {
  switch (key) {
    case kEscape:
    case kEnter:
    case '\n':
    case 'q':
    case 'x': in_full_ = false; return true;
    case kLeft:
    case 'p':
    case '[':
      step(-1);
      full_top_ = 0;
      return true;
    case kRight:
    case 'n':
    case ']':
      step(1);
      full_top_ = 0;
      return true;
    default: return scroll(key, page_, full_top_);
  }
}

bool TableView::table_key(Key key) {
  switch (key) {
    case kLeft:
    case 'h': select(-1); return true;
    case kRight:
    case 'l': select(1); return true;
    case 's':
    case kFunction + 6: sort(); return true;
    case 'w': wide_ = !wide_; return true;
    case 'F':
      following_ = !following_;
      if (following_) move_to(order_.size());
      return true;
    case kEnter:
    case '\n':
    case 'x':
      in_full_ = order_.size() != 0;
      full_top_ = 0;
      return true;
    case kEscape:
      if (order_.filter().empty()) return false;
      set_filter("");
      return true;
    default: break;
  }
  size_t cursor = cursor_;
  if (!scroll(key, page_, cursor)) return false;
  moved_ = true;
  move_to(cursor);
  following_ = streams_ && !order_.sort() && order_.size() != 0 && cursor_ + 1 == order_.size();
  return true;
}

void TableView::step(std::ptrdiff_t rows) {
  moved_ = true;
  move_to(rows < 0 ? cursor_ - std::min(cursor_, static_cast<size_t>(-rows))
                   : cursor_ + static_cast<size_t>(rows));
}

void TableView::move_to(size_t cursor) {
  const size_t count = order_.size();
  cursor_ = count == 0 ? 0 : std::min(cursor, count - 1);
}

// Among the columns that are shown, or all.
void TableView::select(std::ptrdiff_t step) {
  std::vector<size_t> columns = grid_.columns();
  if (wide_) {
    columns.clear();
    for (size_t i = 0; i < rows_.schema().columns.size(); ++i) columns.push_back(i);
  }
  if (columns.empty()) return;
  const auto found = std::find(columns.begin(), columns.end(), selected_);
  auto index = found == columns.end() ? 0 : found - columns.begin() + step;
  index = std::clamp<std::ptrdiff_t>(index, 0, std::ssize(columns) - 1);
  selected_ = columns[static_cast<size_t>(index)];
}

// The way that is asked for most, then the other one, then as they came.
void TableView::sort() {
  if (rows_.schema().columns.empty()) return;
  const bool first = goes_down_first(rows_.schema().columns[selected_]);
  const std::optional<Sort>& now = order_.sort();
  if (!now || now->column != selected_) {
    order_.set_sort(Sort{selected_, first});
  } else if (now->descending == first) {
    order_.set_sort(Sort{selected_, !first});
  } else {
    order_.set_sort({});
  }
  following_ = false;
  cursor_ = 0;
}

void TableView::set_filter(const std::string& text) {
  order_.set_filter(text);
  move_to(cursor_);
}

bool TableView::search(const std::string& text, bool back) {
  const size_t count = order_.size();
  if (count == 0 || text.empty()) return false;
  const auto found = order_.find(text, (cursor_ + (back ? count - 1 : 1)) % count, back);
  if (!found) return false;
  moved_ = true;
  following_ = false;
  move_to(*found);
  return true;
}

void TableView::update(bool streams) {
  const uint64_t first = order_.size() == 0 ? 0 : order_[0].batch;
  order_.update();
  if (streams && !streams_ && !moved_) following_ = true;
  streams_ = streams;
  if (following_ && !order_.sort()) cursor_ = SIZE_MAX;
  // Rows as they came move up when the oldest are dropped.
  if (!following_ && !order_.sort() && order_.size() != 0 && order_[0].batch != first) {
    top_ = 0;
  }
  move_to(cursor_);
}

Lines TableView::draw(size_t width, size_t height, TimePoint now) {
  page_ = std::max<size_t>(height, 1);
  if (charts_) return draw_charts(width, height, now);
  return in_full_ && order_.size() != 0 ? draw_in_full(width, height) : draw_rows(width, height);
}

Lines TableView::draw_rows(size_t width, size_t height) {
  grid_.fit(width, wide_, selected_);
  const std::vector<size_t>& columns = grid_.columns();
  if (!columns.empty() && std::find(columns.begin(), columns.end(), selected_) == columns.end()) {
    selected_ = columns.front();
  }
  Lines lines;
  if (height >= 2) lines.push_back(grid_.heads(selected_, order_.sort()));
  if (height >= kRowsForUnits) lines.push_back(grid_.units());
  page_ = std::max<size_t>(height - std::min(height, lines.size()), 1);
  top_ = std::min(top_, cursor_);
  if (cursor_ >= top_ + page_) top_ = cursor_ - page_ + 1;
  if (order_.size() > page_) top_ = std::min(top_, order_.size() - page_);
  if (order_.size() <= page_) top_ = 0;
  for (size_t i = top_; i < order_.size() && lines.size() < height; ++i) {
    Line line = grid_.row(order_[i]);
    if (i == cursor_) {
      line.pad_to(width);
      line.reverse();
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

Lines TableView::window(const Lines& lines, size_t& top, size_t height, size_t width) {
  top = std::min(top, lines.size() - std::min(lines.size(), height));
  Lines seen;
  for (size_t i = top; i < lines.size() && seen.size() < height; ++i) {
    Line line(width);
    for (const Span& span : lines[i].spans()) line.append(span.text, span.style);
    seen.push_back(std::move(line));
  }
  return seen;
}

Lines TableView::draw_in_full(size_t width, size_t height) {
  return window(row_lines(rows_, order_[cursor_], width, surface_), full_top_, height, width);
}

Lines TableView::draw_charts(size_t width, size_t height, TimePoint now) {
  const bool other = charts_version_ != rows_.version() && now >= charts_next_;
  if (other || width != charts_width_) {
    const TimePoint start = MonotonicClock::now();
    charts_drawn_ = chart_lines(rows_, plan_, width, surface_);
    const Duration took = MonotonicClock::now() - start;
    charts_next_ = now + std::max(kLeastBetweenCharts, kRestForWork * took);
    charts_version_ = rows_.version();
    charts_width_ = width;
  }
  Lines seen = window(charts_drawn_, charts_top_, height, width);
  if (charts_drawn_.empty()) {
    seen.push_back(
        Line(width).append("Nothing in this table can be drawn; c shows its rows.", kFaint));
  }
  return seen;
}

std::string TableView::note() const {
  std::string note;
  const auto part = [&note](const std::string& text) { note += note.empty() ? text : ", " + text; };
  if (charts_) return charts_drawn_.empty() ? note : "c shows its rows";
  if (!order_.filter().empty()) {
    part(fmt::format("'{}' is in {} of {} rows", order_.filter(), order_.size(), rows_.kept()));
  }
  if (rows_.kept() < rows_.total()) part(fmt::format("the newest {} rows", rows_.kept()));
  if (!in_full_ && grid_.hidden() != 0 && !wide_) {
    part(fmt::format("{} column{} hidden (w)", grid_.hidden(), grid_.hidden() == 1 ? "" : "s"));
  }
  return note;
}

size_t TableView::find_column(const std::string& name) const {
  const auto& columns = rows_.schema().columns;
  const auto found = std::ranges::find(columns, name, &ColumnInfo::name);
  return static_cast<size_t>(found - columns.begin());
}

ViewState TableView::state() const {
  ViewState state{.filter = order_.filter(),
                  .descending = order_.sort() && order_.sort()->descending,
                  .cursor = cursor_,
                  .top = top_,
                  .wide = wide_,
                  .charts = charts_wanted_,
                  .following = following_,
                  .moved = moved_};
  const auto& columns = rows_.schema().columns;
  if (order_.sort()) state.sorted_by = columns[order_.sort()->column].name;
  if (selected_ < columns.size()) state.selected = columns[selected_].name;
  state.in_full = in_full_;
  state.full_top = full_top_;
  state.charts_top = charts_top_;
  return state;
}

void TableView::restore(const ViewState& state) {
  const size_t count = rows_.schema().columns.size();
  if (const size_t column = find_column(state.selected); column < count) selected_ = column;
  if (const size_t column = find_column(state.sorted_by);
      !state.sorted_by.empty() && column < count) {
    order_.set_sort(Sort{column, state.descending});
  }
  order_.set_filter(state.filter);
  order_.update();
  wide_ = state.wide;
  charts_wanted_ = state.charts;
  if (state.charts) charts_ = *state.charts;
  moved_ = state.moved;
  top_ = state.top;
  in_full_ = state.in_full;
  full_top_ = state.full_top;
  charts_top_ = state.charts_top;
  move_to(state.cursor);
}

}  // namespace pxq::live
