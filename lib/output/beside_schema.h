#pragma once

#include <memory>

#include "output/output_plan.h"

namespace pxq {

/// `rows` with a schema file (--schema) beside it where the plan has one, for destinations without
/// a set of files of their own. The schema appears just before the rows are made final, and goes
/// again where that fails.
Result<std::unique_ptr<Destination>> beside_schema(std::unique_ptr<Destination> rows,
                                                   const OutputPlan& plan, const RunIdentity& run,
                                                   OutputHost& host);

}  // namespace pxq
