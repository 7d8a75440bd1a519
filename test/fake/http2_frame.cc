#include "fake/http2_frame.h"

namespace pxq::fake::http2 {
namespace {

// HPACK: a length with a prefix of seven bits, not Huffman-coded, then the text itself.
std::string hpack_text(std::string_view text) {
  std::string bytes;
  size_t rest = text.size();
  if (rest < 127) {
    bytes += static_cast<char>(rest);
  } else {
    bytes += '\x7f';
    rest -= 127;
    for (; rest >= 128; rest /= 128) bytes += static_cast<char>(128 + rest % 128);
    bytes += static_cast<char>(rest);
  }
  return bytes.append(text);
}

}  // namespace

std::string big_endian(uint64_t value, size_t bytes) {
  std::string text;
  for (size_t i = bytes; i-- > 0;) text += static_cast<char>((value >> (8 * i)) & 0xff);
  return text;
}

uint32_t number(std::string_view bytes) {
  uint32_t value = 0;
  for (const char c : bytes) value = (value << 8U) | static_cast<unsigned char>(c);
  return value;
}

std::string frame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload) {
  return big_endian(payload.size(), 3) + big_endian(type, 1) + big_endian(flags, 1) +
         big_endian(stream, 4) + std::string(payload);
}

std::string hpack(const Headers& headers) {
  std::string block;
  for (const auto& [name, value] : headers) {
    block += '\0';  // a literal that no table remembers
    block += hpack_text(name) + hpack_text(value);
  }
  return block;
}

}  // namespace pxq::fake::http2
