#include "text/json.h"

#include <algorithm>
#include <cstring>

#include "text/byte_scan.h"
#include "text/utf8.h"

namespace pxq {
namespace {

constexpr char32_t kByteBase = 0x10ff00;
constexpr char32_t kFirstReserved = kByteBase + 0x80;
constexpr char32_t kReplacement = 0xfffd;

// Input is taken in pieces, so that room for the worst case is asked for a piece and not a cell.
constexpr size_t kPiece = 4096;
constexpr size_t kWorstGrowth = 6;  // \u001f

uint64_t not_plain(uint64_t word) {
  return bytes_below(word, 0x20) | bytes_equal(word, '"') | bytes_equal(word, '\\') |
         bytes_above_ascii(word);
}

char* write_escape(char* out, char byte) {
  *out++ = '\\';
  switch (byte) {
    case '"':
    case '\\': *out++ = byte; return out;
    case '\b': *out++ = 'b'; return out;
    case '\f': *out++ = 'f'; return out;
    case '\n': *out++ = 'n'; return out;
    case '\r': *out++ = 'r'; return out;
    case '\t': *out++ = 't'; return out;
    default: break;
  }
  static constexpr char kHex[] = "0123456789abcdef";
  std::memcpy(out, "u00", 3);
  out[3] = kHex[byte >> 4];
  out[4] = kHex[byte & 15];
  return out + 5;
}

// Writes the sequence or the single broken byte at the front of `text`; `taken` says which.
char* write_beyond_ascii(char* out, std::string_view text, InvalidUtf8 invalid, size_t& taken) {
  const size_t length = utf8_sequence(text);
  const bool reserved = length == 4 && invalid == InvalidUtf8::kReversible &&
                        utf8_decode(text, length) >= kFirstReserved;
  if (length != 0 && !reserved) {
    std::memcpy(out, text.data(), length);
    taken = length;
    return out + length;
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
char* write_piece(char* out, std::string_view& text, size_t count, InvalidUtf8 invalid) {
  while (count != 0) {
    const size_t plain = plain_prefix(text.substr(0, count), not_plain);
    std::memcpy(out, text.data(), plain);
    out += plain;
    text.remove_prefix(plain);
    count -= plain;
    if (count == 0) break;
    size_t taken = 1;
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      out = write_escape(out, text[0]);
    } else {
      out = write_beyond_ascii(out, text, invalid, taken);
    }
    text.remove_prefix(taken);
    count -= std::min(count, taken);
  }
  return out;
}

}  // namespace

void append_json_string(std::string_view bytes, InvalidUtf8 invalid, TextBuffer& out) {
  out.push_back('"');
  while (!bytes.empty()) {
    const size_t count = std::min(bytes.size(), kPiece);
    char* room = out.reserve((count + 4) * kWorstGrowth);
    out.advance_to(write_piece(room, bytes, count, invalid));
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
