#include "cli/text_layout.h"

#include <algorithm>

namespace pxq {
namespace {

constexpr size_t kNarrow = 72;
constexpr size_t kGap = 2;

}  // namespace

TextLayout TextLayout::of(size_t width) {
  // On a narrow screen a second column would leave its text no room.
  return {.width = width, .column = width < kNarrow ? size_t{6} : size_t{28}};
}

std::string TextLayout::paragraph(std::string_view text, size_t indent) const {
  std::string lines;
  size_t at = 0;  // the column that the line has reached
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (at != 0 && at + 1 + word.size() > width) {
      lines += '\n';
      at = 0;
    }
    lines += at == 0 ? std::string(indent, ' ') : " ";
    at += (at == 0 ? indent : 1) + word.size();
    lines += word;
  }
  return lines + "\n";
}

std::string TextLayout::entry(std::string_view left, std::string_view text) const {
  std::string lines = "  " + std::string(left);
  std::string right = paragraph(text, column);
  if (lines.size() + kGap > column) return lines + "\n" + right;
  return lines + right.substr(lines.size());
}

}  // namespace pxq
