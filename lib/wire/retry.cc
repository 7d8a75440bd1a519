#include "wire/retry.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>

namespace pxq::wire {
namespace {

double random_chance() {
  thread_local std::mt19937_64 engine(std::random_device{}());
  return std::uniform_real_distribution<double>()(engine);
}

bool wait_or_stop(Duration pause, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, pause, [] { return false; });
  return !stop.stop_requested();
}

// What remains of a limit; a limit that has passed must not become 0, which means none.
Duration left_of(Duration limit, Duration spent) {
  if (limit == Duration::zero()) return limit;
  return std::max<Duration>(limit - spent, std::chrono::milliseconds(1));
}

bool is_transient(Code code) {
  return code == Code::kConnect || code == Code::kServer || code == Code::kIncomplete;
}

}  // namespace

RetryPolicy::RetryPolicy() : chance(random_chance), wait(wait_or_stop) {}

Retrying::Retrying(const RetryPolicy& policy, const TimeLimits& limits, bool repeatable,
                   TimePoint start)
    : policy_(policy),
      limits_(limits),
      repeatable_(repeatable),
      start_(start),
      connect_start_(start) {}

TimeLimits Retrying::limits_left(TimePoint now) const {
  TimeLimits left = limits_;
  left.total = left_of(limits_.total, now - start_);
  left.connect = left_of(limits_.connect, now - connect_start_);
  return left;
}

std::optional<Duration> Retrying::pause_after(const FailedAttempt& attempt, TimePoint now) {
  // Only attempts that never reached the server count against the connect limit.
  const bool unreached = attempt.status.code() == Code::kConnect && !attempt.heard;
  if (attempt.probes_pending) {
    connect_start_ = now + policy_.probe_pause;
    return probe_pause(now);
  }
  if (!attempt.status.retryable() || !is_transient(attempt.status.code())) return std::nullopt;
  if (!attempt.resumable && (attempt.visible || !repeatable_)) return std::nullopt;
  // A stream that is cut every hour is resumed every hour; one that is cut at once is not for ever.
  if (attempt.resumable && attempt.held >= policy_.steady) used_ = 0;
  if (used_ >= policy_.retries) return std::nullopt;
  // The shift stays within its type; the longest pause is reached long before.
  const int64_t doubled = int64_t{1} << std::min(used_, 16);
  const Duration longest = std::min<Duration>(policy_.longest_pause, policy_.first_pause * doubled);
  // Any part of the pause, by chance: clients that lost one server together must not all come back
  // at once.
  const Duration pause(
      static_cast<int64_t>(policy_.chance() * static_cast<double>(longest.count())));
  if (!unreached) connect_start_ = now + pause;
  const auto too_late = [&](Duration limit, TimePoint since) {
    return limit > Duration::zero() && now + pause - since >= limit;
  };
  // A pause that ends behind a limit would only put the failure off.
  if (too_late(limits_.total, start_)) return std::nullopt;
  if (unreached && too_late(limits_.connect, connect_start_)) return std::nullopt;
  ++used_;
  return pause;
}

Duration Retrying::probe_limit() const {
  return limits_.total > Duration::zero() ? limits_.total : policy_.probe_limit;
}

std::optional<Duration> Retrying::probe_pause(TimePoint now) const {
  const Duration left = probe_limit() - (now - start_);
  if (left <= Duration::zero()) return std::nullopt;
  return std::min(left, policy_.probe_pause);
}

Status Retrying::probes_too_slow() const {
  return Status(Code::kTimeout,
                fmt::format("the script's probes were not ready within {:g} s",
                            std::chrono::duration<double>(probe_limit()).count()),
                "--timeout changes the limit")
      .with_retryable(true);
}

}  // namespace pxq::wire
