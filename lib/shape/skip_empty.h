#pragma once

#include <set>
#include <vector>

#include "sink/result_sink.h"

namespace pxq {

/// Announces a table when its first rows come: one without rows is not there.
class SkipEmpty final : public ResultSink {
 public:
  explicit SkipEmpty(ResultSink& next) : next_(next) {}

  void begin(const Schema& /*schema*/) override {}
  void rows(const Schema& schema, const RowBatch& batch) override {
    const bool begun = begun_.contains(&schema);
    if (!begun && batch.num_rows == 0) return;
    if (!begun) {
      begun_.insert(&schema);
      next_.begin(schema);
    }
    next_.rows(schema, batch);
  }
  void end(const Summary& summary) override { next_.end(summary); }

 private:
  ResultSink& next_;
  std::set<const Schema*> begun_;
};

}  // namespace pxq
