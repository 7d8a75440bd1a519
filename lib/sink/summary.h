#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"

namespace pxq {

/// What the server says about its own work; sent once, normally last. Bytes and records count what
/// the query read, not what it returned. Times in nanoseconds.
struct ExecutionStats {
  int64_t execution_time_ns = 0;
  int64_t compilation_time_ns = 0;
  int64_t bytes_processed = 0;
  int64_t records_processed = 0;
};

/// How one table of a run ended.
struct TableSummary {
  std::string name;
  std::string id;
  uint64_t rows = 0;                     // received from the server
  std::optional<uint64_t> written = {};  // what the selection left of them; nothing: all
  uint64_t bytes = 0;                    // of batches, as received
  bool complete = false;                 // its end of stream was seen, and no gap before it
  bool capped = false;                   // exactly the server's row cap: probably cut
  bool gap = false;  // the stream was cut and resumed before its end: rows may be missing
};

/// The only value that flows back from a run: is the result whole, and what was in it. Built by the
/// ledger, handed to every sink's end() and to the command that started the run.
struct Summary {
  Status status;  // ok only if the result is proven whole
  std::vector<TableSummary> tables;
  std::optional<ExecutionStats> stats;
  std::string query_id;
  std::string cluster;   // the cluster that answered; empty for a direct address
  bool limited = false;  // whole by the user's own measure, which left rows out
  std::string_view limited_by = "limited by --limit";  // that measure
  uint64_t resumes = 0;                                // how often the stream was cut and went on
  uint64_t bytes_received = 0;
  Duration elapsed{0};
  Duration first_row{0};  // from the start to the first row; 0 without rows
};

}  // namespace pxq
