#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "local/exec/execution.h"
#include "local/exec/frame.h"
#include "local/plan/plan.h"

namespace pxq::local {

/// One operator of a running query: takes its inputs' rows as they come and gives its own. Column
/// numbers are in range: the executor has checked the plan.
class Step {
 public:
  Step() = default;
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  virtual ~Step() = default;

  /// The next rows of an input, never none. What comes of them is appended to `output`.
  virtual Status take(size_t input, Frame frame, std::vector<Frame>& output) = 0;

  /// No rows of this input follow. Called once for each input.
  virtual Status finish(size_t /*input*/, std::vector<Frame>& /*output*/) { return {}; }

  /// Whether nothing more would come of any further row.
  virtual bool satisfied() const { return false; }
};

// The steps, one a kind of operator. `node` must outlive the step.

std::unique_ptr<Step> make_map(const Operator::Map& node, Execution& execution);

/// Keeps the order of rows; shares the columns when every row stays.
std::unique_ptr<Step> make_filter(const Operator::Filter& node, Execution& execution);

std::unique_ptr<Step> make_limit(const Operator::Limit& node);

/// Holds its groups; gives them at its end, in order of first appearance.
std::unique_ptr<Step> make_aggregate(const Operator& node, Execution& execution);

/// Rows in the left input's order, equal matches in the right one's, then the right rows that
/// found no match. A right join is a left join seen from the other side: the right input's order.
/// Holds the other input whole, and rows that come before it has ended.
std::unique_ptr<Step> make_join(const Operator& node, Execution& execution);

/// Which of a join's inputs is held, so that it should be read first.
size_t held_input(const Operator::Join& node);

/// One input after another, or by time, each input keeping its own order and earlier inputs first.
/// Holds the rows whose turn has not come.
std::unique_ptr<Step> make_union(const Operator& node, Execution& execution);

}  // namespace pxq::local
