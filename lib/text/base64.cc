#include "text/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "text/text_kernels.h"

namespace pxq {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

uint32_t byte_at(std::string_view bytes, size_t index) {
  return index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0;
}

// The six bits of each character at one of its four places; kNoDigit in what is none, so that one
// test over the sum of four finds it.
constexpr uint32_t kNoDigit = 1u << 31;
using Places = std::array<uint32_t, 256>;

constexpr Places make_places(std::string_view alphabet, unsigned shift) {
  Places places{};
  places.fill(kNoDigit);
  for (size_t i = 0; i < alphabet.size(); ++i) {
    places[static_cast<unsigned char>(alphabet[i])] = static_cast<uint32_t>(i) << shift;
  }
  return places;
}

using Quad = std::array<Places, 4>;

constexpr Quad make_quad(std::string_view alphabet) {
  return {make_places(alphabet, 18), make_places(alphabet, 12), make_places(alphabet, 6),
          make_places(alphabet, 0)};
}

constexpr Quad kPlaces = make_quad(kAlphabet);
constexpr Quad kUrlPlaces = make_quad(kUrlAlphabet);

// The 24 bits of four characters, zero for those beyond the end; kNoDigit if one is no digit.
uint32_t quad(const Quad& places, const unsigned char* at, size_t count) {
  uint32_t bits = 0;
  for (size_t i = 0; i < count; ++i) bits |= places[i][at[i]];
  return bits;
}

// Decodes what it can from the front: TextKernels::decode_base64url.
using Front = size_t (*)(const char* in, size_t size, char* out);

std::optional<std::string> decode(const Quad& places, std::string_view text, Front front) {
  const size_t rest = text.size() % 4;
  // One character holds six bits, which is no byte.
  if (rest == 1) return std::nullopt;
  std::string bytes(text.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1), '\0');
  const auto* in = reinterpret_cast<const unsigned char*>(text.data());
  const unsigned char* const end = in + text.size() - rest;
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  const size_t taken = front(text.data(), text.size(), bytes.data());
  in += taken;
  out += taken / 4 * 3;
  uint32_t wrong = 0;
  for (; in != end; in += 4) {
    const uint32_t bits = quad(places, in, 4);
    wrong |= bits;
    *out++ = static_cast<unsigned char>(bits >> 16);
    *out++ = static_cast<unsigned char>(bits >> 8);
    *out++ = static_cast<unsigned char>(bits);
  }
  const uint32_t bits = quad(places, in, rest);
  for (size_t i = 1; i < rest; ++i) *out++ = static_cast<unsigned char>(bits >> (24 - 8 * i));
  // Bits that belong to no byte must be zero, so that bytes have one spelling only.
  const uint32_t left_over = rest == 0 ? 0 : bits & (0xffffffu >> (8 * (rest - 1)));
  if (((wrong | bits) & kNoDigit) != 0 || left_over != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return decode(kPlaces, text, decode_no_base64url);
}

std::optional<std::string> decode_base64url(std::string_view text) {
  return decode(kUrlPlaces, text, text_kernels().decode_base64url);
}

std::string to_base64url(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6;) text += kUrlAlphabet[bits >> (count -= 6) & 63];
  }
  if (count != 0) text += kUrlAlphabet[bits << (6 - count) & 63];
  return text;
}

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
