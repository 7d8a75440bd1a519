#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "connect/connection.h"
#include "export/summary_file.h"
#include "fleet/member_events.h"
#include "output/output_plan.h"
#include "result/rendering.h"
#include "script/request.h"
#include "sink/merge.h"

namespace pxq {

/// What a run of several clusters works with; all of it outlives the run.
struct FleetInput {
  Fleet& fleet;
  const ScriptRequest& request;
  const OutputPlan& output;
  std::string_view text;                    // of the script as its user wrote it
  size_t parallel = 8;                      // clusters at the same time
  std::optional<TimePoint> end = {};        // of --for
  std::function<void(Summary&)> mark = {};  // as in RenderingOptions
  std::function<RunIdentity(const std::string& label)> identity;
};

/// Asks clusters side by side, each on a thread of its own, at most `parallel` at the same time.
/// Their rows go one after the other, under one lock, into one result with the column `_cluster_`,
/// or into one of each cluster, where the path has {cluster}. A cluster that fails does not cost
/// the others' rows: what they gave stays, and the verdict has the greatest exit code.
class FleetRun {
 public:
  FleetRun(FleetInput input, RenderingOptions judged, Context& context);
  ~FleetRun();

  /// `merged`: where the rows of all of them go; null: each has a destination of its own.
  Status go(std::unique_ptr<Rendering> merged, RunReport& report);

  /// What of a selection is settled where the rows of all clusters are one result; the rest is of
  /// each cluster.
  static Selection merged_selection(Selection all);

 private:
  class Member;
  /// An error of the script, and the clusters that answered with it.
  struct Rejection {
    Status error;
    std::vector<std::string> labels;
  };

  Status open_members();
  Status ask_all();
  void work();
  void ask(Member& member);
  bool over() const;
  bool keep_rejection(const Status& error, const std::string& label);
  void tell_rejections() const;
  Status conclude(RunReport& report);
  Summary all_together() const;
  static bool selected(const RunReport& report, const TableSummary& table);
  Status verdict() const;
  void describe(RunReport& report) const;

  FleetInput in_;
  RenderingOptions judged_;
  Context& context_;
  const TimePoint began_ = MonotonicClock::now();
  std::mutex mutex_;  // of everything that the clusters share: rows' way out, console, the counts
  std::unique_ptr<Rendering> merged_;
  std::optional<Merge> merge_;
  std::vector<std::unique_ptr<Member>> members_;
  size_t next_ = 0;
  std::vector<Rejection> rejections_;
  FleetCount count_;
};

}  // namespace pxq
