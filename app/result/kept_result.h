#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "model/row_batch.h"
#include "model/schema.h"
#include "sink/result_sink.h"

namespace pxq {

/// Passes a result on and keeps it, so that it can be written once more in another width. A result
/// that is too large for that is passed on alone.
class KeptResult final : public ResultSink {
 public:
  /// `next` may go before this does: nothing is passed on after end().
  explicit KeptResult(ResultSink& next) : next_(next) {}

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override;
  void tick() override { next_.tick(); }
  const Status& status() const override { return next_.status(); }
  bool satisfied() const override { return next_.satisfied(); }

  /// False where it is not kept whole.
  bool replay(ResultSink& sink) const;

 private:
  struct Part {
    std::shared_ptr<const Schema> table;
    std::optional<RowBatch> batch;  // none: the table begins
  };

  ResultSink& next_;
  std::vector<std::pair<const Schema*, std::shared_ptr<const Schema>>> tables_;
  std::vector<Part> parts_;
  size_t bytes_ = 0;
  bool too_large_ = false;
  std::optional<Summary> summary_;
};

}  // namespace pxq
