#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>

#include "base/status.h"
#include "local/data/table_source.h"
#include "local/exec/execution.h"
#include "local/exec/scan.h"
#include "local/functions/function.h"
#include "local/plan/plan.h"
#include "model/row_batch.h"

namespace pxq::local {

/// Takes the rows of a plan's sinks, in the thread that runs execute().
class BatchReceiver {
 public:
  BatchReceiver() = default;
  BatchReceiver(const BatchReceiver&) = delete;
  BatchReceiver& operator=(const BatchReceiver&) = delete;
  virtual ~BatchReceiver() = default;

  /// The next rows of plan.sinks[sink], at most kBatchRows of them; the last batch, which may be
  /// empty, has eos. Sinks that read the same table may take turns, but end in the plan's order.
  /// The batch owns its strings and may be kept. False ends the query.
  virtual bool batch(size_t sink, RowBatch&& batch) = 0;
};

inline constexpr size_t kBatchRows = 1024;

/// How a query with streams goes on after the rows that are there.
struct Following {
  std::function<int64_t()> now;
  /// What is known of the cluster then; null: what the query began with.
  std::function<std::shared_ptr<const ClusterState>(int64_t now_ns)> cluster = nullptr;
  /// Lets some time pass; false once the query is to stop.
  std::function<bool()> wait;
};

/// Runs a plan to its end, batch by batch: memory follows what aggregates and joins hold, not what
/// tables have. `context` gives the time and the agent; its `strings` are not used: batches carry
/// theirs. Tables are read as few times as possible, and no further than somebody wants rows.
/// Failures: a table's own; kScript for a table that is none of the set; kLimit beyond `limits`;
/// kInterrupted when `stop` asks for it or the receiver has had enough; kInternal when the plan, a
/// table or a function breaks its contract. After a failure sinks lack their eos. Outputs that
/// stream come last; without `following` they end with the rows that are there.
Result<ExecutionCounters> execute(const Plan& plan, const TableSet& tables, FunctionContext context,
                                  BatchReceiver& receiver, std::stop_token stop,
                                  const ExecutionLimits& limits = {},
                                  const Following* following = nullptr);

}  // namespace pxq::local
