#pragma once

#include <functional>
#include <optional>
#include <stop_token>

#include "base/clock.h"
#include "base/status.h"
#include "wire/limits.h"

namespace pxq::wire {

/// How often and after what pauses a run that failed unseen is started again, or the rest of a cut
/// one asked for. Chance and waiting are given from outside, so that tests need neither.
struct RetryPolicy {
  int retries = 2;
  Duration first_pause = std::chrono::milliseconds(500);  // doubled each time
  Duration longest_pause = std::chrono::seconds(30);
  Duration probe_pause = std::chrono::seconds(5);    // between looks at probes being installed
  Duration probe_limit = std::chrono::seconds(120);  // for them, where the run has no limit
  Duration steady = std::chrono::seconds(30);        // a stream that held so long renews `retries`

  /// From 0 up to 1, every time another number.
  std::function<double()> chance;
  /// Waits; false when it was stopped.
  std::function<bool(Duration, const std::stop_token&)> wait;

  RetryPolicy();
};

/// What is known of an attempt that failed.
struct FailedAttempt {
  const Status& status;
  bool visible = false;  // rows have left us, so that another attempt would repeat them
  bool heard = false;    // the server sent something
  bool probes_pending = false;
  bool resumable = false;  // not repeated then, but asked for the rest
  Duration held{0};        // how long a stream lasted that brought something
};

/// Decides about another attempt, keeping account of the attempts and the time of one run.
class Retrying {
 public:
  /// `repeatable`: the script may run twice.
  Retrying(const RetryPolicy& policy, const TimeLimits& limits, bool repeatable, TimePoint start);

  /// When connecting began, where something else of the run came first.
  void connect_from(TimePoint now) { connect_start_ = now; }

  /// The pause before the next attempt; nothing if there is to be none.
  std::optional<Duration> pause_after(const FailedAttempt& attempt, TimePoint now);

  /// The limits that are left for an attempt that starts now.
  TimeLimits limits_left(TimePoint now) const;

  /// Why waiting for probes ended.
  Status probes_too_slow() const;

 private:
  std::optional<Duration> probe_pause(TimePoint now) const;
  Duration probe_limit() const;

  const RetryPolicy& policy_;
  const TimeLimits limits_;
  const bool repeatable_;
  const TimePoint start_;
  TimePoint connect_start_;
  int used_ = 0;
};

}  // namespace pxq::wire
