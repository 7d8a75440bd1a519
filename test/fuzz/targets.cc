#include "fuzz/target.h"

namespace pxq::fuzz {

std::span<const Target> targets() {
  static constexpr Target kTargets[] = {
#define PXQ_FUZZ_TARGET(name, what) {#name, fuzz_##name},
#include "fuzz/targets.def"
#undef PXQ_FUZZ_TARGET
  };
  return kTargets;
}

}  // namespace pxq::fuzz
