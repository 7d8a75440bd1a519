#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "local/data/table_source.h"

namespace pxq::local {

/// All that a table held at one moment: whole rows, whose time_ is that moment.
struct TableSample {
  int64_t time_ns = 0;
  std::vector<RowBatch> batches;  // all columns of the relation
  size_t bytes = 0;               // of memory
};
using TableSamplePtr = std::shared_ptr<const TableSample>;

/// How much of the past may be kept.
struct HistoryLimits {
  size_t bytes = size_t{256} << 20;       // of all tables together
  Duration time = std::chrono::hours(1);  // back from the newest sample
};

/// The samples of several tables, by ascending time. What exceeds the limits goes, the oldest
/// first; the newest sample of a table always stays.
class SampleLog {
 public:
  explicit SampleLog(const HistoryLimits& limits) : limits_(limits) {}

  void set_limits(const HistoryLimits& limits) { limits_ = limits; }
  size_t add_table();

  /// REQUIRES: the table's samples come with ascending times.
  void add(size_t table, TableSamplePtr sample);

  /// Those inside the window.
  std::vector<TableSamplePtr> find(size_t table, const TimeWindow& window) const;
  std::optional<int64_t> oldest(size_t table) const;
  std::optional<int64_t> newest(size_t table) const;
  bool has_dropped(size_t table) const { return tables_[table].dropped; }
  size_t bytes() const { return bytes_; }

 private:
  struct Table {
    std::deque<TableSamplePtr> samples;
    bool dropped = false;  // some of them
  };

  void shrink(int64_t newest_ns);
  Table* oldest_table();

  HistoryLimits limits_;
  std::vector<Table> tables_;
  size_t bytes_ = 0;
};

}  // namespace pxq::local
