#include "format/picture/canvas.h"

#include <cstdlib>
#include <string>

#include "text/utf8.h"

namespace pxq::picture {

Canvas::Canvas(size_t columns, size_t rows, bool letters, const Screen& screen)
    : screen_(screen),
      letters_(letters || screen.ascii),
      columns_(columns),
      rows_(rows),
      across_(letters_ ? 1 : 2),
      down_(letters_ ? 1 : 4),
      cells_(columns * rows) {}

void Canvas::dot(int64_t x, int64_t y, size_t series) {
  if (x < 0 || y < 0) return;
  const size_t column = static_cast<size_t>(x) / across_;
  const size_t from_below = static_cast<size_t>(y) / down_;
  if (column >= columns_ || from_below >= rows_) return;
  // Braille numbers its dots down the left column, down the right one, and then the lowest two.
  static constexpr uint8_t kBits[4][2] = {{0x40, 0x80}, {0x04, 0x20}, {0x02, 0x10}, {0x01, 0x08}};
  Cell& cell = cells_[(rows_ - 1 - from_below) * columns_ + column];
  cell.dots |= kBits[static_cast<size_t>(y) % down_][static_cast<size_t>(x) % across_];
  cell.series = series;
}

void Canvas::line(int64_t x0, int64_t y0, int64_t x1, int64_t y1, size_t series) {
  const int64_t steps = std::max(std::abs(x1 - x0), std::abs(y1 - y0));
  for (int64_t i = 0; i <= steps; ++i) {
    const double share = steps == 0 ? 0 : static_cast<double>(i) / static_cast<double>(steps);
    const auto between = [share](int64_t a, int64_t b) {
      return a + static_cast<int64_t>(share * static_cast<double>(b - a) + (b >= a ? 0.5 : -0.5));
    };
    dot(between(x0, x1), between(y0, y1), series);
  }
}

void Canvas::append_cell(const Cell& cell, TextBuffer& out) const {
  char sign[4] = {static_cast<char>(cell.series < 26 ? 'a' + cell.series : '*')};
  char* end = sign + 1;
  if (!letters_) end = utf8_encode(sign, char32_t{0x2800} + cell.dots);
  append_colored(cell.series, {sign, static_cast<size_t>(end - sign)}, screen_, out);
}

void Canvas::append_row(size_t row, TextBuffer& out) const {
  const Cell* cells = cells_.data() + row * columns_;
  size_t last = columns_;
  while (last > 0 && cells[last - 1].dots == 0) --last;
  for (size_t i = 0; i < last; ++i) {
    if (cells[i].dots == 0) {
      out.push_back(' ');
    } else {
      append_cell(cells[i], out);
    }
  }
}

}  // namespace pxq::picture
