#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "format/picture/canvas.h"
#include "format/picture/ruler.h"
#include "format/picture/screen.h"
#include "text/time_text.h"

namespace pxq::picture {
namespace {

using chart::Lines;
using chart::Point;

constexpr size_t kMostSeries = 10;  // as many as there are colours
constexpr size_t kRows = 12;
constexpr size_t kWideScreen = 120;
constexpr size_t kMoreRows = 16;

/// A series as it is drawn: of a stack, with what it stands on.
struct Drawn {
  const Lines::Series* series;
  std::vector<Point> points;
  std::vector<double> floors;  // of a stack
};

std::vector<Drawn> chosen(const Lines& lines) {
  std::vector<const Lines::Series*> all;
  for (const Lines::Series& series : lines.series) all.push_back(&series);
  // A stack has its largest last.
  if (all.size() > kMostSeries && lines.stacked) {
    all.erase(all.begin(), all.end() - kMostSeries);
  } else if (all.size() > kMostSeries) {
    all.resize(kMostSeries);
  }
  std::vector<Drawn> drawn;
  for (const Lines::Series* series : all) drawn.push_back({series, series->points, {}});
  return drawn;
}

// Each series on those before it; 0 where it has no value.
void stack(std::vector<Drawn>& drawn) {
  std::map<int64_t, double> floor;
  for (const Drawn& one : drawn) {
    for (const Point& point : one.points) floor.emplace(point.ns, 0);
  }
  for (Drawn& one : drawn) {
    std::map<int64_t, double> own;
    for (const Point& point : one.points) own[point.ns] += point.value;
    one.points.clear();
    for (auto& [ns, base] : floor) {
      // A series with no value at a moment of another one's adds nothing there, but the series
      // above it still need a floor to stand on.
      const auto found = own.find(ns);
      one.floors.push_back(base);
      base += found == own.end() ? 0 : found->second;
      one.points.push_back({ns, base});
    }
  }
}

std::string clock(int64_t ns, const TimeZone& zone) {
  char text[TimeText::kCivilSize];
  TimeText().write_civil(text, Time64{ns}, zone.offset_at(floor_seconds(Time64{ns})));
  return {text, TimeText::kCivilSize - 4};
}

class Plot {
 public:
  Plot(const Lines& lines, const Screen& screen)
      : lines_(lines), screen_(screen), drawn_(chosen(lines)) {
    if (lines.stacked) stack(drawn_);
    find_ends();
  }

  bool empty() const { return first_ > last_; }

  void draw(TextBuffer& out) {
    const size_t rows = screen_.width >= kWideScreen ? kMoreRows : kRows;
    ruler_ = make_ruler(least_, most_, lines_.y.quantity, rows / 3);
    size_t labels = 0;
    for (const Ruler::Mark& mark : ruler_.marks) labels = std::max(labels, width_of(mark.text));
    const size_t columns = screen_.width - std::min(screen_.width - 10, labels + 3);
    Canvas canvas(columns, rows, drawn_.size() > 1 && !screen_.color, screen_);
    // Where series meet, the larger one is seen; of a stack they stand side by side.
    for (size_t i = drawn_.size(); i-- > 0;) draw_series(drawn_[i], i, canvas);
    append_rows(canvas, rows, labels, out);
    append_times(columns, labels, out);
    append_legend(out);
  }

 private:
  void find_ends() {
    for (const Drawn& one : drawn_) {
      for (const Point& point : one.points) {
        first_ = std::min(first_, point.ns);
        last_ = std::max(last_, point.ns);
        least_ = std::min(least_, point.value);
        most_ = std::max(most_, point.value);
      }
    }
  }

  int64_t x_of(int64_t ns, const Canvas& canvas) const {
    const double span = static_cast<double>(last_) - static_cast<double>(first_);
    if (span <= 0) return static_cast<int64_t>(canvas.width() / 2);
    const double share = (static_cast<double>(ns) - static_cast<double>(first_)) / span;
    return static_cast<int64_t>(share * static_cast<double>(canvas.width() - 1) + 0.5);
  }

  int64_t y_of(double value, const Canvas& canvas) const {
    return static_cast<int64_t>(ruler_.place(value) * static_cast<double>(canvas.height() - 1) +
                                0.5);
  }

