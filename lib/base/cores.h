#pragma once

#include <sched.h>

#include <algorithm>

namespace pxq {

/// How many processors this process may use at once: at least one.
inline int usable_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  // A machine with more processors than the set has room for refuses: it has some to spare.
  if (::sched_getaffinity(0, sizeof cores, &cores) != 0) return CPU_SETSIZE;
  return std::max(1, CPU_COUNT(&cores));
}

}  // namespace pxq
