#include "local/snapshot/gatherer.h"

#include <algorithm>
#include <utility>

#include "model/time_order.h"

namespace pxq::local::snapshot {
namespace {

constexpr size_t kRowsEach = 8192;
constexpr size_t kMostOfTable = size_t{16} << 20;
constexpr size_t kMostOfAll = size_t{48} << 20;

}  // namespace

void Gatherer::add(size_t table, const RowBatch& batch) {
  if (tables_.size() <= table) tables_.resize(table + 1);
  MeasuredBatch measured(batch);
  if (tables_[table].rows + batch.num_rows > kSegmentRows) write(table);
  Held& held = tables_[table];
  held.batches.push_back(std::move(measured.rows));
  held.rows += batch.num_rows;
  held.bytes += measured.bytes;
  bytes_ += measured.bytes;
  if (held.rows >= kSegmentRows || held.bytes >= kMostOfTable) write(table);
  if (bytes_ < kMostOfAll) return;
  const auto largest = std::ranges::max_element(tables_, {}, &Held::bytes);
  write(static_cast<size_t>(largest - tables_.begin()));
}

void Gatherer::write(size_t table) {
  Held held = std::exchange(tables_[table], {});
  bytes_ -= held.bytes;
  if (held.rows == 0) return;
  const auto time = time_column(writer_.contents().tables[table].columns);
  writer_.add_rows(table, time ? ordered_by_time(std::move(held.batches), *time, kRowsEach)
                               : cut_batches(std::move(held.batches), kRowsEach));
  writer_.keep();
}

void Gatherer::finish() {
  for (size_t table = 0; table < tables_.size(); ++table) write(table);
}

}  // namespace pxq::local::snapshot
