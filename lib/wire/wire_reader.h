#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace pxq::wire {

static_assert(std::endian::native == std::endian::little, "fixed64 is read as it lies in memory");

/// How a field's value is laid out, as protobuf's encoding numbers them. Groups are not spoken.
enum class WireType : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

/// Reads protobuf's encoding from bytes that nobody vouches for. Every read is bounded; the first
/// malformed byte makes ok() false, and from then on the reader is at its end.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == end_; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }

  /// Steps to the next field; false at the end or on a malformed tag.
  bool next_field() {
    if (at_end()) return false;
    const uint64_t tag = varint();
    field_ = static_cast<uint32_t>(tag >> 3);
    type_ = static_cast<WireType>(tag & 7);
    if (tag > UINT32_MAX || field_ == 0) fail();
    return ok_;
  }
  uint32_t field() const { return field_; }
  WireType type() const { return type_; }
  bool is(uint32_t field, WireType type) const { return field_ == field && type_ == type; }

  uint64_t varint() {
    if (at_ != end_ && static_cast<uint8_t>(*at_) < 0x80) return static_cast<uint8_t>(*at_++);
    return long_varint();
  }

  uint64_t fixed64() {
    uint64_t value = 0;
    if (left() < sizeof value) {
      fail();
      return 0;
    }
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  std::string_view bytes() {
    const uint64_t length = varint();
    if (length > left()) {
      fail();
      return {};
    }
    const std::string_view value{at_, static_cast<size_t>(length)};
    at_ += length;
    return value;
  }

  /// Passes over the value of a field that is not known here.
  void skip() {
    switch (type_) {
      case WireType::kVarint: varint(); return;
      case WireType::kFixed64: fixed64(); return;
      case WireType::kBytes: bytes(); return;
      case WireType::kFixed32:
        if (left() < 4) return fail();
        at_ += 4;
        return;
    }
    fail();
  }

  void fail() {
    ok_ = false;
    at_ = end_;
  }

 private:
  uint64_t long_varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const uint64_t byte = static_cast<uint8_t>(*at_++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }

  const char* at_;
  const char* end_;
  uint32_t field_ = 0;
  WireType type_ = WireType::kVarint;
  bool ok_ = true;
};

/// How often a length-delimited field occurs: asked before generated code allocates for each.
inline size_t count_fields(std::string_view bytes, uint32_t field) {
  size_t count = 0;
  WireReader reader(bytes);
  while (reader.next_field()) {
    if (reader.is(field, WireType::kBytes)) ++count;
    reader.skip();
  }
  return count;
}

}  // namespace pxq::wire
