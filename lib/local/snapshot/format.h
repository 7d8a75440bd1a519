#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/text_buffer.h"

/// The bytes of a snapshot, as docs/snapshot.md describes them.
namespace pxq::local::snapshot {

inline constexpr std::string_view kMagic = "\x89PXSNP\r\n";
inline constexpr std::string_view kEndMagic = "PXSNPEND";
inline constexpr uint16_t kVersion = 3;  // 2 is the same without bytes that are kept by their place
inline constexpr uint16_t kPlainVersion = 1;  // its columns have no form: all are plain
inline constexpr size_t kPrefixSize = 12;     // magic, version, zero
inline constexpr size_t kBlockSize = 28;      // how a block is named: offset, sizes, CRC
inline constexpr size_t kTrailerSize = 40;  // the index's block, the trailer's CRC, the end's magic
inline constexpr size_t kSegmentRows = 65'536;
inline constexpr size_t kLongestBlock = size_t{1} << 30;  // unpacked

/// A piece of the file that was packed by itself.
struct Block {
  uint64_t offset = 0;
  uint64_t packed = 0;  // bytes in the file
  uint64_t size = 0;    // bytes unpacked
  uint32_t crc = 0;     // CRC-32 of the packed bytes
};

/// The rows of a table from one moment to another. Its head, at `head.offset`, names a block for
/// each column; they stand before it.
struct Segment {
  Block head;
  uint64_t rows = 0;
  uint64_t bytes = 0;  // in the file, with its head
  int64_t first_ns = 0;
  int64_t last_ns = 0;
};

void put_integer(std::string& to, uint64_t value, size_t bytes);
uint64_t get_integer(std::string_view from, size_t at, size_t bytes);
uint32_t crc_of(std::string_view bytes);

void put_block(std::string& to, const Block& block);
Block get_block(std::string_view from, size_t at);

/// Appends the bytes, packed with zstd, and tells how many that made: 0 where there is no memory.
size_t pack(std::string_view bytes, TextBuffer& to);
/// kIncomplete unless exactly `size` bytes come out.
Result<std::string> unpack(std::string_view packed, uint64_t size);

}  // namespace pxq::local::snapshot
