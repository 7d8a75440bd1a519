#pragma once

#include <cstdint>
#include <functional>
#include <span>
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

/// One reading of a table for several sources at once: each gets its own columns and window.
class Scan {
 public:
  Scan(const TableSource& table, std::vector<const Operator::Source*> sources);

  /// The rows of a window of one source's own.
  Scan(const TableSource& table, const Operator::Source& source, const TimeWindow& window);

  /// Gives source number i its next rows. OK and true: go on; OK and false: nobody wants more.
  using Deliver = std::function<Result<bool>(std::vector<Frame> frames)>;

  /// `frames` of `deliver` are by source, without rows where nothing of a batch is for it.
  Status run(Execution& execution, ExecutionCounters& counters, const Deliver& deliver) const;

 private:
  class Receiver;

  const TableSource& table_;
  const std::vector<const Operator::Source*> sources_;
  std::vector<size_t> columns_;  // those that are read
  size_t time_ = SIZE_MAX;       // where time_ is among them, if it must be looked at
  TimeWindow window_;
};

TimeWindow window_of(const Operator::Source& source);

}  // namespace pxq::local
