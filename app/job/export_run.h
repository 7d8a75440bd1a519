#pragma once

#include <memory>
#include <optional>
#include <string>

#include "connect/connection.h"
#include "file/lock.h"
#include "job/export_destination.h"
#include "job/export_job.h"
#include "job/job_record.h"
#include "job/state_store.h"
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
};

/// One run of a job that holds its lock: exports what is new since the last one, in one window.
/// After a failure nothing has changed, unless report.committed says otherwise.
class ExportRun {
 public:
  ExportRun(const ExportInput& input, JobRecord& record, RunReport& report, Context& context);

  Status go();

  /// The losses are told: the next run need not tell them again. kOutput.
  Status forget_told();

 private:
  Status plan(const WindowOptions& options);
  Status run_window(OutputPlace& place);
  Result<std::unique_ptr<ExportDestination>> open_destination(OutputPlace& place);

  ExportInput in_;
  JobRecord& record_;
  RunReport& report_;
  Context& context_;
  RunIdentity identity_;
  StateStore store_;
  WindowOptions options_;
  ExportState state_;
  Window window_;
  std::optional<ExportState> kept_;  // committed, with losses to tell
};

}  // namespace pxq
