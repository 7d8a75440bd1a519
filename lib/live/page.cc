#include "live/page.h"

#include <algorithm>

namespace pxq::live {

// Whoever draws next sees to it that `top` is not too large.
bool scroll(Key key, size_t page, size_t& top) {
  const auto up = [&](size_t lines) { top -= std::min(top, lines); };
  switch (key) {
    case kUp:
    case 'k': up(1); return true;
    case kDown:
    case 'j': ++top; return true;
    case kPageUp:
    case control('B'):
    case 'b': up(page); return true;
    case kPageDown:
    case control('F'):
    case ' ': top += page; return true;
    case control('U'):
    case 'u': up(page / 2); return true;
    case control('D'):
    case 'd': top += page / 2; return true;
    case kHome:
    case '<':
    case 'g': top = 0; return true;
    case kEnd:
    case '>':
    case 'G': top = SIZE_MAX / 2; return true;
    default: return false;
  }
}

Page::Outcome TextPage::key(Key key) {
  if (scroll(key, page_, top_)) return Outcome::kStays;
  switch (key) {
    case 'q':
    case '?':
    case 'e':
    case kEscape:
    case kEnter:
    case '\n':
    case function(1):
    case function(10): return Outcome::kClosed;
    default: return Outcome::kStays;
  }
}

Frame TextPage::draw(size_t width, size_t height) {
  page_ = std::max<size_t>(height, 1);
  Lines lines;
  for (const Line& line : lines_) {
    for (Line& piece : wrapped(line, width, 2)) lines.push_back(std::move(piece));
  }
  top_ = std::min(top_, lines.size() - std::min(lines.size(), height));
  Frame frame;
  for (size_t i = top_; i < lines.size() && frame.lines.size() < height; ++i) {
    frame.lines.push_back(std::move(lines[i]));
  }
  return frame;
}

}  // namespace pxq::live
