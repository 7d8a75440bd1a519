#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/unique_fd.h"
#include "local/data/row_range.h"
#include "local/data/stored/parquet/compact_reader.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq::local::parquet {

/// How a column's values lie in the file.
struct ColumnForm {
  int64_t physical = 0;      // the format's number of the type
  int64_t length = 0;        // of values of fixed length
  int64_t unit_ns = 0;       // of moments; 0: none
  bool optional = false;     // values may lack
  bool is_unsigned = false;  // whole numbers that are never below zero
  bool is_written = false;   // text is pxq's own, with bytes that are not UTF-8 in its way
};

/// A Parquet file of flat columns, pxq's own or another one. Holds its footer and reads columns of
/// row groups where they are asked. Safe to use from several threads.
class ParquetFile {
 public:
  /// kUsage where it is none, or has columns that PxL has no type for; kIncomplete where it is cut.
  static Result<std::shared_ptr<const ParquetFile>> open(const std::string& path);

  /// The table's name as pxq wrote it; empty in others.
  const std::string& table() const { return table_; }
  const std::vector<ColumnInfo>& columns() const { return columns_; }

  size_t groups() const { return footer_.at(4).list.size(); }
  uint64_t rows(size_t group) const;
  uint64_t bytes(size_t group) const;
  /// The least and greatest value of a column of moments or whole numbers in a row group, by its
  /// statistics.
  std::optional<std::pair<int64_t, int64_t>> range(size_t group, size_t column) const;

  /// Whether the file says that a row group's rows are by ascending values of a column.
  bool is_ordered(size_t group, size_t column) const;

  /// Columns of a row group, in the order of the file, of all of its rows or of some. kIncomplete
  /// where what was read is damaged or was changed, kUsage for encodings that pxq does not read.
  Result<RowBatch> read(size_t group, std::span<const size_t> columns) const {
    return read(group, columns, {0, rows(group)});
  }
  Result<RowBatch> read(size_t group, std::span<const size_t> columns, RowRange range) const;

  /// The moments of a row group that is_ordered() by them: all from `begin` to `end`, some behind
  /// it, and before it as many as there are, of which those of a page may all be its last.
  Result<Time64Column> times_between(size_t group, size_t column, Time64 begin, Time64 end) const;

 private:
  ParquetFile(std::string path, UniqueFd fd, uint64_t size)
      : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}

  Status read_footer();
  Status take_columns();
  Status check_groups() const;
  Status take_column(const Node& element);
  Status take_own_columns(std::string_view json);
  Result<std::string> bytes_at(uint64_t offset, uint64_t count) const;
  Result<std::string> pages(const Node& meta) const;
  Result<Column> read_column(size_t group, size_t column, RowRange range,
                             std::vector<std::shared_ptr<const std::string>>& storage) const;
  Status damaged(std::string_view why) const;
  Status with_path(const Status& status) const;

  const std::string path_;
  const UniqueFd fd_;
  const uint64_t size_;
  int64_t changed_ns_ = 0;  // when its contents last were
  std::string footer_bytes_;
  Node footer_;
  std::string table_;
  std::vector<ColumnInfo> columns_;
  std::vector<ColumnForm> forms_;
};

}  // namespace pxq::local::parquet
