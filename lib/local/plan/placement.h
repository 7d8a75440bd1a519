#pragma once

#include <unordered_map>
#include <vector>

#include "local/plan/draft.h"
#include "local/plan/first_error.h"
#include "local/plan/operator_types.h"

namespace pxq::local {

/// Refuses what a cluster would refuse: a function that only agents can run (upid_to_cmdline)
/// behind an operator that brings the rows of all agents together. One host could run it, but a
/// script that passes here has to pass there. False after an error.
bool check_placement(const Draft& draft, const OperatorTypes& types, FirstError& errors);

}  // namespace pxq::local
