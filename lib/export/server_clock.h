#pragma once

#include <cstdint>
#include <optional>

#include "sink/result_sink.h"

namespace pxq {

/// Takes the table of the server's time out of a run, whose other sinks never see it; see
/// add_clock_question().
class ServerClock final : public ResultSink {
 public:
  /// `sent_ns` is this machine's time when the question is sent.
  ServerClock(int64_t sent_ns, ResultSink& next) : sent_ns_(sent_ns), next_(next) {}

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override;
  void tick() override { next_.tick(); }

  const Status& status() const override { return status_.ok() ? next_.status() : status_; }
  bool satisfied() const override { return next_.satisfied(); }
  const Status& verdict() const override { return status_.ok() ? next_.verdict() : status_; }

  /// The server's time; nothing: it has not been told.
  std::optional<int64_t> now_ns() const { return now_ns_; }

  /// How far the server's clock is ahead of this machine's, at least; 0 where the answer came
  /// between question and receipt.
  std::optional<int64_t> ahead_ns() const { return ahead_ns_; }

  /// Ends the run where the server's time is not between these two: its window was cut by another.
  void refuse_outside(int64_t earliest_ns, int64_t latest_ns) {
    earliest_ns_ = earliest_ns;
    latest_ns_ = latest_ns;
  }
  bool refused() const { return !status_.ok(); }

 private:
  int64_t sent_ns_;
  int64_t earliest_ns_ = INT64_MIN;
  int64_t latest_ns_ = INT64_MAX;
  ResultSink& next_;
  const Schema* clock_ = nullptr;
  std::optional<int64_t> now_ns_;
  std::optional<int64_t> ahead_ns_;
  Status status_;
};

/// The summary of the script's own tables.
Summary without_clock(Summary summary);

}  // namespace pxq
