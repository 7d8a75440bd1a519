#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/output.h"
#include "base/status.h"
#include "local/cluster/state.h"
#include "local/snapshot/contents.h"
#include "local/snapshot/segment_line.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq::local::snapshot {

/// Writes a snapshot front to back. What was written and kept so far stands in contents(), where
/// the caller fills in what a snapshot says of itself. The output's failure is its own. One thread,
/// and perhaps another one that packs.
class SnapshotWriter {
 public:
  explicit SnapshotWriter(Output& output, Packing packing = Packing::kByCores);

  Contents& contents() { return contents_; }

  /// Adds a table without rows, or finds it. kIncomplete where one of the name has other columns.
  Result<size_t> add_table(const std::string& name, const std::vector<ColumnInfo>& columns);

  /// Adds rows to a table, in segments of their own. REQUIRES: they are by ascending time_.
  void add_rows(size_t table, std::vector<RowBatch> batches);
  /// The same of a whole segment.
  void add_segment(SegmentRows rows) { line_.add(std::move(rows)); }
  /// The rows that were added will be in the file; they are written as soon as they are packed.
  void keep() { line_.keep(); }
  /// Those that were added since then will not.
  void drop() { line_.drop(); }
  /// What those take in memory.
  size_t unkept_bytes() { return line_.unkept_bytes(); }

  /// Keeps all. Nothing follows.
  void close(const ClusterParts& state);

 private:
  void write(PackedSegment&& packed);
  Block add_block(std::string_view bytes);
  void put(std::string_view bytes);

  Output& output_;
  uint64_t offset_ = 0;
  Contents contents_;
  SegmentLine line_;  // last: it hands segments to the members above
};

}  // namespace pxq::local::snapshot
