#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "local/snapshot/format.h"
#include "model/row_batch.h"

namespace pxq::local::snapshot {

/// A batch, and what it takes: all of it about, and its texts.
struct MeasuredBatch {
  explicit MeasuredBatch(RowBatch rows);

  RowBatch rows;
  size_t text_bytes = 0;
  size_t bytes = 0;
};

/// Rows of a table on their way into a segment. Wide rows make shorter segments, so that one
/// unpacks into tens of MiB at most.
struct SegmentRows {
  size_t table = 0;
  std::optional<size_t> time;  // the column by which they are in order
  std::vector<RowBatch> batches = {};
  size_t rows = 0;
  size_t text_bytes = 0;
  size_t bytes = 0;

  /// Whether the segment takes the rows, too; an empty one always does.
  bool has_room_for(const MeasuredBatch& batch) const;
  void add(MeasuredBatch&& batch);
};

/// A segment but for its head, which names places in the file that are not known yet.
struct PackedSegment {
  size_t table = 0;
  std::string bytes;
  std::vector<Block> columns;  // places in `bytes`
  Segment segment;             // without head and size
  bool whole = true;           // false: there was no memory
};

/// The same segment of the same rows, whichever thread packs it.
PackedSegment pack_segment(const SegmentRows& rows);

}  // namespace pxq::local::snapshot
