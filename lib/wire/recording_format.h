#pragma once

#include <libdeflate.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// The bytes of a recording, as docs/recording.md describes them.
namespace pxq::wire::recording {

inline constexpr std::string_view kMagic = "\x89PXREC\r\n";
inline constexpr uint16_t kVersion = 2;      // its records are one LZ4 frame
inline constexpr uint16_t kZstdVersion = 1;  // one zstd frame; else the same
inline constexpr size_t kPrefixSize = 12;    // magic, version, zero
inline constexpr size_t kHeadSize = 16;      // of a record, without its CRC
inline constexpr size_t kCrcSize = 4;
inline constexpr size_t kEndSize = 12;  // without the text
inline constexpr size_t kCloseSize = 16;
inline constexpr size_t kLongestHeader = 4u << 20;
inline constexpr size_t kLongestEnd = 1u << 20;
inline constexpr int kWindowLog = 23;  // 8 MiB: what a reader of zstd may have to keep

enum class Type : uint8_t { kHeader = 1, kAttempt = 2, kMessage = 3, kEnd = 4, kClose = 5 };

/// The one after wire::Ended's: pxq read no further.
inline constexpr uint8_t kLeft = 5;

/// An attempt's payload where it goes on with the query of the one before; else it has none.
inline constexpr uint8_t kResumed = 1;

template <typename Integer>
void put(char* to, Integer value) {
  for (size_t i = 0; i < sizeof(Integer); ++i) to[i] = static_cast<char>(value >> (8 * i));
}

template <typename Integer>
Integer get(const char* from) {
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(Integer); ++i) {
    value |= uint64_t{static_cast<unsigned char>(from[i])} << (8 * i);
  }
  return static_cast<Integer>(value);
}

/// Runs over all of a recording's bytes.
class Crc {
 public:
  void update(std::string_view bytes) {
    value_ = ::libdeflate_crc32(value_, bytes.data(), bytes.size());
  }
  uint32_t value() const { return value_; }

 private:
  uint32_t value_ = 0;
};

inline std::array<char, kPrefixSize> prefix(uint16_t version = kVersion) {
  std::array<char, kPrefixSize> bytes = {};
  kMagic.copy(bytes.data(), kMagic.size());
  put<uint16_t>(bytes.data() + kMagic.size(), version);
  return bytes;
}

}  // namespace pxq::wire::recording
