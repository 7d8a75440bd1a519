#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "base/status.h"
#include "local/snapshot/writer.h"
#include "sink/result_sink.h"

namespace pxq {

/// Gives a slice's rows to a snapshot's writer as they come, which packs them meanwhile. Rows of a
/// table that come out of the order of time, as several agents send them, wait for the end of the
/// slice; so does the word that they are kept: what a slice gave is the caller's to keep or to
/// drop. Fails with kLimit where it is too much to hold.
class SliceRows final : public ResultSink {
 public:
  explicit SliceRows(local::snapshot::SnapshotWriter& writer) : writer_(writer) {}

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& /*summary*/) override {}
  const Status& status() const override { return status_; }

  bool overflowed() const { return overflowed_; }
  /// Whether twice as many are no more than a server should be asked for at once, and would not
  /// overflow either.
  bool has_room() const;
  /// Whether a table has exactly so many rows.
  bool has_table_of(uint64_t rows) const;
  uint64_t row_count() const;
  /// Gives what waits. REQUIRES: the slice is whole.
  void finish();

 private:
  struct Table {
    const Schema* announced = nullptr;
    uint64_t rows = 0;
    bool is_ordered = true;  // all that came
    int64_t last_ns = INT64_MIN;
    local::snapshot::SegmentRows held = {};
  };

  static bool is_next(Table& table, const RowBatch& batch);
  void hold(Table& table, local::snapshot::MeasuredBatch&& batch);
  void give(Table& table);

  local::snapshot::SnapshotWriter& writer_;
  std::deque<Table> tables_;
  size_t bytes_ = 0;       // of all that came
  size_t held_bytes_ = 0;  // of these, those that wait
  size_t most_held_ = 0;   // at once
  bool overflowed_ = false;
  Status status_;
};

}  // namespace pxq
