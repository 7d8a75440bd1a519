#pragma once

#include <vector>

#include "sink/result_sink.h"

namespace pxq {

/// A stage that is wrong or right by the tables that there are: they wait until the first row of
/// any, and where it is wrong nothing is passed on at all.
class SettledStage : public ResultSink {
 public:
  void begin(const Schema& schema) final;
  void rows(const Schema& schema, const RowBatch& batch) final;
  void end(const Summary& summary) final;

  const Status& status() const final { return status_; }

 protected:
  explicit SettledStage(ResultSink& next) : next_(next) {}

  /// Looks at a table; a failure is the stage's. What begin() of the next one gets is admitted().
  virtual Status admit(const Schema& schema) = 0;
  virtual const Schema& admitted(const Schema& schema) = 0;
  /// All tables are admitted that were known before the first row.
  virtual Status settled() { return {}; }
  virtual void take(const Schema& schema, const RowBatch& batch) = 0;
  /// All rows came, whole or not.
  virtual void finish() {}

  void fail(Status status) {
    if (status_.ok()) status_ = std::move(status);
  }
  ResultSink& next() { return next_; }

 private:
  void settle();

  ResultSink& next_;
  std::vector<const Schema*> waiting_;
  bool settled_ = false;
  Status status_;
};

}  // namespace pxq
