#pragma once

#include <memory>

#include "cli/command.h"
#include "output/output_plan.h"

namespace pxq {

/// Opens the destination of a run: as the plan does, or, where people look at stdout, with a pager
/// for what is longer than their screen. Leaving that before the end satisfies the run.
Result<std::unique_ptr<Destination>> open_destination(const OutputPlan& plan,
                                                      const RunIdentity& run, Context& context);

}  // namespace pxq
