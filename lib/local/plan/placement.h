#pragma once

#include "local/plan/first_error.h"
#include "local/plan/plan_graph.h"

namespace pxq::local {

/// Refuses what a cluster would refuse: a function that only agents can run (upid_to_cmdline)
/// behind an operator that brings the rows of all agents together. One host could run it, but a
/// script that passes here has to pass there. False after an error.
bool check_placement(const PlanGraph& graph, FirstError& errors);

}  // namespace pxq::local
