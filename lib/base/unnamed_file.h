#pragma once

#include <string_view>

#include "base/status.h"
#include "base/unique_fd.h"

namespace pxq {

/// A private file in TMPDIR (or where this system keeps temporary files) that has no name and goes
/// away with its last descriptor, however the process ends. `what` names it in messages: "a
/// temporary file for ...". Failures are kOutput.
Result<UniqueFd> open_unnamed_file(std::string_view what);

}  // namespace pxq
