#pragma once

#include "local/plan/plan_graph.h"

namespace pxq::local {

/// PxL has no NULL, so count() of a column is the number of rows, whichever column it is: this lets
/// it count one that is read in any case. What nobody needs then, pruning takes out.
void count_rows(PlanGraph& graph);

}  // namespace pxq::local
