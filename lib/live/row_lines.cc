#include "live/row_lines.h"

#include <algorithm>
#include <utility>

#include "format/vertical_layout.h"

namespace pxq::live {
namespace {

// Where the value of a field begins: behind its name and blanks, or behind the blanks of a line of
// JSON.
size_t indent_of(const Line& line) {
  const std::vector<Span>& spans = line.spans();
  const size_t value = !spans.empty() && spans.front().style.bold ? 1 : 0;
  if (value >= spans.size()) return 0;
  const std::string& text = spans[value].text;
  return spans[value].x + std::min(text.find_first_not_of(' '), text.size());
}

}  // namespace

Lines row_lines(const TableRows& rows, Place place, size_t width, const Surface& surface) {
  FormatOptions options;
  options.header = false;
  options.color = true;  // by which names are told from values; the surface shows what it can
  options.ascii = surface.ascii;
  LayoutTable table{.schema = rows.schema(),
                    .name = rows.name(),
                    .options = options,
                    .zone = rows.zone(),
                    .cells = {}};
  for (size_t i = 0; i < rows.schema().columns.size(); ++i) {
    table.cells.push_back(make_human_cells(rows.schema().columns[i], rows.sample().magnitudes(i),
                                           rows.zone(), Alignment::kNone));
  }
  StringOutput out;
  const std::unique_ptr<Layout> layout = make_vertical_layout(std::move(table));
  layout->bind(rows.batch(place.batch));
  layout->row(place.row, 1, out);
  Lines lines;
  const Lines whole = lines_of(out.str());
  for (size_t i = 1; i < whole.size(); ++i) {  // the first one numbers the row
    for (Line& piece : wrapped(whole[i], width, indent_of(whole[i]))) {
      lines.push_back(std::move(piece));
    }
  }
  return lines;
}

}  // namespace pxq::live
