#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "base/wall_clock.h"
#include "cli/command.h"
#include "connect/connection.h"
#include "file/atomic_file.h"
#include "file/lock.h"
#include "options/export_options.h"
#include "options/output_options.h"
#include "options/script_options.h"
#include "options/talk_options.h"
#include "options/target_options.h"
#include "result/export_destination.h"
#include "result/export_job.h"
#include "result/rendering.h"
#include "result/summary_output.h"
#include "script/mutation.h"
#include "script/row_cap.h"
#include "script/row_limits.h"
#include "script/time_argument.h"
#include "wire/script_call.h"

namespace pxq {
namespace {

class ExportCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    script_.declare(app);
    target_.declare(app);
    output_.declare_to(app);
    export_.declare(app);
    output_.declare_selection(app);
    output_.declare_files(app);
    output_.declare_spelling(app);
    summary_.declare(app);
    talk_.declare(app);
    app.add_flag("--strict", strict_, "exit 11 when rows were gone before they could be exported")
        ->group("Run");
  }

  Status run(Context& context) override {
    talk_.apply(context);
    summary_.start("export");
    Status status = run_job(context);
    const bool skipped = summary_.found_locked(status) && export_.if_locked == "skip";
    status = summary_.finish(std::move(status), context);
    if (told_ && status.code() != Code::kOutput) forget_told(context);
    return skipped ? Status() : status;
  }

  std::string instead_of(const std::string& flag, Context& context) override {
    return script_.as_argument(flag, context);
  }

 private:
  /// What holds for one run, once it is known to be the only one of its job.
  struct Round {
    const Script& script;
    const ExportJob& job;
    const Connection& connection;
    const RunLock& lock;
    WindowOptions options = {};
    RunIdentity identity = {};
    ExportState state = {};
    Window window = {};
  };

  Status run_job(Context& context) {
    Result<Script> script = script_.load(context);
    if (!script.ok()) return script.status();
    summary_.describe(*script, true);
    Result<OutputPlan> output = output_.plan(context, talk_);
    if (!output.ok()) return output.status();
    if (Status usable = check_flags(*output); !usable.ok()) return usable;
    Result<Target> target = resolve_target(target_);
    if (!target.ok()) return target.status();
    if (target->kind == Target::Kind::kLocal) return nothing_past();
    Result<ExportJob> job = ExportJob::find(export_, *std::move(output), script_,
                                            context.script_arguments, *script, *target);
    if (!job.ok()) return job.status();
    const IfLocked if_locked = export_.if_locked == "wait" ? IfLocked::kWait : IfLocked::kRefuse;
    Result<RunLock> lock = RunLock::acquire(job->lock, if_locked, context.signals.token());
    if (!lock.ok()) return lock.status();
    lock_ = *std::move(lock);
    summary_.holds_lock();
    if (Status writable = summary_.open(context); !writable.ok()) return writable;
    Result<Connection> connection = open_connection(target_, context);
    if (!connection.ok()) return connection.status();
    return run_locked(*script, *job, *connection, *lock_, context);
  }

  // Its rows are all of the moment of asking: each window would end before them.
  static Status nothing_past() {
    return {Code::kUsage, "the local Vizier keeps no past that could be exported",
            "`pxq run --local -o FILE --append` adds a reading at each run"};
  }

  Status check_flags(const OutputPlan& output) {
    if (script_.end) {
      return {Code::kUsage, "an export has no --end: its windows follow one another",
              "--lag says how long before now a window ends"};
    }
    if (script_.since && script_.start) {
      return {Code::kUsage, "--since and --start say the same thing twice"};
    }
    return summary_.check(output.files());
  }

