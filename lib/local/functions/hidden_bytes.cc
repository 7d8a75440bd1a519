#include "local/functions/hidden_bytes.h"

#include "text/utf8.h"

namespace pxq::local {
namespace {

constexpr char32_t kBase = 0x10FF00;
constexpr char32_t kFirst = kBase + 0x80;  // of a byte that no UTF-8 has alone

void append_hidden(std::string& out, char byte) {
  char buffer[4];
  const char* end = utf8_encode(buffer, kBase + static_cast<unsigned char>(byte));
  out.append(buffer, static_cast<size_t>(end - buffer));
}

bool hides_byte(std::string_view bytes, size_t length) {
  return length == 4 && utf8_decode(bytes, length) >= kFirst;
}

}  // namespace

std::string hide_bytes(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = utf8_sequence(text);
    if (length == 0 || hides_byte(text, length)) {
      append_hidden(out, text.front());
      text.remove_prefix(1);
      continue;
    }
    out.append(text.substr(0, length));
    text.remove_prefix(length);
  }
  return out;
}

std::string show_bytes(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = utf8_sequence(text);
    const bool hidden = hides_byte(text, length);
    const size_t taken = length == 0 ? 1 : length;
    if (hidden) {
      out += static_cast<char>(utf8_decode(text, length) - kBase);
    } else {
      out.append(text.substr(0, taken));
    }
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace pxq::local
