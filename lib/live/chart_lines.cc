#include "live/chart_lines.h"

#include <algorithm>

#include "chart/board.h"
#include "format/picture/screen.h"

namespace pxq::live {
namespace {

Lines lines_by(const chart::PagePlan* plan, const TableRows& rows, size_t width,
               const Surface& surface) {
  chart::Board board(plan, chart::Besides::kPictures);
  board.begin(rows.schema(), rows.name());
  for (uint64_t i = rows.first_batch(); i < rows.end_batch(); ++i) {
    board.rows(rows.schema(), rows.batch(i));
  }
  const picture::Screen screen{.width = std::max(width, picture::kLeastWidth),
                               .ascii = surface.ascii,
                               .color = surface.color,
                               .zone = rows.zone()};
  TextBuffer text;
  for (const chart::Picture& picture : board.finish()) {
    if (picture.table != rows.name()) continue;  // a widget of a table that is not here
    const size_t before = text.size();
    if (!text.empty()) text.push_back('\n');
    const size_t start = text.size();
    picture::draw(picture, screen, text);
    if (text.size() == start) text.truncate(before);
  }
  return lines_of(text.view());
}

}  // namespace

bool is_drawn_only(const TableRows& rows, const chart::PagePlan& plan) {
  chart::Board board(&plan, chart::Besides::kPicturesAndRows);
  board.begin(rows.schema(), rows.name());
  return !board.shows_rows(rows.schema());
}

Lines chart_lines(const TableRows& rows, const chart::PagePlan& plan, size_t width,
                  const Surface& surface) {
  Lines lines = lines_by(&plan, rows, width, surface);
  return lines.empty() ? lines_by(nullptr, rows, width, surface) : lines;
}

}  // namespace pxq::live
