#pragma once

#include <vector>

#include "sink/result_sink.h"

namespace pxq {

/// Gives every call to several sinks, in their order.
class Tee final : public ResultSink {
 public:
  explicit Tee(std::vector<ResultSink*> sinks) : sinks_(std::move(sinks)) {}

  void begin(const Schema& schema) override {
    for (ResultSink* sink : sinks_) sink->begin(schema);
  }
  void rows(const Schema& schema, const RowBatch& batch) override {
    for (ResultSink* sink : sinks_) sink->rows(schema, batch);
  }
  void end(const Summary& summary) override {
    for (ResultSink* sink : sinks_) sink->end(summary);
  }

 private:
  std::vector<ResultSink*> sinks_;
};

}  // namespace pxq
