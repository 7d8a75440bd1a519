#pragma once

#include "local/plan/draft.h"
#include "local/plan/flags.h"
#include "local/plan/operator_types.h"
#include "local/plan/plan_graph.h"

namespace pxq::local {

/// The typed operators that feed outputs, as a graph that can be rewritten; each output has the
/// script's row limit in front, and a name of its own.
void build_graph(const Draft& draft, const OperatorTypes& types, const QueryFlags& flags,
                 PlanGraph& graph);

}  // namespace pxq::local
