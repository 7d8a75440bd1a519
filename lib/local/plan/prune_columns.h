#pragma once

#include "local/plan/plan_graph.h"

namespace pxq::local {

/// Drops the columns that no output needs. A script sees it where such a column could not have been
/// computed where it stands; a run sees it because tables are read less wide.
void prune_columns(PlanGraph& graph);

}  // namespace pxq::local
