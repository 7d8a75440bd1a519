#include "wire/replay.h"

#include "wire/attempt_source.h"

namespace pxq::wire {
namespace {

/// The streams of a recorded run, in their order.
class RecordedAttempts final : public AttemptSource {
 public:
  RecordedAttempts(RecordingReader& recording, const RunOptions& options, TimePoint start)
      : recording_(recording), options_(options), start_(start) {}

  Status read(Attempt& attempt) override {
    return attempt.go(recording_, recording_.header().address);
  }

  NextStream after(const Attempt& attempt, const Status& failure) override {
    const bool pending = attempt.probes_pending();
    if (recording_.next_attempt()) {
      waited_ = pending;
      return {recording_.resumed() ? NextStream::Kind::kGoOn : NextStream::Kind::kAgain};
    }
    if (pending || (waited_ && attempt.ran_out_unheard())) {
      return {NextStream::Kind::kNone,
              Retrying(options_.retry, options_.limits, false, start_).probes_too_slow()};
    }
    return {NextStream::Kind::kNone, failure};
  }

 private:
  RecordingReader& recording_;
  const RunOptions& options_;
  const TimePoint start_;
  bool waited_ = false;  // for probes, before this stream
};

}  // namespace

Summary replay(RecordingReader& recording, const RunOptions& options, ResultSink& sink) {
  const TimePoint start = MonotonicClock::now();
  RunOptions recorded = options;
  recorded.limits = recording.header().limits;  // messages name them
  // Recordings hold opened rows, which an attempt with an envelope refuses as plain text.
  recorded.envelope = nullptr;
  RecordedAttempts attempts(recording, recorded, start);
  return run_attempts(attempts, recorded, sink, start);
}

}  // namespace pxq::wire
