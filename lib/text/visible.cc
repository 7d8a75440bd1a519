#include "text/visible.h"

#include <utf8proc.h>

#include <cstring>

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

void append_one(std::string_view sequence, char32_t c, TextBuffer& out) {
  if (c == '\n') return out.append("↵");
  if (is_harmless(c)) return out.append(sequence);
  append_hex(sequence, out);
}

}  // namespace

size_t append_visible(std::string_view bytes, TextBuffer& out) {
  const TextKernels& kernels = text_kernels();
  const size_t start = out.size();
  const size_t plain = append_printable(bytes, kernels, out);
  if (plain == bytes.size()) return plain;
  bytes.remove_prefix(plain);
  while (!bytes.empty()) {
    bytes.remove_prefix(append_printable(bytes, kernels, out));
    if (bytes.empty()) break;
    const size_t length = utf8_sequence(bytes);
    if (length == 0) {
      append_hex(bytes.substr(0, 1), out);
      bytes.remove_prefix(1);
    } else {
      append_one(bytes.substr(0, length), utf8_decode(bytes, length), out);
      bytes.remove_prefix(length);
    }
  }
  return display_width(out.view().substr(start));
}

std::string visible(std::string_view bytes) {
  TextBuffer out;
  append_visible(bytes, out);
  return std::string(out.view());
}

}  // namespace pxq
