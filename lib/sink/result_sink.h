#pragma once

#include "base/status.h"
#include "model/row_batch.h"
#include "model/schema.h"
#include "sink/summary.h"

namespace pxq {

/// Takes a run's tables as they arrive. Calls come from one thread in stream order: begin() of a
/// table before its rows(); tables may interleave; end() exactly once, also after an error or an
/// interrupt. A schema given to begin() lives until end() returns and its address tells tables
/// apart; a batch lives only during the call. No call returns a failure: whoever drives the sink
/// asks status() and satisfied() once per batch, and verdict() after the end. A sink answers for
/// itself alone; a Pipe (sink/pipe.h) asks all sinks of a chain.
class ResultSink {
 public:
  ResultSink() = default;
  ResultSink(const ResultSink&) = delete;
  ResultSink& operator=(const ResultSink&) = delete;
  virtual ~ResultSink() = default;

  virtual void begin(const Schema& schema) = 0;
  virtual void rows(const Schema& schema, const RowBatch& batch) = 0;
  virtual void end(const Summary& summary) = 0;

  /// Time passed, with rows or without: called about ten times a second while a run goes on, also
  /// while nothing comes. A sink that waits for more before it shows what it has need not wait for
  /// ever. Says nothing of order: tables may not have begun.
  virtual void tick() {}

  /// Why the run must not go on: the first failure, which stays.
  virtual const Status& status() const { return fine(); }

  /// The user has all the rows wanted: nothing that may still come would be shown.
  virtual bool satisfied() const { return false; }

  /// After end(): what is wrong with the result as a whole, where the run itself went well.
  virtual const Status& verdict() const { return status(); }

 protected:
  static const Status& fine() {
    static const Status status;
    return status;
  }
};

}  // namespace pxq
