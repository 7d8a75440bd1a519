#include "local/snapshot/packed_segment.h"

#include <utility>

#include "local/snapshot/column_bytes.h"

namespace pxq::local::snapshot {

namespace {

constexpr size_t kEnoughText = size_t{8} << 20;

size_t text_bytes_of(const RowBatch& batch) {
  size_t bytes = 0;
  for (const Column& column : batch.columns) {
    if (const auto* texts = std::get_if<StringColumn>(&column)) {
      for (const std::string_view text : *texts) bytes += text.size();
    }
  }
  return bytes;
}

}  // namespace

MeasuredBatch::MeasuredBatch(RowBatch from) : rows(std::move(from)) {
  text_bytes = text_bytes_of(rows);
  bytes = rows.num_rows * rows.columns.size() * sizeof(int64_t) + text_bytes;
}

bool SegmentRows::has_room_for(const MeasuredBatch& batch) const {
  return rows == 0 || (text_bytes < kEnoughText && rows + batch.rows.num_rows <= kSegmentRows);
}

void SegmentRows::add(MeasuredBatch&& batch) {
  rows += batch.rows.num_rows;
  text_bytes += batch.text_bytes;
  bytes += batch.bytes;
  batches.push_back(std::move(batch.rows));
}

PackedSegment pack_segment(const SegmentRows& rows) {
  // Room for whole columns, which a thread that packs one segment after another has in its cache
  // and need not ask for again.
  static thread_local TextBuffer plain;
  static thread_local TextBuffer packed;
  PackedSegment made;
  made.table = rows.table;
  packed.clear();
  for (size_t column = 0; column < rows.batches.front().columns.size(); ++column) {
    plain.clear();
    append_column(rows.batches, column, plain);
    const size_t at = packed.size();
    const size_t size = pack(plain.view(), packed);
    if (size == 0) made.whole = false;
    made.columns.push_back({at, size, plain.size(), crc_of(packed.view().substr(at))});
  }
  made.bytes = packed.view();
  made.segment.rows = rows.rows;
  if (!rows.time) return made;
  const auto times = [&](const RowBatch& batch) -> const Time64Column& {
    return std::get<Time64Column>(batch.columns[*rows.time]);
  };
  made.segment.first_ns = times(rows.batches.front()).front().ns;
  made.segment.last_ns = times(rows.batches.back()).back().ns;
  return made;
}

}  // namespace pxq::local::snapshot
