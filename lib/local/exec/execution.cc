#include "local/exec/execution.h"

#include <fmt/format.h>

namespace pxq::local {

Status Holding::set(size_t bytes) {
  execution_.held_bytes += bytes - bytes_;  // wraps back where it shrinks
  bytes_ = bytes;
  if (execution_.held_bytes <= execution_.limits.held_bytes) return {};
  return {Code::kLimit,
          fmt::format("{} needs more memory than the {} MiB that a query may hold", call_,
                      execution_.limits.held_bytes >> 20),
          "Filter the rows or take a shorter window."};
}

}  // namespace pxq::local