  Status run_locked(const Script& script, const ExportJob& job, const Connection& connection,
                    const RunLock& lock, Context& context) {
    Round round{.script = script, .job = job, .connection = connection, .lock = lock};
    round.identity = identity(script, connection);
    Result<WindowOptions> options = window_options();
    if (!options.ok()) return options.status();
    round.options = *options;
    round.identity.journal = job.journal;
    // What a run that was killed has left is put right first: the state may be a part of it.
    auto place = job.output.kind->prepare(job.output, round.identity, context.signals);
    if (!place.ok()) return place.status();
    const std::string database = job.output.path->expand(round.identity.path_values());
    auto state = job.load(database, cluster_identity(connection), options->now_ns);
    if (!state.ok()) return state.status();
    round.state = *std::move(state);
    // A database is not written to once more after the last words.
    round.options.keep_gaps = !job.output.kind->holds_runs;
    round.window = plan_window(round.state, round.options);
    round.window.asked_back = asks_back(script);
    summary_.report().window = round.window;
    if (round.window.empty()) {
      context.console.line("nothing to export yet: the last run reached as far");
      return {};
    }
    round.identity.window = RunWindow{round.window.start_ns, round.window.end_ns};
    round.identity.key =
        fmt::format("{} {} {}", job.name, round.window.start_ns, round.window.end_ns);
    return run_window(round, **place, context);
  }

  // Whether the script gives all that is held from the moment that the request names: a window is
  // pinned in it, or it has no start of its own.
  static bool asks_back(const Script& script) {
    if (find_effects(script.text).plugin_window) return true;
    if (script.vis && script.vis->find_variable("start_time") != nullptr) return true;
    return script.text.find("start_time") == std::string::npos;
  }

  // The cluster itself where a cloud knows it by an id: names can be given to another one.
  static std::string cluster_identity(const Connection& connection) {
    return connection.cluster_id.empty() ? connection.peer.address : connection.cluster_id;
  }

  RunIdentity identity(const Script& script, const Connection& connection) {
    RunReport& report = summary_.report();
    report.target = connection.peer.address;
    return {.script = script.name.empty() ? script.source : script.name,
            .script_hash = report.script_hash,
            .cluster = connection.cluster.empty() ? connection.peer.address : connection.cluster,
            .started_ns = report.started_ns,
            .hash_files = summary_.wanted()};
  }

  Result<WindowOptions> window_options() const {
    const int64_t now_ns = wall_clock_ns();
    Result<WindowOptions> options = export_.window(now_ns);
    if (!options.ok()) return options;
    const auto& first = script_.since ? script_.since : script_.start;
    if (first) {
      Result<TimeArgument> start = parse_time(*first, {.now_ns = now_ns, .utc_offset = {}},
                                              script_.since ? "--since" : "--start");
      if (!start.ok()) return start.status();
      options->first_start_ns = start->ns;
    }
    return options;
  }

  Status run_window(const Round& round, OutputPlace& place, Context& context) {
    Result<ScriptRequest> request = windowed_request(round, context);
    if (!request.ok()) return request.status();
    request->cluster_id = round.connection.cluster_id;
    auto opened = open_destination(round, place);
    if (!opened.ok()) return opened.status();
    const WindowSink& window = (*opened)->window();
    Selection tables;
    tables.tables = round.job.output.selection.tables;
    Rendering rendering(std::move(tables), *std::move(opened),
                        {.talk = talk_,
                         .cut_is_failure = true,
                         .limits = row_limits(*request, round.script.vis.value_or(Vis{}))},
                        context);
    Summary summary =
        wire::run_script(round.connection.peer, *request, round.connection.run, rendering.sink());
    summary.cluster = round.connection.cluster;
    Status status = rendering.conclude(std::move(summary),
                                       {*request, round.script.text, row_cap(request->text)});
    RunReport& report = summary_.report();
    rendering.describe(report);
    report.windowed = window.tables();
    if (!status.ok()) return status;
    tell_young(report.windowed, context);
    tell_changed(report.windowed, context);
    const std::vector<Gap>& found = window.gaps();
    report.gaps = round.state.untold_gaps;
    report.gaps.insert(report.gaps.end(), found.begin(), found.end());
    if (!report.gaps.empty() && !round.job.output.kind->holds_runs) {
      told_ = Told{round.job.state, window.next_state()};
      told_->state.untold_gaps.clear();
    }
    return tell_losses(report, context);
  }

  // The window is pinned in the request where the script can be told; the sink holds to it anyhow.
  Result<ScriptRequest> windowed_request(const Round& round, const Context& context) const {
    ScriptOptions asked = script_;
    asked.since = asked.start = asked.end = std::nullopt;
    // The server's own cap would cut a window in silence.
    if (asked.max_rows.empty()) asked.max_rows = "all";
    const Vis vis = round.script.vis.value_or(Vis{});
    const bool plugin = find_effects(round.script.text).plugin_window;
    const bool takes_start = vis.find_variable("start_time") != nullptr;
    const bool takes_end = vis.find_variable("end_time") != nullptr;
    if (plugin || takes_start) asked.start = pixie_time(round.window.query_start_ns);
    if (takes_end || (plugin && !takes_start)) asked.end = pixie_time(round.window.end_ns);
    return asked.request(round.script, {}, context);
  }

