#pragma once

#include "wire/attempt.h"

namespace pxq::wire {

/// What becomes of a run after a stream of it that ended badly.
struct NextStream {
  enum class Kind {
    kNone,   // the run ends
    kAgain,  // it begins anew, as nothing of it has been seen
    kGoOn,   // what came stands, and the rest of the same query is read
  };
  Kind kind = Kind::kNone;
  Status verdict = {};  // of the run, where it ends
};

/// Where the streams of a run come from: calls of a server, or a recording of them.
class AttemptSource {
 public:
  AttemptSource() = default;
  AttemptSource(const AttemptSource&) = delete;
  AttemptSource& operator=(const AttemptSource&) = delete;
  virtual ~AttemptSource() = default;

  /// Reads one stream to its end with `attempt`, and says how it ended.
  virtual Status read(Attempt& attempt) = 0;

  /// After a stream that ended with `failure`: makes ready for the next one, or says how the run
  /// ends.
  virtual NextStream after(const Attempt& attempt, const Status& failure) = 0;
};

/// Leads a run from stream to stream, live, resumed or replayed, until one ends well or none comes,
/// and ends the sink.
Summary run_attempts(AttemptSource& source, const RunOptions& options, ResultSink& sink,
                     TimePoint start);

}  // namespace pxq::wire
