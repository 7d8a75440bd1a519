#include "wire/attempt_source.h"

#include <optional>
#include <utility>

namespace pxq::wire {

Summary run_attempts(AttemptSource& source, const RunOptions& options, ResultSink& sink,
                     TimePoint start) {
  std::optional<Attempt> attempt;
  attempt.emplace(options, sink, start);
  while (true) {
    Status end = source.read(*attempt);
    if (end.ok()) return attempt->close({});
    NextStream next = source.after(*attempt, end);
    switch (next.kind) {
      case NextStream::Kind::kNone: return attempt->close(std::move(next.verdict));
      // The start stays that of the first attempt, so that the elapsed time covers all of them.
      case NextStream::Kind::kAgain: attempt.emplace(options, sink, start); break;
      case NextStream::Kind::kGoOn: attempt->resume(std::move(end)); break;
    }
  }
}

}  // namespace pxq::wire
