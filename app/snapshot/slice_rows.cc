#include "snapshot/slice_rows.h"

#include <algorithm>
#include <utility>

#include "local/data/table_source.h"
#include "model/time_order.h"

namespace pxq {

using local::snapshot::MeasuredBatch;
using local::snapshot::SegmentRows;

namespace {

// Of rows as they came and of what others were packed into: some slices more than the rows that
// come in a second over a fast network.
constexpr size_t kMostSliceBytes = size_t{96} << 20;
// Half of what a call takes some seconds to bring over such a network.
constexpr size_t kLittle = size_t{192} << 20;

}  // namespace

bool SliceRows::has_room() const { return bytes_ < kLittle && most_held_ < kMostSliceBytes / 4; }

bool SliceRows::has_table_of(uint64_t rows) const {
  return std::ranges::find(tables_, rows, &Table::rows) != tables_.end();
}

uint64_t SliceRows::row_count() const {
  uint64_t rows = 0;
  for (const Table& table : tables_) rows += table.rows;
  return rows;
}

void SliceRows::begin(const Schema& schema) {
  const Result<size_t> number = writer_.add_table(schema.name, schema.columns);
  if (!number.ok()) {
    status_ = number.status();
    return;
  }
  tables_.push_back(
      {.announced = &schema, .held = {.table = *number, .time = time_column(schema.columns)}});
}

/// Whether the rows are in order, and none is before those that came.
bool SliceRows::is_next(Table& table, const RowBatch& batch) {
  if (!table.held.time) return true;
  const auto& times = std::get<Time64Column>(batch.columns[*table.held.time]);
  if (times.front().ns < table.last_ns || !std::ranges::is_sorted(times)) return false;
  table.last_ns = times.back().ns;
  return true;
}

void SliceRows::rows(const Schema& schema, const RowBatch& batch) {
  const auto found = std::ranges::find(tables_, &schema, &Table::announced);
  if (!status_.ok() || found == tables_.end() || batch.num_rows == 0) return;
  found->rows += batch.num_rows;
  found->is_ordered = found->is_ordered && is_next(*found, batch);
  std::vector<RowBatch> whole;
  whole.push_back(batch);
  // A batch may have more rows than a segment.
  for (RowBatch& part : cut_batches(std::move(whole), local::kScanRows)) {
    hold(*found, MeasuredBatch(std::move(part)));
  }
}

void SliceRows::hold(Table& table, MeasuredBatch&& batch) {
  if (table.is_ordered && !table.held.has_room_for(batch)) give(table);
  bytes_ += batch.bytes;
  held_bytes_ += batch.bytes;
  most_held_ = std::max(most_held_, held_bytes_);
  table.held.add(std::move(batch));
  if (held_bytes_ + writer_.unkept_bytes() <= kMostSliceBytes) return;
  overflowed_ = true;
  status_ = {Code::kLimit, "too many rows at once"};
}

void SliceRows::give(Table& table) {
  const SegmentRows empty{.table = table.held.table, .time = table.held.time};
  SegmentRows held = std::exchange(table.held, empty);
  held_bytes_ -= held.bytes;
  if (table.is_ordered) {
    if (held.rows > 0) writer_.add_segment(std::move(held));
    return;
  }
  writer_.add_rows(held.table,
                   ordered_by_time(std::move(held.batches), *held.time, local::kScanRows));
}

void SliceRows::finish() {
  for (Table& table : tables_) give(table);
}

}  // namespace pxq
