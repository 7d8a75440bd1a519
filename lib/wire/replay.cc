#include "wire/replay.h"

#include <optional>

#include "wire/attempt.h"

namespace pxq::wire {

Summary replay(RecordingReader& recording, const RunOptions& options, ResultSink& sink) {
  const TimePoint start = MonotonicClock::now();
  const RecordingHeader& header = recording.header();
  RunOptions recorded = options;
  recorded.limits = header.limits;  // messages name them
  recorded.envelope = nullptr;
  std::optional<Attempt> attempt;
  attempt.emplace(recorded, sink, start);
  Status status = attempt->go(recording, header.address);
  bool waited = false;  // for probes, before this attempt
  while (!status.ok() && recording.next_attempt()) {
    waited = attempt->probes_pending();
    if (recording.resumed()) {
      attempt->resume(std::move(status));
    } else {
      attempt.emplace(recorded, sink, start);
    }
    status = attempt->go(recording, header.address);
  }
  if (attempt->probes_pending() || (waited && attempt->ran_out_unheard())) {
    status = Retrying(recorded.retry, header.limits, false, start).probes_too_slow();
  }
  return attempt->close(std::move(status));
}

}  // namespace pxq::wire
