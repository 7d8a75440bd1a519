#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "wire/wire_reader.h"

namespace pxq::wire {

inline size_t varint_size(uint64_t value) {
  return static_cast<size_t>(std::bit_width(value | 1) * 9 + 64) / 64;
}

/// What a field of so many bytes takes with its head. Numbers of fields up to 15 are spoken.
inline size_t bytes_size(size_t size) { return 1 + varint_size(size) + size; }

/// Writes protobuf's encoding into room that is known to be enough, as the sizes above tell.
class WireWriter {
 public:
  explicit WireWriter(char* at) : at_(at) {}

  /// Behind the last byte that was written.
  char* at() const { return at_; }

  void varint(uint64_t value) {
    while (value >= 0x80) {
      *at_++ = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    *at_++ = static_cast<char>(value);
  }
  void number(uint32_t field, uint64_t value) {
    head(field, WireType::kVarint);
    varint(value);
  }
  /// The head of a field of so many bytes, which follow: a text, a message, packed numbers.
  void begin(uint32_t field, size_t size) {
    head(field, WireType::kBytes);
    varint(size);
  }
  void bytes(uint32_t field, std::string_view value) {
    begin(field, value.size());
    raw(value.data(), value.size());
  }
  void raw(const void* from, size_t size) {
    if (size != 0) std::memcpy(at_, from, size);
    at_ += size;
  }

 private:
  void head(uint32_t field, WireType type) {
    *at_++ = static_cast<char>(field << 3 | static_cast<uint32_t>(type));
  }

  char* at_;
};

}  // namespace pxq::wire
