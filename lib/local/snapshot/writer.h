#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/output.h"
#include "base/status.h"
#include "local/cluster/state.h"
#include "local/snapshot/contents.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq::local::snapshot {

/// Writes a snapshot front to back. What it was given and how far it is stays in contents(), where
/// the caller fills in what a snapshot says of itself. The output's failure is its own.
class SnapshotWriter {
 public:
  explicit SnapshotWriter(Output& output);

  Contents& contents() { return contents_; }

  /// Adds a table without rows, or finds it. kIncomplete where one of the name has other columns.
  Result<size_t> add_table(const std::string& name, const std::vector<ColumnInfo>& columns);

  /// Adds rows to a table, in segments of their own. REQUIRES: they are by ascending time_.
  void add_rows(size_t table, const std::vector<RowBatch>& batches);

  /// Nothing follows.
  void close(const ClusterParts& state);

 private:
  void add_segment(Table& table, std::span<const RowBatch> batches);
  Block add_block(std::string_view bytes);
  void put(std::string_view bytes);

  Output& output_;
  uint64_t offset_ = 0;
  Contents contents_;
};

}  // namespace pxq::local::snapshot
