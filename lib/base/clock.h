#pragma once

#include <chrono>

namespace pxq {

/// All limits and durations: a clock that no wall-clock jump disturbs.
using MonotonicClock = std::chrono::steady_clock;
using TimePoint = MonotonicClock::time_point;
using Duration = std::chrono::nanoseconds;

}  // namespace pxq
