#include "local/data/history/sample_log.h"

#include <algorithm>
#include <utility>

namespace pxq::local {

size_t SampleLog::add_table() {
  tables_.emplace_back();
  return tables_.size() - 1;
}

void SampleLog::add(size_t table, TableSamplePtr sample) {
  const int64_t time_ns = sample->time_ns;
  bytes_ += sample->bytes;
  tables_[table].samples.push_back(std::move(sample));
  shrink(time_ns);
}

/// The table whose oldest sample is the oldest that may go; null: none may.
SampleLog::Table* SampleLog::oldest_table() {
  Table* found = nullptr;
  for (Table& table : tables_) {
    if (table.samples.size() < 2) continue;
    if (found == nullptr || table.samples.front()->time_ns < found->samples.front()->time_ns) {
      found = &table;
    }
  }
  return found;
}

void SampleLog::shrink(int64_t newest_ns) {
  while (Table* table = oldest_table()) {
    const TableSample& oldest = *table->samples.front();
    if (bytes_ <= limits_.bytes && newest_ns - oldest.time_ns <= limits_.time.count()) return;
    bytes_ -= oldest.bytes;
    table->samples.pop_front();
    table->dropped = true;
  }
}

std::vector<TableSamplePtr> SampleLog::find(size_t table, const TimeWindow& window) const {
  const std::deque<TableSamplePtr>& samples = tables_[table].samples;
  const auto time = [](const TableSamplePtr& sample) { return sample->time_ns; };
  const auto first = std::ranges::lower_bound(samples, window.start_ns, {}, time);
  const auto last = std::ranges::upper_bound(first, samples.end(), window.end_ns, {}, time);
  return {first, last};
}

std::optional<int64_t> SampleLog::oldest(size_t table) const {
  const auto& samples = tables_[table].samples;
  return samples.empty() ? std::nullopt : std::optional(samples.front()->time_ns);
}

std::optional<int64_t> SampleLog::newest(size_t table) const {
  const auto& samples = tables_[table].samples;
  return samples.empty() ? std::nullopt : std::optional(samples.back()->time_ns);
}

}  // namespace pxq::local
