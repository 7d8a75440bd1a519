#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pxq::parquet {

/// Writes Thrift's compact protocol, in which Parquet's headers and its footer are kept: fields
/// with the distance of their numbers, integers as zigzag varints. Fields of a struct must come in
/// ascending order of their numbers. https://github.com/apache/thrift, doc/specs.
class CompactWriter {
 public:
  void i32(int16_t field, int32_t value) {
    begin_field(field, kI32);
    zigzag(value);
  }
  void i64(int16_t field, int64_t value) {
    begin_field(field, kI64);
    zigzag(value);
  }
  void boolean(int16_t field, bool value) { begin_field(field, value ? kTrue : kFalse); }
  void binary(int16_t field, std::string_view bytes) {
    begin_field(field, kBinary);
    element(bytes);
  }

  /// A struct is what is written between; also as an element of a list, without a field number.
  void begin_struct(int16_t field) {
    begin_field(field, kStruct);
    begin_element();
  }
  void begin_element() { last_.push_back(0); }
  void end_struct() {
    bytes_.push_back('\0');
    last_.pop_back();
  }

  enum class Element : uint8_t { kI32 = 5, kBinary = 8, kStruct = 12 };
  void begin_list(int16_t field, Element type, size_t count) {
    begin_field(field, kList);
    const auto kind = static_cast<uint8_t>(type);
    if (count < 15) {
      put(static_cast<uint8_t>(count << 4 | kind));
    } else {
      put(static_cast<uint8_t>(0xf0 | kind));
      varint(count);
    }
  }
  void element(int32_t value) { zigzag(value); }
  void element(std::string_view bytes) {
    varint(bytes.size());
    bytes_.append(bytes);
  }

  /// The whole of a struct that stands for itself. REQUIRES: every struct was ended but this one.
  std::string take() {
    bytes_.push_back('\0');
    return std::move(bytes_);
  }

 private:
  enum Type : uint8_t {
    kTrue = 1,
    kFalse = 2,
    kI32 = 5,
    kI64 = 6,
    kBinary = 8,
    kList = 9,
    kStruct = 12
  };

  void put(uint8_t byte) { bytes_.push_back(static_cast<char>(byte)); }

  // Numbers of fields are less than 16 apart in all of Parquet's structs.
  void begin_field(int16_t field, Type type) {
    put(static_cast<uint8_t>((field - last_.back()) << 4 | type));
    last_.back() = field;
  }

  void zigzag(int64_t value) {
    varint(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
  }

  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) put(static_cast<uint8_t>(value | 0x80));
    put(static_cast<uint8_t>(value));
  }

  std::string bytes_;
  std::vector<int16_t> last_ = {0};  // the last field number of each open struct
};

}  // namespace pxq::parquet
