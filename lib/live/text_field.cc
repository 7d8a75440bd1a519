#include "live/text_field.h"

#include <algorithm>

#include "text/utf8.h"
#include "text/visible.h"
#include "text/width.h"

namespace pxq::live {
namespace {

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

size_t before(const std::string& text, size_t at) {
  while (at > 0 && continues(text[--at])) {
  }
  return at;
}

size_t after(const std::string& text, size_t at) {
  if (at < text.size()) ++at;
  while (at < text.size() && continues(text[at])) ++at;
  return at;
}

size_t word_start(const std::string& text, size_t at) {
  while (at > 0 && text[at - 1] == ' ') --at;
  while (at > 0 && text[at - 1] != ' ') --at;
  return at;
}

}  // namespace

void TextField::back(size_t to) {
  text_.erase(to, at_ - to);
  at_ = to;
}

bool TextField::key(Key key) {
  switch (key) {
    case kBackspace:
    case '\b': back(before(text_, at_)); return true;
    case kDelete:
    case control('D'): text_.erase(at_, after(text_, at_) - at_); return true;
    case kLeft:
    case control('B'): at_ = before(text_, at_); return true;
    case kRight:
    case control('F'): at_ = after(text_, at_); return true;
    case kHome:
    case control('A'): at_ = 0; return true;
    case kEnd:
    case control('E'): at_ = text_.size(); return true;
    case control('U'): back(0); return true;
    case control('W'): back(word_start(text_, at_)); return true;
    case control('K'): text_.erase(at_); return true;
    default: break;
  }
  if (!writes(key)) return false;
  char bytes[4];
  const char* end = utf8_encode(bytes, key);
  const auto size = static_cast<size_t>(end - bytes);
  text_.insert(at_, bytes, size);
  at_ += size;
  return true;
}

size_t TextField::draw(Line& line, Style style) const {
  const size_t room = line.room();
  size_t from = 0;
  while (from < at_ &&
         display_width(visible(std::string_view(text_).substr(from, at_ - from))) + 1 > room) {
    from = after(text_, from);
  }
  const size_t start = line.width();
  const std::string_view seen = std::string_view(text_).substr(from);
  const size_t place = start + display_width(visible(seen.substr(0, at_ - from)));
  line.append(visible(seen), style);
  return place;
}

}  // namespace pxq::live
