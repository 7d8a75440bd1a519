#pragma once

#include <chrono>
#include <cstdint>

namespace pxq {

/// Nanoseconds since 1970 by the wall clock, which may jump: for what is told, never for limits.
inline int64_t wall_clock_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace pxq
