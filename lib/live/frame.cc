#include "live/frame.h"

#include <algorithm>

#include "text/width.h"

namespace pxq::live {
namespace {

constexpr char kEscape = '\x1b';

// The number that an escape code of colour holds; others do not occur.
int code_of(std::string_view digits) {
  int code = 0;
  for (const char c : digits) code = code * 10 + (c - '0');
  return code;
}

void apply(int code, Style& style) {
  if (code == 0) style = {};
  if (code == 1) style.bold = true;
  if (code == 2) style.faint = true;
  if (code >= 30 && code <= 37) style.color = static_cast<int8_t>(code - 30);
  if (code >= 90 && code <= 97) style.color = static_cast<int8_t>(code - 90 + 8);
}

}  // namespace

Line& Line::append(std::string_view text, Style style) {
  if (text.empty() || width_ >= limit_) return *this;
  size_t width = display_width(text);
  TextBuffer cut;
  if (width > limit_ - width_) {
    cut.append(text);
    width = cut_to_width(cut, 0, limit_ - width_);
    text = cut.view();
  }
  const bool joins = !spans_.empty() && spans_.back().style == style;
  if (joins) {
    spans_.back().text.append(text);
  } else {
    spans_.push_back({width_, std::string(text), style});
  }
  width_ += width;
  return *this;
}

Line& Line::pad_to(size_t x, Style style) {
  x = std::min(x, limit_);
  if (x > width_) append(std::string(x - width_, ' '), style);
  return *this;
}

std::string Line::text() const {
  std::string text;
  for (const Span& span : spans_) text += span.text;
  return text;
}

void Line::set_style(Style style) {
  for (Span& span : spans_) span.style = style;
}

void Line::reverse() {
  for (Span& span : spans_) span.style.reversed = true;
}

Lines lines_of(std::string_view text) {
  Lines lines;
  Style style;
  Line line;
  size_t i = 0;
  while (i < text.size()) {
    if (text[i] == '\n') {
      lines.push_back(std::move(line));
      line = Line();
      ++i;
    } else if (text[i] == kEscape) {
      const size_t end = std::min(text.find('m', i), text.size());
      if (end > i + 2) apply(code_of(text.substr(i + 2, end - i - 2)), style);
      i = end + 1;
    } else {
      const size_t end = std::min(text.find_first_of("\n\x1b", i), text.size());
      line.append(text.substr(i, end - i), style);
      i = end;
    }
  }
  if (line.width() != 0) lines.push_back(std::move(line));
  return lines;
}

Lines wrapped(const Line& line, size_t width, size_t indent) {
  constexpr size_t kLeastRoom = 10;
  width = std::max<size_t>(width, 1);
  if (indent + kLeastRoom > width) indent = 0;
  Lines pieces;
  Line piece(width);
  for (const Span& span : line.spans()) {
    std::string_view rest = span.text;
    while (!rest.empty()) {
      // As many clusters as there is room for, at once.
      size_t bytes = 0;
      size_t cells = 0;
      while (bytes < rest.size()) {
        const Cluster next = first_cluster(rest.substr(bytes));
        if (cells + next.width > piece.room()) break;
        bytes += next.bytes;
        cells += next.width;
      }
      piece.append(rest.substr(0, bytes), span.style);
      rest.remove_prefix(bytes);
      if (rest.empty()) break;
      // A sign of two cells does not fit where there is one.
      if (bytes == 0 && piece.width() <= indent) rest.remove_prefix(first_cluster(rest).bytes);
      pieces.push_back(std::move(piece));
      piece = Line(width);
      piece.pad_to(indent);
    }
  }
  pieces.push_back(std::move(piece));
  return pieces;
}

}  // namespace pxq::live
