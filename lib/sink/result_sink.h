#pragma once

#include "model/row_batch.h"
#include "model/schema.h"
#include "sink/summary.h"

namespace pxq {

/// Takes a run's tables as they arrive. Calls come from one thread in stream order: begin() of a
/// table before its rows(); tables may interleave; end() exactly once, also after an error or an
/// interrupt, and with no call after it. A schema given to begin() lives until end() returns and
/// its address tells tables apart; a batch lives only during the call. Nothing is returned: a
/// destination's failure stays in its Output, which the driver asks once per batch.
class ResultSink {
 public:
  ResultSink() = default;
  ResultSink(const ResultSink&) = delete;
  ResultSink& operator=(const ResultSink&) = delete;
  virtual ~ResultSink() = default;

  virtual void begin(const Schema& schema) = 0;
  virtual void rows(const Schema& schema, const RowBatch& batch) = 0;
  virtual void end(const Summary& summary) = 0;
};

}  // namespace pxq
