#pragma once

#include <string_view>

#include "base/status.h"

namespace pxq {

/// The process's exit codes, stable and documented (docs/exit-codes.md). This is
/// the one place where a Code becomes a number. kInterrupted has none: the process dies by the
/// signal instead.
int exit_code(Code code);

/// The word for `error` in `--errors json`.
std::string_view error_name(Code code);

}  // namespace pxq
