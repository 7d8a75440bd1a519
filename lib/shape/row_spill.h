#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"
#include "base/unique_fd.h"
#include "model/row_batch.h"

namespace pxq {

/// Where some rows stand in a RowSpill, one block behind the other.
struct SpilledRun {
  uint64_t position = 0;
  uint64_t end = 0;
};

/// Keeps rows of one table in a temporary file without a name, which goes away however the process
/// ends. Failures are kOutput: no room in TMPDIR, no such directory.
class RowSpill {
 public:
  /// Adds rows as one block behind all others.
  Status append(const RowBatch& batch);

  /// Where the next block will stand.
  uint64_t end() const { return end_; }

  /// The block at run.position, whose end that becomes. REQUIRES: run.position < run.end.
  Result<RowBatch> read(SpilledRun& run) const;

 private:
  UniqueFd file_;  // none before the first row
  uint64_t end_ = 0;
};

}  // namespace pxq
