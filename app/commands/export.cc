#include <fmt/format.h>
#include <CLI/App.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/wall_clock.h"
#include "cli/command.h"
#include "connect/connection.h"
#include "file/lock.h"
#include "job/cluster_jobs.h"
#include "job/command_words.h"
#include "job/dry_run.h"
#include "job/endless.h"
#include "job/export_job.h"
#include "job/export_run.h"
#include "job/fitness.h"
#include "job/job_file.h"
#include "job/job_fleet.h"
#include "job/job_record.h"
#include "job/retention.h"
#include "job/window_request.h"
#include "local/data/data_set.h"
#include "options/export_options.h"
#include "options/output_options.h"
#include "options/script_options.h"
#include "options/talk_options.h"
#include "options/target_options.h"
#include "result/metrics_output.h"
#include "result/summary_output.h"
#include "settings/settings.h"
#include "snapshot/growing.h"

namespace pxq {
namespace {

// An hour's backlog takes minutes; a server that is silent is given up sooner than cron's mails
// begin to pile up.
constexpr Duration kLongestRun = std::chrono::minutes(10);

class ExportCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    script_.declare(app);
    target_.declare(app, true);
    output_.declare_to(app);
    export_.declare(app);
    job_file_.declare(app);
    app_ = &app;
    output_.declare_selection(app);
    output_.declare_files(app);
    output_.declare_spelling(app);
    output_.declare_shape(app);
    output_.declare_zone(app);
    summary_.declare(app, true);
    metrics_.declare(app);
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    if (!job_file_.file.empty()) return run_file(context);
    if (!job_file_.only.empty()) {
      return {Code::kUsage, "--only is of the jobs of a file", "name one with --job-file"};
    }
    Result<bool> several = names_several();
    if (!several.ok()) return several.status();
    if (*several && !export_.check) return run_clusters(context);
    Status status = summary_.around("export", context, [&] { return run_job(context); });
    if (export_.dry_run || export_.check) return status;
    if (run_ && status.code() != Code::kOutput) forget_told(context);
    record_.finish(status, summary_.report(), context);
    if (record_.begun()) status = write_metrics(std::move(status), context);
    const bool skipped = summary_.found_locked(status) && export_.if_locked == "skip";
    return skipped ? Status() : status;
  }

  std::string instead_of(const std::string& flag, Context& context) override {
    // As of `pxq run`; the short one may hold its value.
    const bool of_run = flag == "--output" || (flag.starts_with("-o") && !flag.starts_with("--"));
    if (of_run) return "an export says --to where it writes, such as --to '{table}-{start}.csv'";
    return script_.as_argument(flag, context);
  }

 private:
  Status run_file(Context& context) {
    if (!context.script_arguments.empty()) {
      return {Code::kUsage, "arguments stand beside --job-file",
              "a job has them in the file, as arg = [\"name=value\"]"};
    }
    Result<std::vector<FileJob>> jobs = read_job_file(job_file_, *app_);
    if (!jobs.ok()) return jobs.status();
    return run_jobs(*jobs, export_.dry_run ? 1 : job_file_.parallel, talk_.errors == "json",
                    context);
  }

  Result<bool> names_several() const {
    const Result<Settings> settings = Settings::gather(target_.given(), target_.profile);
    if (!settings.ok()) return settings.status();
    const Result<Target::Kind> kind = target_kind(target_, *settings);
    if (!kind.ok() || *kind != Target::Kind::kCloud) return false;  // resolve_target() tells why
    const auto words = TargetOptions::cluster_words(settings->text("cluster"));
    return words.size() > 1 || (words.size() == 1 && wire::is_glob(words.front()));
  }

  Status run_clusters(Context& context) {
    Result<Target> target = resolve_target(target_);
    if (!target.ok()) return target.status();
    Result<Fleet> fleet = open_fleet(*target, context);
    if (!fleet.ok()) return fleet.status();
    Result<std::vector<FileJob>> jobs = cluster_jobs(*fleet, *app_, context.script_arguments);
    if (!jobs.ok()) return jobs.status();
    return run_jobs(*jobs, export_.dry_run ? 1 : job_file_.parallel, talk_.errors == "json",
                    context, "cluster");
  }

  Status write_metrics(Status verdict, Context& context) {
    const Status written = metrics_.write(record_.card(), summary_.report());
    if (written.ok()) return verdict;
    if (verdict.ok()) {
      return Status(written).with_hint("the rows are written and stay: only the metrics failed");
    }
    context.console.warning("no metrics: " + written.message());
    return verdict;
  }

