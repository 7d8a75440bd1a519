#include "text/visible.h"

#include <utf8proc.h>

#include <algorithm>

#include "text/text_kernels.h"
#include "text/utf8.h"
#include "text/width.h"

namespace pxq {
namespace {

constexpr char32_t kZeroWidthNonJoiner = 0x200c;
constexpr char32_t kZeroWidthJoiner = 0x200d;

// Control and format code points, among them all of bidi, and the two line separators. The joiners
// are left because scripts and emoji need them and they move nothing.
bool is_harmless(char32_t c) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return false;
    case UTF8PROC_CATEGORY_CF: return c == kZeroWidthNonJoiner || c == kZeroWidthJoiner;
    default: return true;
  }
}

constexpr size_t kHexSize = 4;  // \x1b

void append_hex(std::string_view bytes, TextBuffer& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    const char text[] = {'\\', 'x', kHex[value >> 4], kHex[value & 15]};
    out.append({text, sizeof text});
  }
}

// Appends what `bytes` begins with that needs no look at it; gives how many bytes that were.
size_t append_printable(std::string_view bytes, const TextKernels& kernels, TextBuffer& out) {
  char* room = out.reserve(bytes.size() + TextKernels::kSlack);
  const size_t count = kernels.copy_printable(bytes.data(), bytes.size(), room);
  out.advance(count);
  return count;
}

// Latin letters and signs: a cell each, and they join with nothing of their kind around them.
bool stands_alone(char32_t c) { return 0xa0 < c && c < 0x300 && c != 0xad; }

// Gives the cells that were appended; 0 where the neighbours have a say in it.
size_t append_one(std::string_view sequence, char32_t c, TextBuffer& out) {
  if (c == '\n') {
    out.append("↵");
    return 1;
  }
  if (stands_alone(c)) {
    out.append(sequence);
    return 1;
  }
  if (is_harmless(c)) {
    out.append(sequence);
    return 0;
  }
  append_hex(sequence, out);
  return kHexSize * sequence.size();
}

}  // namespace

size_t append_visible(std::string_view bytes, TextBuffer& out) {
  const TextKernels& kernels = text_kernels();
  const size_t start = out.size();
  size_t width = append_printable(bytes, kernels, out);
  bytes.remove_prefix(width);
  bool counted = true;
  while (!bytes.empty()) {
    const size_t length = utf8_sequence(bytes);
    const std::string_view sequence = bytes.substr(0, std::max<size_t>(length, 1));
    if (length == 0) {
      append_hex(sequence, out);
      width += kHexSize;
    } else {
      const size_t cells = append_one(sequence, utf8_decode(bytes, length), out);
      counted = counted && cells != 0;
      width += cells;
    }
    bytes.remove_prefix(sequence.size());
    const size_t run = append_printable(bytes, kernels, out);
    width += run;
    bytes.remove_prefix(run);
  }
  return counted ? width : display_width(out.view().substr(start));
}

std::string visible(std::string_view bytes) {
  TextBuffer out;
  append_visible(bytes, out);
  return std::string(out.view());
}

}  // namespace pxq
