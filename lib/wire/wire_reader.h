#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "wire/bytes.h"

namespace pxq::wire {

static_assert(std::endian::native == std::endian::little, "fixed64 is read as it lies in memory");

/// How a field's value is laid out, as protobuf's encoding numbers them. Groups are not spoken.
enum class WireType : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

/// Reads protobuf's encoding from bytes that nobody vouches for. Every read is bounded; the first
/// malformed byte makes ok() false, and from then on the reader is at its end. Where the bytes lie
/// in several pieces, only a value that lies across two of them is copied.
class WireReader {
 public:
  explicit WireReader(const Bytes& bytes)
      : at_(bytes.at_),
        end_(bytes.at_ + bytes.here_),
        later_(bytes.size_ - bytes.here_),
        pieces_(bytes.pieces_),
        next_(bytes.next_) {}

  bool ok() const { return ok_; }
  bool at_end() { return at_ == end_ && (later_ == 0 || !rarely(&WireReader::next_piece)); }
  size_t left() const { return here() + later_; }

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
    return here() >= kLongestVarint ? near_varint() : rarely(&WireReader::far_varint);
  }

  uint64_t fixed64() {
    uint64_t value = 0;
    if (here() < sizeof value) {
      rarely(&WireReader::copy_across, reinterpret_cast<char*>(&value), sizeof value);
      return value;
    }
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  /// A value in one piece; lives as long as the message.
  std::string_view bytes() {
    const uint64_t length = varint();
    if (length > here()) return rarely(&WireReader::bytes_across, length);
    const std::string_view value{at_, static_cast<size_t>(length)};
    at_ += length;
    return value;
  }

  /// A value to be read by a reader of its own, in the pieces it came in.
  Bytes range() {
    const uint64_t length = varint();
    if (length > left()) {
      fail();
      return {};
    }
    const Bytes value(at_, std::min<size_t>(here(), length), length, pieces_, next_);
    pass(length);
    return value;
  }

  /// Passes over the value of a field that is not known here.
  void skip() {
    switch (type_) {
      case WireType::kVarint: varint(); return;
      case WireType::kFixed64: pass(8); return;
      case WireType::kBytes: pass(varint()); return;
      case WireType::kFixed32: pass(4); return;
    }
    fail();
  }

  void fail() {
    ok_ = false;
    at_ = end_;
    later_ = 0;
  }

 private:
  friend class Bytes;

  size_t here() const { return static_cast<size_t>(end_ - at_); }

  void pass(uint64_t count) {
    if (count > here()) return rarely(&WireReader::pass_across, count);
    at_ += count;
  }

  static constexpr size_t kLongestVarint = 10;

  // All of it is in this piece, or it has no end.
  uint64_t near_varint() {
    uint64_t value = 0;
    for (size_t i = 0; i < kLongestVarint; ++i) {
      const uint64_t byte = static_cast<uint8_t>(at_[i]);
      value |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) {
        at_ += i + 1;
        return value;
      }
    }
    fail();
    return 0;
  }

  // Does a step that is not inlined on a copy: whoever hands out `this` keeps it in memory, and
  // what is read in a loop belongs in registers.
  template <typename Value, typename... Parameters, typename... Arguments>
  Value rarely(Value (WireReader::*step)(Parameters...), Arguments... arguments) {
    WireReader copy = *this;
    if constexpr (std::is_void_v<Value>) {
      (copy.*step)(arguments...);
      *this = copy;
    } else {
      const Value value = (copy.*step)(arguments...);
      *this = copy;
      return value;
    }
  }

  uint64_t far_varint();
  bool next_piece();
  void pass_across(uint64_t count);
  void copy_across(char* to, size_t count);
  std::string_view bytes_across(uint64_t length);

  const char* at_;
  const char* end_;  // of the piece that is read
  size_t later_;     // bytes in the pieces after it
  Pieces* pieces_;
  size_t next_;
  uint32_t field_ = 0;
  WireType type_ = WireType::kVarint;
  bool ok_ = true;
};

/// How often a length-delimited field occurs: asked before generated code allocates for each.
inline size_t count_fields(const Bytes& bytes, uint32_t field) {
  size_t count = 0;
  WireReader reader(bytes);
  while (reader.next_field()) {
    if (reader.is(field, WireType::kBytes)) ++count;
    reader.skip();
  }
  return count;
}

}  // namespace pxq::wire
