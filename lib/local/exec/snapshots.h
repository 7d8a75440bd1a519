#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "local/data/table_source.h"
#include "local/exec/execution.h"
#include "local/exec/frame.h"
#include "local/plan/plan.h"

namespace pxq::local {

/// How much a query has read: the rows and bytes that its sources let through.
struct ExecutionCounters {
  uint64_t bytes_processed = 0;
  uint64_t records_processed = 0;
};

/// The tables as one query sees them. Each is read once, at its first use, so that all of the
/// query's frames show the same moment; its columns go with its last announced scan, while the
/// storage of its strings stays in `storages`.
class Snapshots {
 public:
  Snapshots(const TableSet& tables, FunctionContext& functions,
            std::vector<std::shared_ptr<const void>>& storages)
      : tables_(tables), functions_(functions), storages_(storages) {}

  /// Says that scan() will come for this source. Do so for all before the first scan.
  void announce(const Operator::Source& source) { ++snapshots_[source.table].uses; }

  /// The source's columns and the rows with start <= time_ <= end. A table without time_ has no
  /// window. The table's own failure comes through; a table that is none of the set is kScript.
  Result<Frame> scan(const Operator::Source& source);

  const ExecutionCounters& counters() const { return counters_; }

 private:
  struct Snapshot {
    size_t uses = 0;
    const TableSource* table = nullptr;  // null until read
    Frame frame;
  };

  Status read(std::string_view name, Snapshot& snapshot);
  void count(const Frame& frame);

  const TableSet& tables_;
  FunctionContext& functions_;
  std::vector<std::shared_ptr<const void>>& storages_;
  std::unordered_map<std::string, Snapshot> snapshots_;
  ExecutionCounters counters_;
};

}  // namespace pxq::local
