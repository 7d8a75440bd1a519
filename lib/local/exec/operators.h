#pragma once

#include <span>

#include "base/status.h"
#include "local/exec/execution.h"
#include "local/exec/frame.h"
#include "local/plan/plan.h"

namespace pxq::local {

// The operators, each from whole inputs to its whole output. Column numbers must be in range: the
// executor has checked the plan.

Result<Frame> run_map(const Operator::Map& map, const Frame& input, const Execution& execution);

/// Keeps the order of rows; shares the columns when every row stays.
Result<Frame> run_filter(const Operator::Filter& filter, const Frame& input,
                         const Execution& execution);

Frame run_limit(const Operator::Limit& limit, const Frame& input);

/// Groups in order of first appearance.
Result<Frame> run_aggregate(const Operator::Aggregate& aggregate, const Frame& input,
                            const Execution& execution);

/// Rows in the left input's order, equal matches in the right one's, then the right rows that
/// found no match. A right join is a left join seen from the other side: the right input's order.
Result<Frame> run_join(const Operator::Join& join, const Frame& left, const Frame& right,
                       const Execution& execution);

/// By time, each input keeping its own order and earlier inputs first; or one after another.
Result<Frame> run_union(const Operator::Union& node, std::span<const Frame> inputs,
                        const Execution& execution);

}  // namespace pxq::local
