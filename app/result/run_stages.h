#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <utility>

#include "sink/result_sink.h"

namespace pxq {

/// Passes everything on, and is satisfied as soon as somebody else says that it is enough.
class Enough final : public ResultSink {
 public:
  Enough(std::function<bool()> enough, ResultSink& next)
      : enough_(std::move(enough)), next_(next) {}

  void begin(const Schema& schema) override { next_.begin(schema); }
  void rows(const Schema& schema, const RowBatch& batch) override { next_.rows(schema, batch); }
  void end(const Summary& summary) override { next_.end(summary); }
  bool satisfied() const override { return enough_(); }

 private:
  const std::function<bool()> enough_;
  ResultSink& next_;
};

/// Completes what is known of a run at its end, before formats are told.
class MarkedEnd final : public ResultSink {
 public:
  MarkedEnd(std::function<void(Summary&)> mark, ResultSink& next)
      : mark_(std::move(mark)), next_(next) {}

  void begin(const Schema& schema) override { next_.begin(schema); }
  void rows(const Schema& schema, const RowBatch& batch) override { next_.rows(schema, batch); }
  void end(const Summary& summary) override {
    Summary marked = summary;
    mark_(marked);
    next_.end(marked);
  }

 private:
  const std::function<void(Summary&)> mark_;
  ResultSink& next_;
};

/// Puts the column `_run_` before all others: when the run began that a row is of. So rows of runs
/// that follow each other can be told apart.
class RunColumn final : public ResultSink {
 public:
  RunColumn(int64_t started_ns, ResultSink& next) : started_ns_(started_ns), next_(next) {}

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override { next_.end(summary); }

 private:
  const int64_t started_ns_;
  ResultSink& next_;
  std::deque<Schema> schemas_;
  std::map<const Schema*, const Schema*> widened_;
};

}  // namespace pxq
