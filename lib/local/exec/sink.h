#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "local/exec/executor.h"
#include "local/exec/frame.h"

namespace pxq::local {

/// Cuts one output's rows into batches of kBatchRows. The last batch waits until it is known to be
/// the last.
class Sink {
 public:
  Sink(size_t number, const Execution& execution, BatchReceiver& receiver)
      : number_(number), execution_(execution), receiver_(receiver) {}

  /// kInterrupted when the receiver has had enough.
  Status take(const Frame& frame);

  /// Gives what waits, though more will come.
  Status flush() { return next_.num_rows == 0 ? Status() : give(false); }

  /// Gives what waits. An output that never had rows gets the columns of its relation.
  Status finish(const std::vector<ColumnInfo>& relation);

 private:
  Status give(bool last);

  const size_t number_;
  const Execution& execution_;
  BatchReceiver& receiver_;
  RowBatch next_;
  std::vector<std::shared_ptr<const void>> memories_;  // of next_'s strings
};

}  // namespace pxq::local
