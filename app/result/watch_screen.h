#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "process/terminal.h"

namespace pxq {

/// One line of text for a terminal, as the cells that it takes there.
struct ScreenLine {
  struct Cell {
    std::string text;   // one sign
    std::string style;  // what the terminal is told before it, since the last reset
    size_t width = 1;
    bool marked = false;
  };
  std::vector<Cell> cells;

  static ScreenLine of(std::string_view text);
  /// Without colours.
  std::string plain() const;
};

/// Marks in `now` what `before` had otherwise. Lines are told apart by how they begin, fields by
/// two blanks between them, so that a row that has moved and not changed is not marked.
void mark_changes(const std::vector<ScreenLine>& before, std::vector<ScreenLine>& now);

/// A text that is drawn over itself again and again, where the cursor was at first: what stood on
/// the terminal before stays, and so does the last text.
class WatchScreen {
 public:
  /// What the terminal is to be told so that `frame` stands there, with `head` above and `below`
  /// below it; the frame is cut to what is left of the screen.
  std::string draw(std::string_view head, std::string_view frame, std::string_view below,
                   const Terminal& terminal);

  /// The same once more, as it was, unmarked: the frame is that of the last time.
  std::string draw_again(std::string_view head, std::string_view below, const Terminal& terminal);

  /// The same result, of which `frame` has been made for another terminal: nothing of it is new.
  std::string draw_anew(std::string_view head, std::string_view frame, std::string_view below,
                        const Terminal& terminal);

  /// Somebody else has written to the terminal: the next drawing begins where the cursor is.
  void begin_anew() { lines_ = 0; }

  /// Whether what stands there was made for a terminal of this size.
  bool fits(const Terminal& terminal) const {
    return terminal.width == width_ && terminal.height == height_;
  }

 private:
  std::string paint(std::string_view head, std::string_view below, const Terminal& terminal);

  std::vector<ScreenLine> frame_;
  bool any_ = false;
  size_t lines_ = 0;  // that stand there
  int width_ = 0;
  int height_ = 0;
};

}  // namespace pxq
