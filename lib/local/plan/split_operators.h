#pragma once

#include "local/plan/plan_graph.h"

namespace pxq::local {

/// Gives an operator whose functions run in different places, on agents and on Kelvin, a map in
/// front that computes the agents' part.
void split_operators(PlanGraph& graph);

}  // namespace pxq::local
