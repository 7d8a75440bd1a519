#include "job/export_run.h"

#include <fmt/format.h>

#include <utility>

#include "base/wall_clock.h"
#include "file/atomic_file.h"
#include "job/export_destination.h"
#include "job/export_words.h"
#include "job/window_request.h"
#include "script/row_cap.h"
#include "script/row_limits.h"
#include "wire/script_call.h"

namespace pxq {
namespace {

RunIdentity identity_of(const ExportInput& in, const RunReport& report) {
  const Connection& connection = in.connection;
  return {.script = in.script.name.empty() ? in.script.source : in.script.name,
          .script_hash = report.script_hash,
          .cluster = connection.cluster.empty() ? connection.peer.address : connection.cluster,
          .started_ns = report.started_ns,
          .hash_files = in.hash_files,
          .journal = in.job.journal};
}

}  // namespace

ExportRun::ExportRun(const ExportInput& input, JobRecord& record, RunReport& report,
                     Context& context)
    : in_(input),
      record_(record),
      report_(report),
      context_(context),
      identity_(identity_of(input, report)),
      store_(input.job, input.job.path().expand(identity_.path_values())) {
  report_.target = in_.connection.peer.address;
  record_.connected(in_.job, in_.connection.cluster,
                    in_.job.path().expand(identity_.path_values()));
}

Status ExportRun::go() {
  Result<WindowOptions> options = window_options(in_.flags, in_.asked, wall_clock_ns());
  if (!options.ok()) return options.status();
  // What a run that was killed has left is put right first: the state may be a part of it.
  auto place = in_.job.output.kind->prepare(in_.job.output, identity_, context_.signals);
  if (!place.ok()) return place.status();
  if (Status planned = plan(*options); !planned.ok()) return planned;
  report_.window = window_;
  if (window_.empty()) {
    context_.console.line("nothing to export yet: the last run reached as far");
    return {};
  }
  return run_window(**place);
}

Status ExportRun::plan(const WindowOptions& options) {
  options_ = options;
  auto state = store_.load(options.now_ns);
  if (!state.ok()) return state.status();
  if (!*state) tell_first(in_.job, context_);
  state_ = std::move(*state).value_or(ExportState{});
  state_.job = in_.job.name;
  state_.cluster = in_.job.clusters.front();
  if (record_.has_told(state_)) state_.untold_gaps.clear();
  window_ = plan_window(state_, options_);
  window_.asked_back = window_pins(in_.script).asks_back;
  identity_.window = RunWindow{window_.start_ns, window_.end_ns};
  identity_.key = fmt::format("{} {} {}", in_.job.name, window_.start_ns, window_.end_ns);
  return {};
}

Status ExportRun::run_window(OutputPlace& place) {
  Result<ScriptRequest> request = windowed_request(in_.asked, in_.script, window_, context_);
  if (!request.ok()) return request.status();
  request->cluster_id = in_.connection.cluster_id;
  auto opened = open_destination(place);
  if (!opened.ok()) return opened.status();
  const ExportDestination& exported = **opened;
  Selection tables;
  tables.tables = in_.job.output.selection.tables;
  Rendering rendering(std::move(tables), *std::move(opened),
                      {.talk = in_.talk,
                       .cut_is_failure = true,
                       .limits = row_limits(*request, in_.script.vis.value_or(Vis{}))},
                      context_);
  Summary summary =
      wire::run_script(in_.connection.peer, *request, in_.connection.run, rendering.sink());
  summary.cluster = in_.connection.cluster;
  Status status =
      rendering.conclude(std::move(summary), {*request, in_.script.text, row_cap(request->text)});
  rendering.describe(report_);
  report_.windowed = exported.window().tables();
  if (!status.ok()) return status;
  tell_tables(exported, context_);
  tell_done(in_.job, report_, context_);
  kept_ = exported.kept_state();
  report_.gaps = kept_->untold_gaps;
  return tell_losses(report_, in_.flags.strict, context_);
}

Result<std::unique_ptr<ExportDestination>> ExportRun::open_destination(OutputPlace& place) {
  auto rows = place.open(identity_);
  if (!rows.ok()) return rows.status();
  const auto keep = [this](Destination& target, const ExportState& state) {
    const Status held = in_.lock.still_held();
    return held.ok() ? store_.keep(target, state) : held;
  };
  Selection columns = in_.job.output.selection;
  columns.tables.clear();
  return std::make_unique<ExportDestination>(*std::move(rows), keep, std::move(columns), state_,
                                             window_, options_);
}

Status ExportRun::forget_told() {
  if (!kept_) return {};
  record_.told(kept_->reached_ns);
  // A database is not written to once more after its hash is in the summary: the card tells.
  if (kept_->untold_gaps.empty() || in_.job.database()) return {};
  kept_->untold_gaps.clear();
  if (Status held = in_.lock.still_held(); !held.ok()) return held;
  auto file = FileOutput::open(in_.job.state, {.force = true});
  if (!file.ok()) return file.status();
  (*file)->text().append(state_text(*kept_));
  (*file)->commit();
  return (*file)->save();
}

}  // namespace pxq
