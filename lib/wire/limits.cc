#include "wire/limits.h"

#include <utility>

namespace pxq::wire {

LimitWatch::LimitWatch(const TimeLimits& limits, TimePoint start, Actions actions)
    : limits_(limits),
      start_(start),
      actions_(std::move(actions)),
      last_message_(start),
      thread_([this] { watch(); }) {}

LimitWatch::~LimitWatch() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

// The watching thread is not woken by every message: it looks again when its deadline has come.
void LimitWatch::touch() {
  const std::lock_guard lock(mutex_);
  last_message_ = MonotonicClock::now();
  connecting_ = false;
  forgiven_ = false;
}

// A pause is rare: its deadline is another one, so the watching thread is woken.
void LimitWatch::pause(bool paused) {
  {
    const std::lock_guard lock(mutex_);
    paused_ = paused;
    told_held_ = false;
    last_message_ = MonotonicClock::now();
  }
  changed_.notify_all();
}

void LimitWatch::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_requested_ = true;
  }
  changed_.notify_all();
}

TimePoint LimitWatch::next_deadline(Ended& reason) const {
  TimePoint deadline = TimePoint::max();
  const auto consider = [&](Duration limit, TimePoint since, Ended why) {
    if (limit > Duration::zero() && since + limit < deadline) {
      deadline = since + limit;
      reason = why;
    }
  };
  consider(limits_.total, start_, Ended::kTotal);
  if (!paused_) consider(limits_.idle, last_message_, Ended::kIdle);
  if (paused_ && !told_held_) consider(limits_.held, last_message_, Ended::kNot);
  if (connecting_) consider(limits_.connect, start_, Ended::kConnect);
  return deadline;
}

// Whether a limit that has passed asks first if there is a connection by now.
bool LimitWatch::is_connecting(Ended reason) const {
  if (!connecting_) return false;
  return reason == Ended::kConnect ||
         (reason == Ended::kIdle && limits_.connect > Duration::zero());
}

void LimitWatch::watch() {
  std::unique_lock lock(mutex_);
  while (!done_) {
    if (stop_requested_) return run(lock, Ended::kStopped);
    Ended reason = Ended::kNot;
    const TimePoint deadline = next_deadline(reason);
    const TimePoint now = MonotonicClock::now();
    if (deadline == TimePoint::max()) {
      changed_.wait(lock);
    } else if (now < deadline) {
      changed_.wait_until(lock, deadline);
    } else if (reason == Ended::kIdle && now - deadline > kOverslept && !forgiven_) {
      // Nobody could listen while this machine slept, so the silence is forgiven once. A server
      // that is gone stays silent for another whole limit.
      forgiven_ = true;
      last_message_ = now;
    } else if (is_connecting(reason)) {
      connecting_ = !actions_.connected();
      if (!connecting_) continue;
      if (reason == Ended::kConnect) return run(lock, reason);
      last_message_ = now;  // who is not there yet is not silent
    } else if (reason == Ended::kNot) {
      tell_held(lock);
    } else {
      return run(lock, reason);
    }
  }
}

void LimitWatch::tell_held(std::unique_lock<std::mutex>& lock) {
  told_held_ = true;
  lock.unlock();
  actions_.held();
  lock.lock();
}

void LimitWatch::run(std::unique_lock<std::mutex>& lock, Ended reason) {
  lock.unlock();
  actions_.expire(reason);
  lock.lock();
  // gRPC may hang even in a call that was cancelled; after the grace the run ends without it.
  if (!changed_.wait_for(lock, kGrace, [&] { return done_; })) {
    lock.unlock();
    actions_.abandon();
    lock.lock();
  }
}

}  // namespace pxq::wire
