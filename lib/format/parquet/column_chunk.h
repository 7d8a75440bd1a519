#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "format/format.h"
#include "format/parquet/compact_writer.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq::parquet {

/// Parquet's physical types; the numbers are those of the format.
enum class Physical : int32_t {
  kBoolean = 0,
  kInt64 = 2,
  kDouble = 5,
  kByteArray = 6,
  kFixedBytes = 7,
};

Physical physical_type(DataType type);

/// Length of a UINT128 as FIXED_LEN_BYTE_ARRAY.
inline constexpr int32_t kUuidBytes = 16;

/// A column of one row group, ready for the file.
struct EncodedChunk {
  std::string bytes;                 // pages with their headers
  size_t raw_bytes = 0;              // the same without compression
  size_t data_offset = 0;            // of the first data page in `bytes`
  bool dictionary = false;           // a dictionary page comes before it
  bool ascending = false;            // no value is less than the one before; of moments alone
  std::optional<std::string> least;  // of the values, in the plain encoding; nothing: not known
  std::optional<std::string> greatest;
};

/// Gathers the cells of one column for one row group. PxL has no NULL, so every value is there, and
/// pages hold values only.
class ColumnChunk {
 public:
  ColumnChunk() = default;
  ColumnChunk(const ColumnChunk&) = delete;
  ColumnChunk& operator=(const ColumnChunk&) = delete;
  virtual ~ColumnChunk() = default;

  virtual void add(const Column& column, size_t first, size_t count) = 0;

  /// About what it holds in memory, in bytes.
  virtual size_t held() const = 0;

  /// Empties it for the next row group.
  virtual EncodedChunk take() = 0;
};

/// `bytes` says how text is written that is not UTF-8.
std::unique_ptr<ColumnChunk> make_column_chunk(DataType type, FormatOptions::Bytes bytes);

}  // namespace pxq::parquet
