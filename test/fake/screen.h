#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pxq::fake {

/// A terminal that understands what programs send to an xterm, as far as pxq and ncurses use it, so
/// that a test reads what a person would see. Bytes may come in any pieces.
class Screen {
 public:
  Screen(size_t columns, size_t rows);

  void feed(std::string_view bytes);
  /// What is there stays, as far as there is room.
  void resize(size_t columns, size_t rows);

  /// The lines without blanks at their ends.
  std::vector<std::string> lines() const;
  std::string text() const;
  bool holds(std::string_view part) const { return text().find(part) != std::string::npos; }
  /// Of each line that holds the text, the cell in which it begins.
  std::vector<size_t> columns_of(std::string_view text) const;
  /// Of the line, the parts that are reversed, joined.
  std::string reversed(size_t row) const;
  bool any_color() const { return any_color_; }

  bool alternate() const { return alternate_; }
  bool cursor_visible() const { return cursor_visible_; }
  /// Escape sequences that it does not know: a test that meets one cannot trust what it reads.
  const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  struct Cell {
    std::string text = " ";
    bool reversed = false;
  };
  using Grid = std::vector<std::vector<Cell>>;

  void put(std::string_view sign);
  void control(char byte);
  size_t escape(std::string_view rest);  // bytes used; 0: more must come
  void csi(std::string_view parameters, char final);
  void mode(std::string_view parameters, bool on);
  void style(const std::vector<int>& codes);
  void line_feed();
  void scroll(long lines);
  void erase(size_t row, size_t from, size_t to);
  void erase_display(int how);
  std::vector<Cell> blank() const { return std::vector<Cell>(columns_); }

  size_t columns_;
  size_t rows_;
  Grid grid_;
  Grid saved_;  // while the alternate screen is shown
  size_t x_ = 0;
  size_t y_ = 0;
  size_t saved_x_ = 0;
  size_t saved_y_ = 0;
  size_t top_ = 0;
  size_t bottom_;
  bool reversed_ = false;
  bool any_color_ = false;
  bool alternate_ = false;
  bool cursor_visible_ = true;
  std::string last_ = " ";
  std::string pending_;  // the beginning of a sequence
  std::vector<std::string> unknown_;
};

}  // namespace pxq::fake
