#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "local/data/demo/usage.h"

namespace pxq::local::demo {

/// How often a process was seen with one stack in the ten seconds before a sample.
struct StackSample {
  int64_t id = 0;
  std::string_view stack;  // for ever
  int64_t count = 0;
};

/// What a profiler that looks a hundred times a second saw of a process.
std::vector<StackSample> stack_samples(uint64_t seed, const ProcessUse& use, int64_t time_ns);

}  // namespace pxq::local::demo
