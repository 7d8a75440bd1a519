#pragma once

#include "local/functions/function.h"
#include "local/plan/plan.h"

namespace pxq::local {

/// The first function of an operator's expressions that runs only there, arguments before the
/// function that takes them; null where there is none.
const ScalarFunction* find_function(const Operator& op, Placement placement);

}  // namespace pxq::local
