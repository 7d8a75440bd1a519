#include "live/curses_text.h"

#include <algorithm>
#include <cstddef>
#include <cwchar>

#include "text/ascii_signs.h"
#include "text/width.h"

namespace pxq {
namespace {

// A cell of ncurses holds five code points, the first of which is the sign itself.
constexpr size_t kMostMarks = 4;
constexpr wchar_t kJoiner = 0x200d;

// Cells hold no control bytes by now; that the terminal gets none must not depend on it.
bool is_control(wchar_t point) { return point < 0x20 || (point >= 0x7f && point < 0xa0); }

/// One code point of valid UTF-8 and the bytes that it took; 0 bytes: it is none.
struct Point {
  wchar_t value = 0;
  size_t bytes = 0;
};

Point first_point(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const size_t size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (size == 0 || size > text.size()) return {};
  if (size == 1) return {static_cast<wchar_t>(first), 1};
  auto value = static_cast<wchar_t>(first & (0xff >> (size + 1)));
  for (size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return {};
    value = (value << 6) | (next & 0x3f);
  }
  return {value, size};
}

// What does not fit is left out; what is missing is blank.
void append_cluster(std::string_view cluster, size_t width, std::string& out) {
  size_t used = 0;
  size_t marks = 0;
  for (std::string_view rest = cluster; !rest.empty();) {
    const Point point = first_point(rest);
    if (point.bytes == 0 || point.value == kJoiner || is_control(point.value)) break;
    const int cells = wcwidth(point.value);
    const bool is_mark = cells == 0;
    const bool fits = cells > 0 && used + static_cast<size_t>(cells) <= width;
    if (!(is_mark ? used != 0 && marks < kMostMarks : fits)) break;
    out.append(rest.substr(0, point.bytes));
    used += static_cast<size_t>(cells);
    marks = is_mark ? marks + 1 : 0;
    rest.remove_prefix(point.bytes);
  }
  // Of a sign that the locale does not know, only its place is sure.
  out.append(width - used, used == 0 ? '?' : ' ');
}

}  // namespace

std::string curses_text(std::string_view visible) {
  std::string text;
  while (!visible.empty()) {
    const Cluster cluster = first_cluster(visible);
    const size_t bytes = std::clamp<size_t>(cluster.bytes, 1, visible.size());
    append_cluster(visible.substr(0, bytes), cluster.width, text);
    visible.remove_prefix(bytes);
  }
  return text;
}

std::string curses_ascii(std::string_view visible) {
  std::string signs;
  append_with_ascii_signs(visible, signs);
  std::string text;
  for (std::string_view rest = signs; !rest.empty();) {
    const Cluster cluster = first_cluster(rest);
    const auto first = static_cast<unsigned char>(rest.front());
    if (first < 0x80 && !is_control(first)) {
      text.push_back(rest.front());
      text.append(cluster.width - std::min<size_t>(cluster.width, 1), '?');
    } else {
      text.append(cluster.width, '?');
    }
    rest.remove_prefix(std::clamp<size_t>(cluster.bytes, 1, rest.size()));
  }
  return text;
}

}  // namespace pxq