  void draw_series(const Drawn& one, size_t number, Canvas& canvas) const {
    const bool filled = lines_.stacked || one.series->mode == Lines::Mode::kArea;
    for (size_t i = 0; i < one.points.size(); ++i) {
      const int64_t x = x_of(one.points[i].ns, canvas), y = y_of(one.points[i].value, canvas);
      const bool apart = i == 0 || one.series->mode == Lines::Mode::kPoint;
      const int64_t x0 = apart ? x : x_of(one.points[i - 1].ns, canvas);
      const int64_t y0 = apart ? y : y_of(one.points[i - 1].value, canvas);
      canvas.line(x0, y0, x, y, number);
      if (!filled) continue;
      const int64_t base = y_of(one.floors.empty() ? 0 : one.floors[i], canvas);
      for (int64_t at = x0; at <= x; ++at) {
        const double share =
            x == x0 ? 1 : static_cast<double>(at - x0) / static_cast<double>(x - x0);
        const auto top = y0 + static_cast<int64_t>(share * static_cast<double>(y - y0));
        // Every other dot: what is filled is told from its edge.
        for (int64_t down = base + 1; down < top; ++down) {
          if ((at + down) % 2 == 0) canvas.dot(at, down, number);
        }
      }
    }
  }

  void append_rows(const Canvas& canvas, size_t rows, size_t labels, TextBuffer& out) const {
    for (size_t row = 0; row < rows; ++row) {
      const Ruler::Mark* mark = mark_at(row, rows);
      const std::string text = mark == nullptr ? std::string() : mark->text;
      out.append(labels - std::min(labels, width_of(text)), ' ');
      out.append(text);
      const bool bottom = row + 1 == rows;
      if (screen_.ascii) {
        out.append(mark != nullptr || bottom ? " +" : " |");
      } else {
        out.append(mark != nullptr || bottom ? " ┤" : " │");
      }
      canvas.append_row(row, out);
      out.push_back('\n');
    }
  }

  const Ruler::Mark* mark_at(size_t row, size_t rows) const {
    for (const Ruler::Mark& mark : ruler_.marks) {
      const double place = ruler_.place(mark.value) * static_cast<double>(rows - 1);
      if (static_cast<size_t>(place + 0.5) == rows - 1 - row) return &mark;
    }
    return nullptr;
  }

  // The day once, the time at both ends and in the middle.
  void append_times(size_t columns, size_t labels, TextBuffer& out) const {
    out.append(labels + 1, ' ');
    out.append(screen_.ascii ? "+" : "└");
    for (size_t i = 0; i < columns; ++i) out.append(screen_.ascii ? "-" : "─");
    out.push_back('\n');
    const int64_t middle = std::midpoint(first_, last_);
    const std::string from = clock(first_, screen_.zone), to = clock(last_, screen_.zone);
    const bool one_day = from.substr(0, 10) == to.substr(0, 10);
    const std::string between = clock(middle, screen_.zone).substr(one_day ? 11 : 5);
    const std::string end =
        fmt::format("{} {}", one_day ? to.substr(11) : to.substr(5), screen_.zone.name());
    std::string line(labels + 2, ' ');
    line += from;
    const size_t total = labels + 2 + columns;
    const size_t at = labels + 2 + columns / 2 - std::min(columns / 2, between.size() / 2);
    const size_t end_at = total - std::min(total, end.size());
    if (line.size() + 2 <= at && at + between.size() + 2 <= end_at) {
      line.append(at - line.size(), ' ').append(between);
    }
    if (line.size() + 2 <= end_at) line.append(end_at - line.size(), ' ').append(end);
    out.append(line.substr(0, screen_.width));
    out.push_back('\n');
  }

  // Names one after another, as many lines as they need.
  void append_legend(TextBuffer& out) const {
    const bool alone = drawn_.size() == 1 && !lines_.series_column;
    if (alone) return;
    size_t used = 0;
    for (size_t i = 0; i < drawn_.size(); ++i) {
      const std::string name = drawn_[i].series->name.empty() ? "(none)" : drawn_[i].series->name;
      const size_t wide = std::min(width_of(name), screen_.width - 4);
      if (used != 0 && used + wide + 4 > screen_.width) {
        out.push_back('\n');
        used = 0;
      }
      if (used != 0) out.append("  ");
      append_mark(i, out);
      out.push_back(' ');
      append_label(name, wide, false, out);
      used += wide + 4;
    }
    out.push_back('\n');
    const size_t more = lines_.series.size() - drawn_.size() + lines_.series_left_out;
    if (more == 0) return;
    out.append(fmt::format("and {} more with smaller values\n", more));
  }

  void append_mark(size_t number, TextBuffer& out) const {
    const bool letters = drawn_.size() > 1 && !screen_.color;
    const char letter = static_cast<char>('a' + number);
    append_colored(number, letters || screen_.ascii ? std::string_view(&letter, 1) : "■", screen_,
                   out);
  }

  const Lines& lines_;
  const Screen& screen_;
  std::vector<Drawn> drawn_;
  Ruler ruler_;
  int64_t first_ = INT64_MAX;
  int64_t last_ = INT64_MIN;
  double least_ = 0;
  double most_ = 0;
};

}  // namespace

void draw(const chart::Lines& lines, const Screen& screen, TextBuffer& out) {
  Plot plot(lines, screen);
  if (plot.empty()) return out.append("no values\n");
  plot.draw(out);
}

}  // namespace pxq::picture
