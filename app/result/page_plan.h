#pragma once

#include <memory>

#include "chart/page_plan.h"
#include "output/run_identity.h"
#include "script/request.h"
#include "script/vis.h"

namespace pxq {

/// What a result is and how its script wants it shown, as far as that is known before the run.
std::shared_ptr<const chart::PagePlan> page_plan(const Vis& vis, const ScriptRequest& request,
                                                 const RunIdentity& run);

}  // namespace pxq
