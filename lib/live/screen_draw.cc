#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "live/screen.h"
#include "live/status_line.h"
#include "text/number.h"
#include "text/visible.h"

namespace pxq::live {
namespace {

constexpr size_t kRowsForTabs = 6;
constexpr size_t kRowsForMessage = 5;

std::string grouped(uint64_t count) {
  char text[kGroupedSize];
  return {text, write_grouped(text, count)};
}

int64_t seconds(Duration time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

std::string interval_text(Duration interval) {
  return fmt::format("{:g} s", std::chrono::duration<double>(interval).count());
}

}  // namespace

Frame Screen::draw(size_t width, size_t height, TimePoint now) {
  width = std::max<size_t>(width, 1);
  height = std::max<size_t>(height, 1);
  if (page_ != nullptr) return draw_page(width, height);
  if (TableView* const table = view(); table != nullptr) table->update(streams(now));
  Frame frame;
  const bool asks = asks_ != Asks::kNothing;
  const size_t above = height >= kRowsForTabs ? 1 : 0;
  // What is typed is seen even where there is one row only.
  const size_t message = height >= kRowsForMessage || asks ? 1 : 0;
  const size_t status = height > above + message ? 1 : 0;
  const size_t body = height - above - message - status;
  if (above != 0) {
    std::vector<TabHead> heads;
    for (size_t i = 0; shown_ != nullptr && i < shown_->size(); ++i) {
      const TableRows& rows = (*shown_)[i].rows;
      heads.push_back({rows.name(), grouped(rows.total())});
    }
    frame.lines.push_back(tab_line(heads, tab_, width));
  }
  for (Line& line : draw_body(width, body, now)) frame.lines.push_back(std::move(line));
  frame.lines.resize(above + body, Line(width));
  if (asks) {
    static constexpr std::string_view kQuestions[] = {"", "Filter: ", "Search: ", "Again every: "};
    Line prompt(width);
    prompt.append(kQuestions[static_cast<size_t>(asks_)], kBold);
    const size_t place = typed_.draw(prompt);
    frame.cursor = Frame::Cursor{std::min(place, width - 1), frame.lines.size()};
    frame.lines.push_back(std::move(prompt));
  } else if (message != 0) {
    frame.lines.push_back(message_line(width));
  }
  if (frame.lines.size() < height) frame.lines.push_back(draw_status(width, now));
  return frame;
}

Frame Screen::draw_page(size_t width, size_t height) {
  const size_t above = height >= kRowsForTabs ? 1 : 0;
  const size_t below = height >= 2 ? 1 : 0;
  const size_t notice = notice_.empty() || height < kRowsForMessage ? 0 : 1;
  Frame frame = page_->draw(width, height - above - below - notice);
  if (above != 0) {
    frame.lines.insert(frame.lines.begin(), Line(width).append(visible(page_title_), kBold));
    if (frame.cursor) ++frame.cursor->y;
  }
  frame.lines.resize(height - below - notice, Line(width));
  if (notice != 0) frame.lines.push_back(Line(width).append(visible(notice_), kBadText));
  if (below != 0) {
    frame.lines.push_back(status_line({{.text = page_->keys(), .weight = 1}}, width));
  }
  return frame;
}

Lines Screen::draw_body(size_t width, size_t height, TimePoint now) {
  if (height == 0) return {};
  if (TableView* const table = view(); table != nullptr) return table->draw(width, height, now);
  if (running_) return {};
  Lines lines = messages_.lines();
  Lines shown;
  for (const Line& line : lines) {
    for (Line& piece : wrapped(line, width, 2)) {
      if (shown.size() < height) shown.push_back(std::move(piece));
    }
  }
  if (shown.empty() && ending_ && ending_->good) {
    shown.push_back(Line(width).append("The script made no tables.", kFaint));
  }
  return shown;
}

Line Screen::message_line(size_t width) const {
  if (!notice_.empty()) return Line(width).append(visible(notice_), kWarningText);
  const Line running = coming_messages_.summary(width);
  if (running.width() != 0) return running;
  const Line last = messages_.summary(width);
  if (last.width() != 0) return last;
  if (shown_ != nullptr && tab_ < shown_->size()) {
    return Line(width).append((*shown_)[tab_].view.note(), kFaint);
  }
  return Line(width);
}

std::string Screen::state_text(TimePoint now) const {
  if (running_) {
    const int64_t time = seconds(now - run_began_);
    const std::string what = !progress_.empty() ? progress_
                             : streams(now)     ? "streaming"
                                                : "running";
    return time == 0 && ending_ ? fmt::format("{} {}", ending_->verdict, ending_->clock)
                                : fmt::format("{} {} s", what, time);
  }
  if (!ending_) return {};
  return fmt::format("{} {}", ending_->verdict, ending_->clock);
}

std::string Screen::rows_text() const {
  if (shown_ == nullptr || tab_ >= shown_->size()) return {};
  const TableView& table = (*shown_)[tab_].view;
  if (table.shown() == 0) return "0 rows";
  return fmt::format("row {} of {}{}", grouped(table.cursor() + 1), grouped(table.shown()),
                     table.following() ? ", following" : "");
}

std::string Screen::again_text() const {
  if (paused_) return "paused";
  if (interval_ == Duration::zero()) return {};
  return "every " + interval_text(interval_);
}

Line Screen::draw_status(size_t width, TimePoint now) const {
  const bool bad = ending_ && !ending_->good && !running_;
  return status_line({{.text = state_text(now), .weight = 9, .style = {.bold = bad}},
                      {.text = rows_text(), .weight = 8},
                      {.text = visible(script_), .weight = 7},
                      {.text = visible(cluster_), .weight = 6},
                      {.text = visible(window_), .weight = 5},
                      {.text = streams(now) ? "" : again_text(), .weight = paused_ ? 8 : 3},
                      {.text = "? keys", .weight = 4}},
                     width);
}

}  // namespace pxq::live
