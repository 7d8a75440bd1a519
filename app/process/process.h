#pragma once

#include "base/status.h"

namespace pxq {

/// Puts the process into a known state before anything else: descriptors 0 to 2 are open, so that
/// no socket becomes stdout; no core dump, since memory may hold a key; gRPC's own logging and
/// tracing is silent, since it would print one; gRPC and malloc use memory as docs/performance.md
/// says, whatever the environment says; as many files may be open as the system allows. Says
/// whether stdout was closed by the parent.
Status prepare_process();

/// Ends the process without winding anything up: gRPC's threads still run, and nothing static may
/// go away under them. REQUIRES: all output is written.
[[noreturn]] void leave_process(int code);

}  // namespace pxq
