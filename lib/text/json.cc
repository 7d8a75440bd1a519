#include "text/json.h"

#include <algorithm>
#include <cstring>

#include "text/text_kernels.h"
#include "text/utf8.h"

namespace pxq {
namespace {

// The end of the last private plane: its code points stand for single broken bytes, and
// original_bytes() brings those back.
constexpr char32_t kByteBase = 0x10ff00;
constexpr char32_t kFirstReserved = kByteBase + 0x80;
constexpr char32_t kReplacement = 0xfffd;

// Input is taken in pieces, so that room for the worst case is asked for a piece and not a cell.
constexpr size_t kPiece = 4096;
constexpr size_t kWorstGrowth = 6;  // \u001f

constexpr char kHex[] = "0123456789abcdef";

// \u00XX and the like. REQUIRES: code_point < 0x10000.
char* write_u_escape(char* out, char32_t code_point) {
  *out++ = '\\';
  *out++ = 'u';
  for (int shift = 12; shift >= 0; shift -= 4) *out++ = kHex[code_point >> shift & 15];
  return out;
}

// Written as an escape although JSON would not ask for it: C1 controls, line separators and what
// reorders text. JSON shown on a terminal is then as harmless as a table, and loses nothing.
bool drives_terminals(char32_t c) {
  return (0x80 <= c && c <= 0x9f) || c == 0x61c || c == 0x200e || c == 0x200f ||
         (0x2028 <= c && c <= 0x202e) || (0x2066 <= c && c <= 0x2069);
}

char* write_escape(char* out, char byte) {
  char letter = byte;
  switch (byte) {
    case '"':
    case '\\': break;
    case '\b': letter = 'b'; break;
    case '\f': letter = 'f'; break;
    case '\n': letter = 'n'; break;
    case '\r': letter = 'r'; break;
    case '\t': letter = 't'; break;
    default: return write_u_escape(out, static_cast<unsigned char>(byte));
  }
  *out++ = '\\';
  *out++ = letter;
  return out;
}

bool is_ascii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

// Two bytes of a well-formed sequence for a letter: Latin, Greek, Cyrillic, Hebrew. Those that are
// not (C1 controls, and of Arabic the mark that reorders) take the long way, with some that are.
bool begins_with_letter(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  return 0xc3 <= first && first < 0xd8 && text.size() > 1 &&
         (static_cast<unsigned char>(text[1]) & 0xc0) == 0x80;
}

// Writes the sequence or the single broken byte at the front of `text`; `taken` says which.
char* write_beyond_ascii(char* out, std::string_view text, InvalidUtf8 invalid, size_t& taken) {
  if (begins_with_letter(text)) {
    taken = 2;
    std::memcpy(out, text.data(), 2);
    return out + 2;
  }
  const size_t length = utf8_sequence(text);
  if (length != 0) {
    const char32_t code_point = utf8_decode(text, length);
    const bool reserved = code_point >= kFirstReserved && invalid == InvalidUtf8::kReversible;
    taken = length;
    if (drives_terminals(code_point)) return write_u_escape(out, code_point);
    if (!reserved) {
      std::memcpy(out, text.data(), length);
      return out + length;
    }
  }
  taken = 1;
  if (invalid == InvalidUtf8::kReplace) return utf8_encode(out, kReplacement);
  return utf8_encode(out, kByteBase + static_cast<unsigned char>(text[0]));
}

// Writes at least the first `count` bytes of `text`, a sequence that crosses this border whole,
// and removes what it wrote.
//
// A real reserved code point is written byte by byte: its first byte here, and the three that
// follow are no well-formed sequences of their own, so they take the same way.
char* write_piece(char* out, std::string_view& text, size_t count, InvalidUtf8 invalid,
                  const TextKernels& kernels) {
  while (count != 0) {
    const Copied copied = kernels.copy_json(text.data(), count, out);
    out = copied.out;
    text.remove_prefix(copied.taken);
    count -= copied.taken;
    if (count == 0) break;
    // Signs that are not ASCII mostly come in a row.
    do {
      size_t taken = 1;
      out = is_ascii(text[0]) ? write_escape(out, text[0])
                              : write_beyond_ascii(out, text, invalid, taken);
      text.remove_prefix(taken);
      count -= std::min(count, taken);
    } while (count != 0 && !is_ascii(text[0]));
  }
  return out;
}

}  // namespace

void append_json_string(std::string_view bytes, InvalidUtf8 invalid, TextBuffer& out) {
  static const TextKernels& kernels = text_kernels();
  out.push_back('"');
  while (!bytes.empty()) {
    const size_t count = std::min(bytes.size(), kPiece);
    char* room = out.reserve((count + 4) * kWorstGrowth + TextKernels::kSlack);
    out.advance_to(write_piece(room, bytes, count, invalid, kernels));
  }
  out.push_back('"');
}

std::string original_bytes(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    const size_t length = std::max<size_t>(utf8_sequence(text), 1);
    const char32_t code_point = length == 4 ? utf8_decode(text, length) : 0;
    if (code_point >= kFirstReserved) {
      bytes.push_back(static_cast<char>(code_point - kByteBase));
    } else {
      bytes.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  return bytes;
}

}  // namespace pxq
