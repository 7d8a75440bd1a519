#include "text/base64.h"

#include <cstdint>

namespace pxq {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

uint32_t byte_at(std::string_view bytes, size_t index) {
  return index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0;
}

}  // namespace

void append_base64(std::string_view bytes, TextBuffer& out) {
  char* at = out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const uint32_t bits =
        byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    *at++ = kAlphabet[bits >> 18];
    *at++ = kAlphabet[bits >> 12 & 63];
    *at++ = i + 1 < bytes.size() ? kAlphabet[bits >> 6 & 63] : '=';
    *at++ = i + 2 < bytes.size() ? kAlphabet[bits & 63] : '=';
  }
  out.advance_to(at);
}

}  // namespace pxq
