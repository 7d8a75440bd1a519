#pragma once

#include "local/plan/first_error.h"
#include "local/plan/plan_graph.h"

namespace pxq::local {

/// Decides in whose order a join's rows come out: in that of the left table where its time_ is what
/// comes out as time_, else in that of the right one. Refuses what Pixie cannot bring into the
/// order of time. False after an error.
bool order_joins(PlanGraph& graph, FirstError& errors);

}  // namespace pxq::local
