#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "connect/connection.h"
#include "export/server_clock.h"
#include "file/lock.h"
#include "job/export_destination.h"
#include "job/export_job.h"
#include "job/job_record.h"
#include "job/state_store.h"
#include "job/window_request.h"
#include "options/export_options.h"
#include "options/script_options.h"
#include "options/talk_options.h"
#include "output/output_plan.h"
#include "result/rendering.h"
#include "script/source.h"

namespace pxq {

/// What a run of a job works with; all of it outlives the run.
struct ExportInput {
  const ExportOptions& flags;
  const ScriptOptions& asked;
  const TalkOptions& talk;
  const Script& script;
  const ExportJob& job;
  const Connection& connection;
  const RunLock& lock;
  bool hash_files = false;  // the summary wants them
  /// The run is a backfill of that job, whose lock it does not hold; null: it is none.
  const ExportJob* main = nullptr;
  /// Called before the rows of each window are asked for; empty: nothing is to be done then.
  std::function<Status(const Window&)> before_rows = {};
};

/// One run of a job that holds its lock: exports what is new since the last one. Where a limit on
/// rows cuts the window, and the script can be told its end, it is halved until it fits, and the
/// rest follows: each round commits. After a failure nothing has changed, unless report.committed
/// says otherwise.
class ExportRun {
 public:
  ExportRun(const ExportInput& input, JobRecord& record, RunReport& report, Context& context);

  Status go();

  /// The losses are told: the next run need not tell them again. kOutput.
  Status forget_told();

 private:
  void tell_again(const Status& why, Duration pause);
  Status round();
  bool another_try();
  Status look_at_watermarks();
  void look_at_clock(const ServerClock& clock);
  Status read_options(int64_t now_ns);
  Status plan();
  Status plan_backfill();
  Result<Stretch> backfill_asked() const;
  void set_identity();
  bool halve();
  void grow();
  Status run_window(OutputPlace& place);
  Result<std::unique_ptr<ExportDestination>> open_destination(OutputPlace& place);

  ExportInput in_;
  JobRecord& record_;
  RunReport& report_;
  Context& context_;
  RunIdentity identity_;
  StateStore store_;
  WindowOptions options_;
  WindowPins pins_;
  int64_t end_limit_ns_ = INT64_MAX;  // of the next round's window
  bool rest_follows_ = false;         // the window does not reach as far as it could
  bool too_much_ = false;             // the last round's window held more rows than a limit
  bool asks_clock_ = true;            // until a server does not know the question
  bool clock_refused_ = false;        // the last round's script came with a question of pxq's own
  bool clock_differs_ = false;        // the last round's window was cut by a wrong time
  bool unlike_ = false;               // the last round's rows were not known by their cells
  bool known_by_time_ = false;        // so they are by their time
  int clock_tries_ = 0;
  int64_t started_ns_ = 0;
  std::optional<int64_t> ahead_ns_;  // the server's clock before this machine's, as it has told
  ExportState state_;
  Window window_;
  std::optional<ExportState> kept_;  // committed, with losses to tell
  bool planned_ = false;             // the first round is
  bool told_ = false;
  bool told_again_ = false;  // that the place of the rows is asked again
};

}  // namespace pxq
