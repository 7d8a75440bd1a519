#pragma once

#include "base/status.h"
#include "format/format.h"
#include "options/output_options.h"

namespace pxq {

/// kUsage for a flag that would change nothing in what `format` writes, with the formats in which
/// it does something. nullptr: a destination of its own form, such as a database, which keeps
/// values as they are.
Status check_heard(const OutputOptions& options, const Format* format);

}  // namespace pxq
