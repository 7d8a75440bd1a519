#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "connect/connection.h"
#include "local/snapshot/writer.h"
#include "snapshot/progress.h"
#include "snapshot/row_script.h"

namespace pxq {

/// Since when there are rows, by table; tables without any are not in it. Before the moment
/// that was asked for, only that there are some.
using Oldest = std::map<std::string, int64_t>;

Result<Oldest> ask_oldest(const Connection& connection, const std::vector<CatalogueTable>& tables,
                          int64_t start_ns);

/// Reads all rows of a window slice by slice, the oldest first as they are the first to be evicted,
/// and writes each slice once it has come whole. A slice with more rows than can be kept, or as
/// many as a server caps, is asked for in shorter ones; one that was cut is asked for again.
Status read_rows(const Connection& connection, const std::vector<CatalogueTable>& tables,
                 const Slice& window, const Discretion& discretion,
                 local::snapshot::SnapshotWriter& writer, SnapshotProgress& progress);

}  // namespace pxq
