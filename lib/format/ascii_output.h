#pragma once

#include <memory>
#include <string>

#include "base/output.h"
#include "sink/result_sink.h"

namespace pxq {

/// Hands text on with our own signs as ASCII (text/ascii_signs.h).
class AsciiOutput final : public Output {
 public:
  /// `next` outlives it.
  explicit AsciiOutput(Output& next) : next_(next) {}

 protected:
  Status write(std::string_view bytes) override;

 private:
  Output& next_;
  std::string text_;
};

/// A sink whose output is made for it.
class AsciiSink final : public ResultSink {
 public:
  explicit AsciiSink(Output& next) : output_(next), next_(next) {}

  Output& output() { return output_; }
  /// Before anything else: what writes to output().
  void set_sink(std::unique_ptr<ResultSink> sink) { sink_ = std::move(sink); }

  void begin(const Schema& schema) override {
    sink_->begin(schema);
    pass_on_failure();
  }
  void rows(const Schema& schema, const RowBatch& batch) override { sink_->rows(schema, batch); }
  void end(const Summary& summary) override {
    sink_->end(summary);
    output_.flush();
  }
  void tick() override { sink_->tick(); }

 private:
  // What the sink finds wrong, it tells the output that it knows.
  void pass_on_failure() {
    if (!output_.status().ok()) next_.fail(output_.status());
  }

  AsciiOutput output_;
  Output& next_;
  std::unique_ptr<ResultSink> sink_;
};

}  // namespace pxq
