#pragma once

#include "local/plan/plan_graph.h"

namespace pxq::local {

/// Moves filters as far towards their table as they give the same rows there, and in front of
/// head(), where they do not: on a cluster, too, a filter behind head() runs before it.
void push_filters(PlanGraph& graph);

}  // namespace pxq::local
