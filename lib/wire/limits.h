#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>

#include "base/clock.h"

namespace pxq::wire {

/// How long a call may take; 0 means no limit. Any message, zero-row heartbeats included, starts
/// the idle time anew. 200 s lies just above the server's own 180 s
/// so that its reason arrives first.
struct TimeLimits {
  Duration connect = std::chrono::seconds(5);
  Duration idle = std::chrono::seconds(200);
  Duration total{0};
  Duration held = std::chrono::seconds(10);  // no limit: a writer this slow is told of
};

/// Why a call was ended from our side.
enum class Ended { kNot, kConnect, kIdle, kTotal, kStopped };

/// Watches a call's limits on a thread of its own, so that they hold even where gRPC hangs. Calls
/// `expire` once, with the limit that passed, and after `grace` more calls `abandon`: whoever still
/// waits for gRPC then must not wait longer. A pause that lasts is told of, once, by `held`.
class LimitWatch {
 public:
  struct Actions {
    std::function<bool()> connected;
    std::function<void(Ended)> expire;
    std::function<void()> abandon;
    std::function<void()> held;
  };

  LimitWatch(const TimeLimits& limits, TimePoint start, Actions actions);
  LimitWatch(const LimitWatch&) = delete;
  LimitWatch& operator=(const LimitWatch&) = delete;
  /// Stops watching; no action runs after this.
  ~LimitWatch();

  /// A message came.
  void touch();
  /// Reading is paused because the writer is slow: the server's silence is not its fault.
  void pause(bool paused);
  /// Ends the call from outside (a signal), as if a limit had passed.
  void stop();

  static constexpr Duration kGrace = std::chrono::milliseconds(1200);
  /// A thread that wakes so late was stopped itself (Ctrl-Z, a suspended machine) and could hear
  /// nothing meanwhile, so silence is counted anew.
  static constexpr Duration kOverslept = std::chrono::milliseconds(500);

 private:
  void watch();
  void run(std::unique_lock<std::mutex>& lock, Ended reason);
  void tell_held(std::unique_lock<std::mutex>& lock);
  TimePoint next_deadline(Ended& reason) const;
  bool is_connecting(Ended reason) const;

  const TimeLimits limits_;
  const TimePoint start_;
  const Actions actions_;
  std::mutex mutex_;
  std::condition_variable changed_;
  TimePoint last_message_;
  bool connecting_ = true;
  bool forgiven_ = false;  // once a silence
  bool paused_ = false;
  bool told_held_ = false;
  bool stop_requested_ = false;
  bool done_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pxq::wire
