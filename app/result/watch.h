#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "cli/command.h"
#include "options/watch_options.h"
#include "output/output_plan.h"
#include "process/terminal_events.h"
#include "result/kept_result.h"
#include "result/watch_screen.h"

namespace pxq {

/// kUsage where it makes no sense to run a script again and again into that output.
Status check_watch(const OutputPlan& output);

/// Runs something again and again: on a terminal over the last result, with what has changed
/// marked, elsewhere one result after the other, each with its time. A run that fails for what may
/// pass is tried again once one has gone well; any other failure ends it, as a stop does.
class Watch {
 public:
  /// What one run has given to be drawn.
  struct Frame {
    std::string text;
    bool followed = false;  // it is on the screen already
    RunIdentity run;
    std::shared_ptr<const KeptResult> result;  // of which the text was made
  };

  /// What one run needs to know. Its plan outlives the run.
  struct Run {
    const OutputPlan& output;
    /// Its own destination; none: the plan's.
    std::function<std::unique_ptr<Destination>(const RunIdentity& run)> make_destination;
    std::optional<int64_t> run_column_ns;  // rows tell when their run began
  };

  /// `title` says what is watched; `end`: when no run begins any more.
  Watch(Duration every, std::optional<TimePoint> end, const OutputPlan& output, std::string title,
        Context& context);

  /// Until it ends; says how.
  Status go(const std::function<Status(Run run)>& run_once);

 private:
  Status run_on_screen(const std::function<Status(Run run)>& run_once);
  Status run_below(const std::function<Status(Run run)>& run_once);
  bool is_over() const { return end_ && MonotonicClock::now() >= *end_; }
  bool goes_on(const Status& last) const;
  void count(const Status& status);
  void wait_until(TimePoint next);
  void fit_to_terminal();
  void fit(Frame& frame) const;
  void redraw();
  void tell_end() const;

  const Duration every_;
  const std::optional<TimePoint> end_;
  const std::string title_;
  OutputPlan output_;
  Context& context_;
  const bool on_screen_;
  const TimePoint began_ = MonotonicClock::now();
  WatchScreen screen_;
  std::optional<TerminalEvents> events_;  // where there is a screen
  // What stands on it:
  Frame shown_;
  std::string head_;
  std::string said_;
  size_t runs_ = 0;
  size_t good_runs_ = 0;
};

}  // namespace pxq
