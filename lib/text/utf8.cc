#include "text/utf8.h"

#include <algorithm>
#include <cstdint>

#include "text/byte_scan.h"
#include "text/text_kernels.h"

namespace pxq {
namespace {

bool is_between(char byte, unsigned char low, unsigned char high) {
  const auto value = static_cast<unsigned char>(byte);
  return low <= value && value <= high;
}

bool is_tail(char byte) { return is_between(byte, 0x80, 0xbf); }

uint32_t tail_bits(char byte) { return static_cast<unsigned char>(byte) & 0x3fU; }

// How many bytes at the front are ASCII: four words at a time while there are so many.
size_t ascii_prefix(std::string_view bytes) {
  constexpr size_t kStep = 32;
  size_t at = 0;
  for (; bytes.size() - at >= kStep; at += kStep) {
    const char* const in = bytes.data() + at;
    const uint64_t all =
        load_word(in) | load_word(in + 8) | load_word(in + 16) | load_word(in + 24);
    if (bytes_above_ascii(all) != 0) break;
  }
  return at + plain_prefix(bytes.substr(at), bytes_above_ascii);
}

}  // namespace

// The table of well-formed sequences in chapter 3 of the Unicode Standard.
size_t utf8_sequence(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (first < 0x80) return 1;
  if (first < 0xc2 || bytes.size() < 2) return 0;
  if (first < 0xe0) return is_tail(bytes[1]) ? 2 : 0;
  if (bytes.size() < 3 || !is_tail(bytes[2])) return 0;
  if (first < 0xf0) {
    const unsigned char low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned char high = first == 0xed ? 0x9f : 0xbf;
    return is_between(bytes[1], low, high) ? 3 : 0;
  }
  if (first > 0xf4 || bytes.size() < 4 || !is_tail(bytes[3])) return 0;
  const unsigned char low = first == 0xf0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xf4 ? 0x8f : 0xbf;
  return is_between(bytes[1], low, high) ? 4 : 0;
}

char32_t utf8_decode(std::string_view bytes, size_t length) {
  static constexpr uint32_t kFirstBits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  uint32_t code_point = static_cast<unsigned char>(bytes[0]) & kFirstBits[length];
  for (size_t i = 1; i < length; ++i) code_point = code_point << 6 | tail_bits(bytes[i]);
  return code_point;
}

char* utf8_encode(char* out, char32_t code_point) {
  const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
  if (code_point < 0x80) {
    *out++ = byte(code_point);
    return out;
  }
  if (code_point < 0x800) {
    *out++ = byte(0xc0 | code_point >> 6);
  } else {
    if (code_point < 0x10000) {
      *out++ = byte(0xe0 | code_point >> 12);
    } else {
      *out++ = byte(0xf0 | code_point >> 18);
      *out++ = byte(0x80 | (code_point >> 12 & 0x3f));
    }
    *out++ = byte(0x80 | (code_point >> 6 & 0x3f));
  }
  *out++ = byte(0x80 | (code_point & 0x3f));
  return out;
}

bool is_utf8(std::string_view bytes) {
  static const TextKernels& kernels = text_kernels();
  return kernels.is_utf8(bytes.data(), bytes.size());
}

bool is_utf8_by_steps(const char* in, size_t size) {
  std::string_view bytes(in, size);
  while (true) {
    bytes.remove_prefix(ascii_prefix(bytes));
    // Letters that are not ASCII mostly come in a row.
    while (!bytes.empty() && static_cast<unsigned char>(bytes[0]) >= 0x80) {
      const size_t length = utf8_sequence(bytes);
      if (length == 0) return false;
      bytes.remove_prefix(length);
    }
    if (bytes.empty()) return true;
  }
}

void append_utf8(std::string_view bytes, TextBuffer& out) {
  while (!bytes.empty()) {
    size_t good = 0;
    while (const size_t length = utf8_sequence(bytes.substr(good))) good += length;
    out.append(bytes.substr(0, good));
    if (good != bytes.size()) out.append("\xef\xbf\xbd");
    bytes.remove_prefix(std::min(good + 1, bytes.size()));
  }
}

}  // namespace pxq
