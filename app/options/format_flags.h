#pragma once

#include "base/status.h"
#include "format/format.h"
#include "options/output_options.h"

namespace pxq {

/// kUsage for a flag that would change nothing in what the plan's format writes, with the formats
/// in which it does something. A destination of its own form, such as a database, keeps values as
/// they are. Of `plan`, kind and format are known.
Status check_heard(const OutputOptions& options, const OutputPlan& plan);

}  // namespace pxq
