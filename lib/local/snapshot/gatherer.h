#pragma once

#include <cstddef>
#include <vector>

#include "local/snapshot/writer.h"
#include "model/row_batch.h"

namespace pxq::local::snapshot {

/// Gathers rows of several tables in whatever order they come, and writes them as segments, each in
/// the order of its times; those of one table may overlap. Holds a segment of a table at most, and
/// some tens of MiB of all.
class Gatherer {
 public:
  explicit Gatherer(SnapshotWriter& writer) : writer_(writer) {}

  /// REQUIRES: `table` is one of the writer's.
  void add(size_t table, const RowBatch& batch);

  /// What is still held.
  void finish();

 private:
  struct Held {
    std::vector<RowBatch> batches;
    size_t rows = 0;
    size_t bytes = 0;
  };

  void write(size_t table);

  SnapshotWriter& writer_;
  std::vector<Held> tables_;
  size_t bytes_ = 0;  // of all
};

}  // namespace pxq::local::snapshot
