#pragma once

#include "base/status.h"

namespace pxq {

/// Whether gRPC may start: it aborts the whole process where the system gives it no descriptor for
/// what its threads wake each other by. kLimit, with what to do, where fewer are free than it and a
/// first connection take; nothing stays open.
Status enough_free_descriptors();

}  // namespace pxq
