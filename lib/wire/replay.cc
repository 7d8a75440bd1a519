#include "wire/replay.h"

#include "wire/attempt.h"

namespace pxq::wire {

Summary replay(RecordingReader& recording, const RunOptions& options, ResultSink& sink) {
  const TimePoint start = MonotonicClock::now();
  const RecordingHeader& header = recording.header();
  RunOptions recorded = options;
  recorded.limits = header.limits;  // messages name them
  recorded.envelope = nullptr;
  while (true) {
    Attempt attempt(recorded, sink, start);
    Status status = attempt.go(recording, header.address);
    if (!status.ok() && recording.next_attempt()) continue;
    if (attempt.probes_pending()) {
      status = Retrying(recorded.retry, header.limits, false, start).probes_too_slow();
    }
    Summary summary = attempt.close(std::move(status));
    return summary;
  }
}

}  // namespace pxq::wire
