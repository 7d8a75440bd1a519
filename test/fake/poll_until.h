#pragma once

#include <chrono>
#include <thread>

#include "base/clock.h"

namespace pxq::fake {

/// Looks at what tells nobody when it changes, such as a file that another process writes, until
/// the condition holds; false when patience ended.
template <typename Condition>
bool poll_until(const Condition& condition, Duration patience) {
  const TimePoint end = MonotonicClock::now() + patience;
  while (!condition()) {
    if (MonotonicClock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace pxq::fake
