#include "fake/screen.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace pxq::fake {
namespace {

size_t sign_size(unsigned char first) {
  if (first < 0xc0) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

unsigned point_of(std::string_view sign) {
  auto value =
      static_cast<unsigned char>(sign[0]) & (sign.size() == 1 ? 0x7fu : 0xffu >> (sign.size() + 1));
  for (const char next : sign.substr(1))
    value = value << 6 | (static_cast<unsigned char>(next) & 0x3f);
  return value;
}

// Of the widths that signs have, the ones that tests use.
size_t cells_of(std::string_view sign) {
  const unsigned point = point_of(sign);
  const auto within = [point](unsigned first, unsigned last) {
    return point >= first && point <= last;
  };
  if (within(0x300, 0x36f) || within(0xe47, 0xe4e) || within(0x200b, 0x200f) ||
      within(0xfe00, 0xfe0f)) {
    return 0;
  }
  const bool wide = within(0x1100, 0x115f) || within(0x3000, 0xd7ff) || within(0xff01, 0xff60) ||
                    within(0x1f300, 0x1faff);
  return wide ? 2 : 1;
}

std::vector<int> numbers(std::string_view text) {
  std::vector<int> all;
  std::string digits;
  for (const char c : text) {
    if (c == ';') {
      all.push_back(std::atoi(digits.c_str()));
      digits.clear();
    } else if (c >= '0' && c <= '9') {
      digits.push_back(c);
    }
  }
  all.push_back(std::atoi(digits.c_str()));
  return all;
}

}  // namespace

Screen::Screen(size_t columns, size_t rows) : columns_(columns), rows_(rows), bottom_(rows - 1) {
  grid_.assign(rows, blank());
}

void Screen::resize(size_t columns, size_t rows) {
  columns_ = columns;
  rows_ = rows;
  for (Grid* grid : {&grid_, &saved_}) {
    if (grid->empty()) continue;
    grid->resize(rows, blank());
    for (auto& line : *grid) line.resize(columns);
  }
  top_ = 0;
  bottom_ = rows - 1;
  x_ = std::min(x_, columns - 1);
  y_ = std::min(y_, rows - 1);
}

void Screen::feed(std::string_view bytes) {
  pending_.append(bytes);
  const std::string all = std::move(pending_);
  pending_.clear();
  std::string_view rest = all;
  while (!rest.empty()) {
    const auto first = static_cast<unsigned char>(rest.front());
    size_t used = 1;
    if (first == 0x1b) {
      used = escape(rest);
    } else if (first < 0x20 || first == 0x7f) {
      control(rest.front());
    } else {
      used = sign_size(first);
      if (used > rest.size()) used = 0;
      if (used != 0) put(rest.substr(0, used));
    }
    if (used == 0) break;
    rest.remove_prefix(used);
  }
  pending_ = rest;
}

void Screen::put(std::string_view sign) {
  const size_t width = cells_of(sign);
  if (width == 0) {  // a mark of the sign before it
    size_t before = x_ == 0 ? 0 : x_ - 1;
    if (before > 0 && grid_[y_][before].text.empty()) --before;
    grid_[y_][before].text += sign;
    return;
  }
  if (x_ + width > columns_) {
    x_ = 0;
    line_feed();
  }
  grid_[y_][x_] = {std::string(sign), reversed_};
  if (width == 2) grid_[y_][x_ + 1] = {"", reversed_};
  x_ += width;
  last_ = sign;
}

void Screen::control(char byte) {
  switch (byte) {
    case '\r': x_ = 0; break;
    case '\n': line_feed(); break;
    case '\b': x_ -= x_ > 0 ? 1 : 0; break;
    case '\t': x_ = std::min((x_ / 8 + 1) * 8, columns_ - 1); break;
    case '\a':
    case '\x0e':
    case '\x0f': break;
    default: unknown_.emplace_back(1, byte);
  }
}

void Screen::line_feed() {
  if (y_ == bottom_) {
    scroll(1);
  } else if (y_ + 1 < rows_) {
    ++y_;
  }
}

// Up where positive.
void Screen::scroll(long lines) {
  for (; lines > 0; --lines) {
    grid_.erase(grid_.begin() + static_cast<long>(top_));
    grid_.insert(grid_.begin() + static_cast<long>(bottom_), blank());
  }
  for (; lines < 0; ++lines) {
    grid_.erase(grid_.begin() + static_cast<long>(bottom_));
    grid_.insert(grid_.begin() + static_cast<long>(top_), blank());
  }
}

size_t Screen::escape(std::string_view rest) {
  if (rest.size() < 2) return 0;
  switch (rest[1]) {
    case '[': {
      size_t end = 2;
      while (end < rest.size() && (rest[end] < 0x40 || rest[end] > 0x7e)) ++end;
      if (end == rest.size()) return 0;
      csi(rest.substr(2, end - 2), rest[end]);
      return end + 1;
    }
    case '(':
    case ')': return rest.size() < 3 ? 0 : 3;
    case '7': saved_x_ = x_, saved_y_ = y_; return 2;
    case '8': x_ = saved_x_, y_ = saved_y_; return 2;
    case 'M':
      if (y_ == top_) {
        scroll(-1);
      } else if (y_ > 0) {
        --y_;
      }
      return 2;
    case '=':
    case '>': return 2;
    default: unknown_.emplace_back(rest.substr(0, 2)); return 2;
  }
}

void Screen::erase(size_t row, size_t from, size_t to) {
  for (size_t x = from; x < std::min(to, columns_); ++x) grid_[row][x] = {};
}

void Screen::erase_display(int how) {
  const size_t first = how == 0 ? y_ + 1 : 0;
  const size_t last = how == 1 ? y_ : rows_;
  for (size_t row = first; row < last; ++row) erase(row, 0, columns_);
  if (how == 0) erase(y_, x_, columns_);
  if (how == 1) erase(y_, 0, x_ + 1);
}

void Screen::csi(std::string_view parameters, char final) {
  const std::vector<int> values = numbers(parameters);
  const size_t count = std::max<size_t>(static_cast<size_t>(values[0]), 1);
  const auto row = [&](size_t value) { return std::min(std::max<size_t>(value, 1), rows_) - 1; };
  auto& line = grid_[y_];
  const size_t x = std::min(x_, columns_ - 1);
  switch (final) {
    case 'H':
    case 'f':
      y_ = row(count);
      x_ = values.size() < 2
               ? 0
               : std::min(std::max<size_t>(static_cast<size_t>(values[1]), 1), columns_) - 1;
      break;
    case 'A': y_ -= std::min(y_, count); break;
    case 'B': y_ = std::min(y_ + count, rows_ - 1); break;
    case 'C': x_ = std::min(x_ + count, columns_ - 1); break;
    case 'D': x_ = x - std::min(x, count); break;
    case 'G': x_ = std::min(count, columns_) - 1; break;
    case 'd': y_ = row(count); break;
    case 'J': erase_display(values[0]); break;
    case 'K': erase(y_, values[0] == 0 ? x : 0, values[0] == 1 ? x + 1 : columns_); break;
    case 'X': erase(y_, x, x + count); break;
    case '@':
      line.insert(line.begin() + static_cast<long>(x), count, Cell{});
      line.resize(columns_);
      break;
    case 'P':
      line.erase(line.begin() + static_cast<long>(x),
                 line.begin() + static_cast<long>(std::min(x + count, columns_)));
      line.resize(columns_);
      break;
    case 'L':
    case 'M': {
      const size_t top = std::exchange(top_, y_);
      scroll(final == 'M' ? static_cast<long>(count) : -static_cast<long>(count));
      top_ = top;
      break;
    }
    case 'S': scroll(static_cast<long>(count)); break;
    case 'T': scroll(-static_cast<long>(count)); break;
    case 'b':
      for (size_t i = 0; i < count; ++i) put(std::string(last_));
      break;
    case 'r':
      top_ = row(count);
      bottom_ =
          values.size() < 2 || values[1] == 0 ? rows_ - 1 : row(static_cast<size_t>(values[1]));
      x_ = y_ = 0;
      break;
    case 'm': style(values); break;
    case 'h':
    case 'l': mode(parameters, final == 'h'); break;
    case 't':
    case 'c':
    case 'n': break;
    default: unknown_.push_back("CSI " + std::string(parameters) + final);
  }
}

void Screen::mode(std::string_view parameters, bool on) {
  if (!parameters.starts_with('?')) return;
  for (const int number : numbers(parameters.substr(1))) {
    if (number == 25) cursor_visible_ = on;
    if (number != 1049 && number != 47 && number != 1047) continue;
    if (on && !alternate_) {
      saved_ = grid_;
      grid_.assign(rows_, blank());
    } else if (!on && alternate_) {
      grid_ = saved_;
    }
    alternate_ = on;
  }
}

void Screen::style(const std::vector<int>& codes) {
  for (size_t i = 0; i < codes.size(); ++i) {
    const int code = codes[i];
    if (code == 0 || code == 27) reversed_ = false;
    if (code == 7) reversed_ = true;
    const bool color = (code >= 30 && code <= 38) || (code >= 40 && code <= 48) || code >= 90;
    any_color_ = any_color_ || color;
    if (code == 38 || code == 48) i += 2;
  }
}

std::vector<std::string> Screen::lines() const {
  std::vector<std::string> lines;
  for (const auto& cells : grid_) {
    std::string line;
    for (const Cell& cell : cells) line += cell.text;
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string Screen::text() const {
  std::string text;
  for (const std::string& line : lines()) text += line + '\n';
  return text;
}

std::vector<size_t> Screen::columns_of(std::string_view text) const {
  std::vector<size_t> columns;
  for (const auto& cells : grid_) {
    std::string line;
    std::vector<size_t> cell_of_byte;
    for (size_t x = 0; x < cells.size(); ++x) {
      line += cells[x].text;
      cell_of_byte.resize(line.size(), x);
    }
    if (const size_t at = line.find(text); at != std::string::npos) {
      columns.push_back(cell_of_byte[at]);
    }
  }
  return columns;
}

std::string Screen::reversed(size_t row) const {
  std::string text;
  for (const Cell& cell : grid_.at(row)) {
    if (cell.reversed) text += cell.text;
  }
  return text;
}

}  // namespace pxq::fake
