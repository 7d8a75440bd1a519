#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "sink/result_sink.h"

namespace pxq {

/// The chain of sinks that a run's rows go through, and the one place that knows who is asked what.
/// It is itself the sink that the run is given.
class Pipe final : public ResultSink {
 public:
  /// `last` is where the rows end up; it outlives the pipe.
  explicit Pipe(ResultSink& last) : last_(last) {}

  /// Puts a sink before all that are there already: rows meet it first. It is made with the sink
  /// that follows it as its constructor's last argument, and lives as long as the pipe.
  template <typename Sink, typename... Arguments>
  Sink& put_before(Arguments&&... arguments) {
    auto stage = std::make_unique<Sink>(std::forward<Arguments>(arguments)..., first());
    Sink& made = *stage;
    stages_.push_back(std::move(stage));
    return made;
  }

  void begin(const Schema& schema) override { first().begin(schema); }
  void rows(const Schema& schema, const RowBatch& batch) override { first().rows(schema, batch); }
  void end(const Summary& summary) override { first().end(summary); }

  /// Every sink of the chain is told.
  void tick() override;

  /// The status of the first sink, in the order in which rows meet them, that cannot go on.
  const Status& status() const override;

  /// One of them is.
  bool satisfied() const override;

  /// The verdict of the first of them that finds fault. The last sink is not asked: whether what it
  /// wrote may stay is decided by this verdict, and it tells its own failure when it is told that.
  const Status& verdict() const override;

 private:
  ResultSink& first() const { return stages_.empty() ? last_ : *stages_.back(); }

  std::vector<std::unique_ptr<ResultSink>> stages_;  // against the order in which rows meet them
  ResultSink& last_;
};

}  // namespace pxq
