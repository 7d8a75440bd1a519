#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace pxq::fake {

/// Seeds of what is tried by chance: the first `count` numbers, always the same ones, so that a
/// suite that passes does so again. PXQ_SEED=N tries that one alone, PXQ_SEED=new as many that
/// nobody chose.
inline std::vector<uint64_t> seeds(size_t count) {
  std::vector<uint64_t> all;
  uint64_t first = 1;
  if (const char* given = std::getenv("PXQ_SEED"); given != nullptr) {
    char* end = nullptr;
    first = std::strtoull(given, &end, 10);
    if (end != given) return {first};
    first = static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  }
  for (size_t i = 0; i < count; ++i) all.push_back(first + i);
  return all;
}

}  // namespace pxq::fake