  Status run_job(Context& context) {
    if (export_.dry_run || export_.check) summary_.told_only();
    if (Status status = check_snapshot(); !status.ok()) return status;
    Result<Script> script =
        growing_ ? Result<Script>(GrowingSnapshot::script()) : script_.load(context);
    if (!script.ok()) return script.status();
    script_loaded_ = *std::move(script);
    summary_.describe(script_loaded_, true);
    if (export_.check) return check_script(context);
    Result<OutputPlan> output =
        growing_ ? growing_->plan(output_.tables) : output_.plan(context, talk_);
    if (!output.ok()) return output.status();
    if (Status usable = check_flags(*output); !usable.ok()) return usable;
    if (Status status = check_stream(context); !status.ok()) return status;
    Result<Target> target = resolve_target(target_);
    if (!target.ok()) return target.status();
    if (Status status = check_past(*target); !status.ok()) return status;
    Result<ExportJob> job = ExportJob::find(export_, *std::move(output), script_,
                                            context.script_arguments, script_loaded_, *target);
    if (!job.ok()) return job.status();
    job_ = *std::move(job);
    if (export_.dry_run) {
      Result<WindowOptions> options = window_options(export_, script_, wall_clock_ns());
      if (!options.ok()) return options.status();
      Result<Duration> limit = time_limit(target->limits.total);
      if (!limit.ok()) return limit.status();
      return tell_plan(job_, script_loaded_, *target, *options, *limit);
    }
    return run_alone(*target, context);
  }

  /// A snapshot that grows has no script but its own, and no form but one.
  Status check_snapshot() {
    if (export_.snapshot.empty()) {
      if (!export_.without_bodies && !export_.redact) return {};
      return {Code::kUsage, "--without-bodies and --redact are of --snapshot DIR"};
    }
    const auto given = [this](const char* flag) { return app_->get_option(flag)->count() > 0; };
    for (const char* flag : {"--to", "--columns", "--schema", "--append", "--force", "--check"}) {
      if (!given(flag)) continue;
      return {Code::kUsage, fmt::format("{} means nothing beside --snapshot", flag),
              "a snapshot has all columns of its tables, in files of its own"};
    }
    if (script_.names_script() || !script_.arguments.empty()) {
      return {Code::kUsage, "--snapshot keeps tables, and no script's rows",
              "leave the script out; -t names tables"};
    }
    growing_.emplace(export_.snapshot, Discretion{export_.without_bodies, export_.redact});
    return {};
  }

  /// What a snapshot asks depends on what the cluster has.
  Status prepare_snapshot() {
    if (!growing_) return {};
    Result<std::string> text = growing_->ask_script(*connection_, output_.tables);
    if (!text.ok()) return text.status();
    script_loaded_.text = *std::move(text);
    return {};
  }

  Status check_script(const Context& context) const {
    Result<WindowOptions> options = window_options(export_, script_, wall_clock_ns());
    if (!options.ok()) return options.status();
    Result<ExportFitness> fitness = fitness_of(script_, script_loaded_, *options, context);
    return fitness.ok() ? tell_fitness(script_loaded_, *fitness) : fitness.status();
  }

  Status check_stream(const Context& context) const {
    const Result<WindowOptions> options = window_options(export_, script_, wall_clock_ns());
    if (!options.ok()) return {};  // told when the window is laid
    return check_end(script_, script_loaded_, *options, context);
  }

  // Rows that are all of the moment of asking have no windows: each would end before them.
  static Status check_past(const Target& target) {
    if (target.kind != Target::Kind::kLocal) return {};
    if (target.at_ns) {
      return {Code::kUsage, "an export has no --at: its windows end now",
              "`pxq run --local=demo --at TIME` is a look at a moment"};
    }
    const Result<local::DataSet> data = local::open_data_set(target.local, target.at_ns);
    if (!data.ok()) return data.status();
    if (data->is_stored) {
      return {Code::kUsage, fmt::format("{} gets no new rows that could be exported", data->name),
              "`pxq run --local=FILE` takes all that there is"};
    }
    if (data->has_past) return {};
    return {Code::kUsage, "this machine keeps no past that could be exported",
            "`pxq run --local -o FILE --append` adds a reading at each run"};
  }

  Status check_flags(const OutputPlan& output) {
    if (script_.end && !export_.backfill) {
      return {Code::kUsage, "an export has no --end: its windows follow one another",
              "--lag says how long before now a window ends; --backfill takes an end"};
    }
    if (export_.backfill && !script_.since && !script_.start) {
      return {Code::kUsage, "--backfill needs a start", "such as --backfill --start 2d --end 1d"};
    }
    if (export_.backfill && export_.dry_run) {
      return {Code::kUsage, "--dry-run tells of a job's next run, not of a backfill"};
    }
    if (script_.since && script_.start) {
      return {Code::kUsage, "--since and --start say the same thing twice"};
    }
    Result<int64_t> keep_ns = export_.keep_ns();
    if (!keep_ns.ok()) return keep_ns.status();
    keep_ns_ = *keep_ns;
    if (keep_ns_ != 0 && (output.append || output.kind->holds_runs)) {
      return {Code::kUsage, "--keep removes whole files, and all runs add to the same one",
              "leave --append out and put {start} into the path, or leave --keep out"};
    }
    if (keep_ns_ != 0 && output.kind->remote()) {
      return {Code::kUsage, "--keep removes files of this machine, not objects",
              "a lifecycle rule of the bucket lets objects expire (docs/s3.md)"};
    }
    std::vector<std::string> files = output.files();
    files.push_back(metrics_.path());
    return summary_.check(std::move(files));
  }

