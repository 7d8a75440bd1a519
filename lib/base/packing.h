#pragma once

#include "base/cores.h"

namespace pxq {

/// Who packs what is written: as the machine's processors have it, the caller's thread, another one
/// too.
enum class Packing { kByCores, kHere, kAside };

/// Whether another thread may help once there is enough to pack: on two processors or more.
inline bool may_get_help(Packing packing) {
  return packing == Packing::kByCores && usable_cores() >= 2;
}

}  // namespace pxq