  static Result<std::unique_ptr<ExportDestination>> open_destination(const Round& round,
                                                                     OutputPlace& place) {
    auto rows = place.open(round.identity);
    if (!rows.ok()) return rows.status();
    ExportDestination::Keep keep = [&round, target = rows->get()](const std::string& text) {
      const Status held = round.lock.still_held();
      return held.ok() ? target->keep_state(round.job.name, round.job.state, text) : held;
    };
    Selection columns = round.job.output.selection;
    columns.tables.clear();
    return std::make_unique<ExportDestination>(*std::move(rows), std::move(keep),
                                               std::move(columns), round.state, round.window,
                                               round.options);
  }

  // A script that reaches back less far than the lag would never export a row.
  static void tell_young(const std::vector<WindowedTable>& tables, Context& context) {
    for (const WindowedTable& table : tables) {
      if (!table.too_young) continue;
      context.console.warning(
          fmt::format("all {} rows of table '{}' are younger than the window's end and are left to "
                      "the next run: does the script reach further back than --lag?",
                      table.outside, table.name));
    }
  }

  // A run that is killed between its commit and its last words leaves its gaps to the next one.
  void forget_told(Context& context) const {
    Status written = lock_->still_held();
    if (written.ok()) {
      auto file = FileOutput::open(told_->path, {.force = true});
      written = file.status();
      if (file.ok()) {
        (*file)->text().append(state_text(told_->state));
        (*file)->commit();
        written = (*file)->save();
      }
    }
    if (!written.ok()) {
      context.console.warning("the next run will tell of the same gaps: " + written.message());
    }
  }

  static void tell_changed(const std::vector<WindowedTable>& tables, Context& context) {
    for (const WindowedTable& table : tables) {
      if (table.seam_rows_changed == 0) continue;
      context.console.warning(
          fmt::format("table '{}': {} of {} rows that were exported came again with another "
                      "content, and were exported again",
                      table.name, table.seam_rows_changed, table.seam_rows));
    }
  }

  // The rows that were left are saved all the same: refusing them would lose more.
  Status tell_losses(const RunReport& report, Context& context) const {
    std::string doubtful;
    for (const Gap& gap : report.gaps) {
      const std::string text = gap_text(gap);
      if (gap.certain || gap.missing_rows != 0) context.console.loss(text);
      if (doubtful.empty() && (gap.certain || gap.missing_rows != 0)) doubtful = text;
    }
    for (const WindowedTable& table : report.windowed) {
      if (table.too_late == 0) continue;
      const std::string text =
          fmt::format("{} rows of table '{}' came later than --overlap and are not exported",
                      table.too_late, table.name);
      context.console.loss(text);
      if (doubtful.empty()) doubtful = text;
    }
    if (!strict_ || doubtful.empty()) return {};
    return {Code::kLimit, doubtful, "run more often; what was left is exported"};
  }

  static std::string gap_text(const Gap& gap) {
    const std::string when =
        fmt::format("from {} to {}", pixie_time(gap.from_ns), pixie_time(gap.to_ns));
    if (gap.certain) {
      return fmt::format("rows of table '{}' {} were gone before they could be exported", gap.table,
                         when);
    }
    return fmt::format(
        "{} rows of table '{}' that were exported before are gone: others {} may be, too",
        gap.missing_rows, gap.table, when);
  }

  ScriptOptions script_;
  TargetOptions target_;
  ExportOptions export_;
  OutputOptions output_;
  TalkOptions talk_;
  SummaryOutput summary_;
  bool strict_ = false;
  std::optional<RunLock> lock_;  // until the gaps are told
  /// The state of a run whose gaps have been told.
  struct Told {
    std::string path;
    ExportState state;
  };
  std::optional<Told> told_;
};

}  // namespace

std::unique_ptr<Command> make_export_command() { return std::make_unique<ExportCommand>(); }

}  // namespace pxq
