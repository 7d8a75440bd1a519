#pragma once

#include "local/plan/plan_graph.h"

namespace pxq::local {

/// Moves head() in front of maps, which make one row of one, and a copy of it into each input of a
/// union, which needs no more rows of any of them.
void push_limits(PlanGraph& graph);

}  // namespace pxq::local
