#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"

namespace pxq::wire {

struct MutationInfo;

/// A stream that was cut and goes on.
struct Resumption {
  const Status& cut;
  uint64_t rows = 0;   // that had come, of all tables
  bool lossy = false;  // of tables that had not ended: rows in between may be lost
};

/// One message of a stream.
struct MessageNews {
  size_t bytes = 0;
  std::string_view kind = {};  // "rows", "a table", "statistics" and the like
};

/// How far a run is.
struct RunProgress {
  Duration elapsed{0};
  bool heard = false;  // the server has sent something
  uint64_t rows = 0;   // that have come
};

/// What happens while a run goes on, beside its rows. Each call is there to be told to somebody;
/// none changes the run. All come from the thread of the run, but for held().
class RunEvents {
 public:
  RunEvents() = default;
  RunEvents(const RunEvents&) = delete;
  RunEvents& operator=(const RunEvents&) = delete;
  virtual ~RunEvents() = default;

  /// For whoever wants to hear nothing.
  static RunEvents& unheard();

  /// An attempt failed so, and is repeated or resumed after the pause.
  virtual void retrying(const Status& /*failure*/, Duration /*pause*/) {}

  /// A resumed stream has brought its first message; its rows come next.
  virtual void resumed(const Resumption& /*at*/) {}

  /// The server says this of the rows.
  virtual void note(std::string_view /*text*/) {}

  /// Something in a stream is odd and does no harm.
  virtual void odd(std::string_view /*what*/) {}

  /// The destination has been taking no rows for TimeLimits::held, and the server now waits for it.
  /// From another thread.
  virtual void held() {}

  /// A message has come.
  virtual void message(const MessageNews& /*news*/) {}

  /// Time passes: about ten times a second, from the moment of asking on.
  virtual void tick(const RunProgress& /*progress*/) {}

  /// Rows go to the destination next.
  virtual void rows_come() {}

  /// Nothing more comes; the destination is told next.
  virtual void ended() {}

  /// How the script's probes are, each time the server says so.
  virtual void probes(const MutationInfo& /*info*/) {}
};

}  // namespace pxq::wire
