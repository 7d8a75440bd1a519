#include "local/exec/execution.h"

#include <fmt/format.h>

#include <string>

namespace pxq::local {

Status Holding::set(size_t bytes) {
  execution_.held_bytes += bytes - bytes_;  // wraps back where it shrinks
  bytes_ = bytes;
  if (execution_.held_bytes <= execution_.limits.held_bytes) return {};
  const size_t most = execution_.limits.held_bytes;
  const std::string size = most < 1024              ? fmt::format("{} bytes", most)
                           : most < size_t{1} << 20 ? fmt::format("{} KiB", most >> 10)
                                                    : fmt::format("{} MiB", most >> 20);
  return {Code::kLimit,
          fmt::format("{} needs more memory than the {} that a query may hold", call_, size),
          "Filter the rows or take a shorter window."};
}

}  // namespace pxq::local
