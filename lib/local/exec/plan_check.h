#pragma once

#include "base/status.h"
#include "local/plan/plan.h"

namespace pxq::local {

/// kInternal unless the operator's inputs are as many as its kind takes and all the column numbers
/// in it exist, so that the operators need not look again. Expressions are checked as they run.
Status check_operator(const Operator& node);

}  // namespace pxq::local
