#pragma once

#include <span>
#include <vector>

#include "base/status.h"
#include "local/exec/execution.h"
#include "local/exec/frame.h"
#include "local/plan/plan.h"

namespace pxq::local {

/// One column per expression, over all rows of `input`. A sub-expression that several expressions
/// share is computed once and dropped after its last use. A kernel that returns the wrong type or
/// number of values is kInternal.
Result<std::vector<ColumnPtr>> evaluate(std::span<const ExpressionPtr> expressions,
                                        const Frame& input, const Execution& execution);

}  // namespace pxq::local
