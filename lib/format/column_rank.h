#pragma once

#include "model/schema.h"

namespace pxq {

/// How much a reader misses a column that does not fit, from the first to go to the last. Names say
/// what a row is about, then what happened and how long it took, then when.
enum class ColumnRank {
  kConstant,   // the same in every row that is shown
  kBulk,       // headers and bodies
  kIdentity,   // UPIDs, UUIDs, numbers of processes
  kEndpoint,   // addresses and ports, which names stand for
  kSize,       // bytes
  kText,       // any other text
  kTime,       // time_
  kCount,      // numbers
  kDuration,   // latencies and quantiles
  kStatus,     // how it ended
  kOperation,  // method, path, query
  kName,       // service, pod, namespace, node, container
};

/// By the semantic type first, then by the names that Pixie's tables and scripts use.
ColumnRank column_rank(const ColumnInfo& column);

}  // namespace pxq
