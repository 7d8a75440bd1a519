#pragma once

#include "local/plan/plan_graph.h"

namespace pxq::local {

/// Takes out filters that let every row pass, px.contains(x, ''): what scripts do with an argument
/// that is left empty. Wherever they stand, nothing has to be computed for them.
void remove_idle_filters(PlanGraph& graph);

}  // namespace pxq::local
