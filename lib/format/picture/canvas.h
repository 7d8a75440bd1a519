#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "format/picture/screen.h"

namespace pxq::picture {

/// A grid of dots in terminal cells. Where colours tell series apart, or there is only one, a cell
/// holds 2 x 4 dots of Braille; else it holds a letter, a for the first series.
class Canvas {
 public:
  Canvas(size_t columns, size_t rows, bool letters, const Screen& screen);

  /// In dots, from the left and from below.
  size_t width() const { return columns_ * across_; }
  size_t height() const { return rows_ * down_; }

  void dot(int64_t x, int64_t y, size_t series);
  void line(int64_t x0, int64_t y0, int64_t x1, int64_t y1, size_t series);

  /// The cells of a row, the first row at the top, without blanks at its end.
  void append_row(size_t row, TextBuffer& out) const;

 private:
  struct Cell {
    uint8_t dots = 0;
    size_t series = 0;
  };

  void append_cell(const Cell& cell, TextBuffer& out) const;

  const Screen& screen_;
  const bool letters_;
  const size_t columns_;
  const size_t rows_;
  const size_t across_;
  const size_t down_;
  std::vector<Cell> cells_;
};

}  // namespace pxq::picture
