#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace pxq {

/// Finds out whether the times of a table are all multiples of some seconds, as of rows that a
/// script counts by time. The last bin of a window that ends within it is counted in part, and
/// again in the next one.
class TimeBins {
 public:
  void note(int64_t time_ns);

  /// kLimit if a window that ends there has such a bin. `align_ns`: windows end on multiples of it;
  /// 0: anywhere.
  Status check(const std::string& table, int64_t end_ns, int64_t align_ns) const;

 private:
  int64_t step_ns_ = 0;  // all times are multiples of it
  int64_t last_ns_ = 0;
  uint64_t times_ = 0;  // how often another time came
};

}  // namespace pxq