  // Two runs that spell a cluster differently meet at the lock of its id, once that is known.
  Status run_alone(const Target& target, Context& context) {
    if (!job_.has_place()) {
      if (Status connected = connect(context); !connected.ok()) {
        return record_unready(std::move(connected), target, context);
      }
      job_.settle_on(connection_->cluster_id);
    }
    if (export_.backfill) {
      main_ = job_;
      job_ = main_.backfill();
    }
    const IfLocked if_locked = export_.if_locked == "wait" ? IfLocked::kWait : IfLocked::kRefuse;
    Result<RunLock> lock = RunLock::acquire(job_.lock, if_locked, context.signals.token());
    if (!lock.ok()) return lock.status();
    lock_ = *std::move(lock);
    summary_.holds_lock();
    // So that the list of jobs says whose it is, also where that cluster never answers.
    if (job_.clusters.empty() && wire::is_cluster_id(target.cluster)) {
      job_.clusters = {target.cluster};
    }
    record_.begin(job_, script_loaded_, repeatable_words(*app_, context.script_arguments));
    if (Status writable = summary_.open(context); !writable.ok()) return writable;
    if (Status writable = metrics_.open(); !writable.ok()) return writable;
    if (Status adopted = job_.adopt(context.signals.token()); !adopted.ok()) return adopted;
    if (Status connected = connect(context); !connected.ok()) return connected;
    job_.settle_on(connection_->cluster_id);
    if (export_.backfill) main_.settle_on(connection_->cluster_id);
    if (Status ready = prepare_snapshot(); !ready.ok()) return ready;
    run_.emplace(ExportInput{.flags = export_,
                             .asked = script_,
                             .talk = talk_,
                             .script = script_loaded_,
                             .job = job_,
                             .connection = *connection_,
                             .lock = *lock_,
                             .hash_files = summary_.wanted(),
                             .main = export_.backfill ? &main_ : nullptr,
                             .before_rows = before_rows()},
                 record_, summary_.report(), context);
    Status status = run_->go();
    if (!status.ok() || keep_ns_ == 0 || !summary_.report().committed) return status;
    // What somebody asked for by its time may be older than what the job keeps, and would go at
    // once.
    if (export_.backfill) return status;
    status = keep_files(job_, keep_ns_, summary_.report());
    // Its rows count as exported: nobody would ever look for them again.
    if (const size_t gone = removed_at_once(summary_.report()); gone > 0) {
      context.console.loss(fmt::format(
          "--keep {} has removed what this run exported ({} of its files): it must be longer than "
          "--lag and the time between two runs",
          export_.keep, gone));
    }
    return status;
  }

  // A cluster of many that has never been ready has a job all the same, which waits for it.
  Status record_unready(Status why, const Target& target, Context& context) {
    if (why.code() != Code::kServer || export_.backfill || !wire::is_cluster_id(target.cluster))
      return why;
    job_.settle_on(target.cluster);
    Result<RunLock> lock = RunLock::acquire(job_.lock, IfLocked::kRefuse, context.signals.token());
    if (!lock.ok()) return why;
    lock_ = *std::move(lock);
    record_.begin(job_, script_loaded_, repeatable_words(*app_, context.script_arguments));
    return why;
  }

  std::function<Status(const Window&)> before_rows() {
    if (!growing_) return {};
    return [this](const Window& window) { return growing_->prepare(*connection_, window); };
  }

  // A server that sends nothing but heartbeats must not hold the lock for ever.
  Status connect(Context& context) {
    if (connection_) return {};
    Result<Connection> connection = open_connection(target_, context);
    if (!connection.ok()) return connection.status();
    connection_ = *std::move(connection);
    Result<Duration> limit = time_limit(connection_->run.limits.total);
    if (!limit.ok()) return limit.status();
    connection_->run.limits.total = *limit;
    return {};
  }

  // What the user has set, zero for none, or else the one of exports.
  Result<Duration> time_limit(Duration set) const {
    Result<Settings> settings = Settings::gather(target_.given(), target_.profile);
    if (!settings.ok()) return settings.status();
    return settings->layer("timeout") > Layer::kDefaults ? kLongestRun : set;
  }

  // A run that is killed between its commit and its last words leaves its gaps to the next one.
  void forget_told(Context& context) {
    if (Status written = run_->forget_told(); !written.ok()) {
      context.console.warning("the next run will tell of the same gaps: " + written.message());
    }
  }

  ScriptOptions script_;
  TargetOptions target_;
  ExportOptions export_;
  JobFileOptions job_file_;
  const CLI::App* app_ = nullptr;
  OutputOptions output_;
  TalkOptions talk_;
  SummaryOutput summary_;
  MetricsOutput metrics_;
  int64_t keep_ns_ = 0;
  std::optional<GrowingSnapshot> growing_;
  Script script_loaded_;
  ExportJob job_;
  ExportJob main_;  // of a backfill
  JobRecord record_;
  std::optional<Connection> connection_;
  std::optional<RunLock> lock_;  // until the gaps are told
  std::optional<ExportRun> run_;
};

}  // namespace

std::unique_ptr<Command> make_export_command() { return std::make_unique<ExportCommand>(); }

}  // namespace pxq
