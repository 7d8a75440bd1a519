#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "connect/connection.h"
#include "connect/sampling.h"
#include "file/directory_check.h"
#include "fleet/fleet_run.h"
#include "local/data/data_set.h"
#include "options/check_options.h"
#include "options/otel_options.h"
#include "options/output_options.h"
#include "options/record_options.h"
#include "options/script_options.h"
#include "options/talk_options.h"
#include "options/target_options.h"
#include "options/watch_options.h"
#include "process/paged_output.h"
#include "process/print.h"
#include "result/listing.h"
#include "result/page_plan.h"
#include "result/promised_tables.h"
#include "result/recording_file.h"
#include "result/rendering.h"
#include "result/summary_output.h"
#include "result/watch.h"
#include "script/arguments.h"
#include "script/mutation.h"
#include "script/row_cap.h"
#include "script/row_limits.h"
#include "scripts/request_text.h"
#include "scripts/script_page.h"
#include "sink/capped.h"
#include "text/visible.h"
#include "wire/script_call.h"

namespace pxq {
namespace {

// As many queries as a cloud's connection carries with ease.
constexpr size_t kParallel = 8;

class RunCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    script_.declare(app);
    otel_.declare(app);
    target_.declare(app, true);
    target_.declare_sample(app);
    output_.declare(app);
    record_.declare(app);
    checks_.declare(app);
    watch_.declare(app);
    summary_.declare(app);
    talk_.declare(app);
    app.add_flag("--strict", strict_, "doubt is failure: exit 11 when a table was probably cut")
        ->group("Run");
    app.add_flag("--resume", resume_,
                 "go on after a cut, though rows may be missing then: exit 8 unless none can be")
        ->group("Run");
    app.add_option("--parallel", parallel_,
                   "how many of several clusters at the same time (default 8; streams: all)")
        ->check(CLI::Range(1, 256))
        ->type_name("N")
        ->group("Run");
    app.add_flag("--print-request", print_request_, "show what would be sent, connect to nothing")
        ->group("Script");
  }

  Status run(Context& context) override {
    talk_.apply(context);
    return summary_.around("run", context, [&] { return run_script(context); });
  }

  std::string instead_of(const std::string& flag, Context& context) override {
    return script_.as_argument(flag, context);
  }

  // Of the script, where one is named.
  Status help(Context& context, const std::string& flags) override {
    if (!script_.names_script()) return print_pages(flags, context);
    talk_.apply(context);
    Result<Script> script = script_.load(context);
    return script.ok() ? show_help(*script, context) : script.status();
  }

 private:
  using RunOnce = std::function<Status(const ScriptRequest& asked, Watch::Run run)>;

  Status run_script(Context& context) {
    if (resume_ && !target_.local.empty()) {
      return {Code::kUsage, "--resume changes nothing with --local, which nothing can cut",
              "leave one out"};
    }
    Result<Script> script = script_.load(context);
    if (!script.ok()) return script.status();
    output_.force_elsewhere = !record_.path.empty();
    output_.zone_elsewhere = script_.since || script_.start || script_.end;
    Result<OutputPlan> output = output_.plan(context, talk_);
    if (!output.ok()) return output.status();
    summary_.describe(*script, summary_.wanted() || output->kind->holds_runs);
    summary_.report().skips_empty = output->spelling.skip_empty;
    const bool told_only = print_request_ || asks_for_help(*script, context);
    if (told_only) summary_.told_only();
    if (told_only && !print_request_) return show_help(*script, context);
    const Result<std::optional<int64_t>> moment = read_moment(target_);
    if (!moment.ok()) return moment.status();
    script_.now_ns = *moment ? *moment : stored_now();
    Result<ScriptRequest> request = make_request(*script, *output, context);
    if (!request.ok()) return request.status();
    if (print_request_) return print(request_text(*request));
    return run_request(*std::move(request), *script, *output, context);
  }

  Result<ScriptRequest> make_request(const Script& script, const OutputPlan& output,
                                     const Context& context) const {
    ScriptOptions asked = script_;
    // The local Vizier has no probes, whatever is allowed, and says so itself.
    asked.mutate = asked.mutate || !target_.local.empty();
    Result<ScriptRequest> request = asked.request(script, output.spelling.time_zone, context);
    if (!request.ok()) return request;
    Result<std::optional<OTelEndpoint>> collector = otel_.collector();
    if (!collector.ok()) return collector.status();
    if (Status status = set_collector(*std::move(collector), *request); !status.ok()) return status;
    return request;
  }

  /// What time it is in stored data, which --since and its like count from; nothing elsewhere.
  std::optional<int64_t> stored_now() const {
    if (!script_.since && !script_.start && !script_.end) return std::nullopt;
    if (target_.local.empty()) return std::nullopt;
    const Result<local::DataSet> data = local::open_data_set(target_.local);
    if (!data.ok() || !data->is_stored) return std::nullopt;  // connecting tells why
    return data->now();
  }

  // px prints a script's help for `-- --help`.
  static bool asks_for_help(const Script& script, const Context& context) {
    const auto tokens = parse_script_tokens(context.script_arguments, script.vis.value_or(Vis{}));
    return tokens.ok() && tokens->help;
  }

  Status show_help(const Script& script, Context& context) const {
    if (output_.output.empty()) return print_pages(script_page(script), context);
    return write_tables(script_tables(script), output_, talk_, context);
  }

  Status run_request(ScriptRequest request, const Script& script, const OutputPlan& output,
                     Context& context) {
    if (Status places = check_places(output); !places.ok()) return places;
    const std::vector<std::string> promised = promised_tables(request);
    Result<std::vector<Assertion>> assertions = checks_.assertions();
    if (!assertions.ok()) return assertions.status();
    if (Status known = check_promised(promised, output.selection, *assertions); !known.ok()) {
      return known;
    }
    const ScriptEffects effects = find_effects(request.text);
    if (Status ends = check_sort(effects, output); !ends.ok()) return ends;
    const Result<WatchPlan> watch = watch_.plan();
    if (!watch.ok()) return watch.status();
    if (Status fits = check_watched(*watch, effects, output); !fits.ok()) return fits;
    context.rows_on_screen = context.out.is_terminal && !output.path;
    // A stream is followed, also where it is watched.
    if (effects.streams) context.no_pager = true;
    std::optional<TimePoint> end;
    if (watch->length) end = MonotonicClock::now() + *watch->length;
    const Result<Target> target = resolve_target(target_);
    if (!target.ok()) return target.status();
    if (!target->fleet.empty()) {
      return run_fleet(*target, std::move(request), script, output,
                       {.talk = talk_,
                        .cut_is_failure = strict_,
                        .assertions = *std::move(assertions),
                        .promised = promised},
                       *watch, effects.streams, end, context);
    }
    if (parallel_) {
      return {Code::kUsage, "--parallel is for several clusters, and one is asked",
              "-c several times or as a glob, or --all-clusters"};
    }
    Result<Connection> connection = open_connection(*target, context);
    if (!connection.ok()) return connection.status();
    if (watch->every && !effects.streams) sample_meanwhile(*connection);
    if (target->sample) {
      Status sampled = sample_first(*target->sample, request, *connection, context);
      if (!sampled.ok()) return sampled;
      // Times such as -5m are of the moment after it.
      Result<ScriptRequest> later = make_request(script, output, context);
      if (!later.ok()) return later.status();
      request = *std::move(later);
      if (watch->length) end = MonotonicClock::now() + *watch->length;
    }
    if (Status headers = check_headers(request, *connection); !headers.ok()) return headers;
    request.cluster_id = connection->cluster_id;
    wire::RunOptions options = connection->run;
    options.resume = resume_;
    auto recording = record(request, *connection, options, context);
    if (!recording.ok()) return recording.status();
    if (Status writable = summary_.open(context); !writable.ok()) return writable;
    const auto run_once = [&](const ScriptRequest& asked, Watch::Run run) -> Status {
      RenderingOptions judged{.talk = talk_,
                              .cut_is_failure = strict_,
                              .assertions = *assertions,
                              .mark = [&](Summary& summary) { mark_cut(asked, summary); },
                              .run_column_ns = run.run_column_ns,
                              .promised = promised,
                              .run = identity(*connection),
                              .shape = output.shape};
      // A server that was never heard is not what the user has waited for.
      if (end) {
        judged.enough = [&] {
          return MonotonicClock::now() >= *end && connection->events->heard();
        };
      }
      judged.run.page = page_plan(script.vis.value_or(Vis{}), asked, judged.run);
      auto rendering = open_rendering(std::move(run), std::move(judged), context);
      if (!rendering.ok()) return rendering.status();
      Summary summary = wire::run_script(connection->peer, asked, options, (*rendering)->sink());
      summary.cluster = connection->cluster;
      if (*recording != nullptr) keep(**recording, summary.status, context);
      Status status =
          (*rendering)->conclude(std::move(summary), {asked, script.text, row_cap(asked.text)});
      (*rendering)->describe(summary_.report());
      return status;
    };
    if (!watch->every || effects.streams) return run_once(request, {output, nullptr, {}});
    Watch watching(*watch->every, end, output, title(script, connection->cluster), context);
    return again_and_again(watching, script, request.cluster_id, run_once, output, context);
  }

  // Times such as -5m are of each run's own moment.
  Status again_and_again(Watch& watching, const Script& script, const std::string& cluster_id,
                         const RunOnce& run_once, const OutputPlan& output,
                         const Context& context) const {
    return watching.go([&](Watch::Run run) -> Status {
      Result<ScriptRequest> again = make_request(script, output, context);
      if (!again.ok()) return again.status();
      again->cluster_id = cluster_id;
      return run_once(*again, std::move(run));
    });
  }

  Status run_fleet(const Target& target, ScriptRequest request, const Script& script,
                   const OutputPlan& output, RenderingOptions judged, const WatchPlan& watch_plan,
                   bool streams, std::optional<TimePoint> end, Context& context) {
    const bool by_cluster = output.path && output.path->has("cluster");
    if (Status fits = check_fleet(output, by_cluster); !fits.ok()) return fits;
    Result<Fleet> fleet = open_fleet(target, context);
    if (!fleet.ok()) return fleet.status();
    if (Status headers = check_headers(request, fleet->cloud); !headers.ok()) return headers;
    const size_t count = fleet->members.size();
    if (streams && parallel_ && *parallel_ < count) {
      return {Code::kUsage,
              fmt::format("a stream of {} clusters does not end, so --parallel {} would never ask "
                          "some of them",
                          count, *parallel_),
              "leave --parallel out: they are all asked at once"};
    }
    fleet->cloud.run.resume = resume_;
    if (Status writable = summary_.open(context); !writable.ok()) return writable;
    std::string labels;
    for (const FleetMember& one : fleet->members)
      labels += (labels.empty() ? "" : ", ") + one.label;
    const auto identity_of = [&](const std::string& label) {
      RunIdentity run = identity(fleet->cloud);
      run.cluster = label;
      return run;
    };
    if (end) judged.enough = [end] { return MonotonicClock::now() >= *end; };
    const auto run_once = [&](const ScriptRequest& asked, Watch::Run run) -> Status {
      FleetRun all({.fleet = *fleet,
                    .request = asked,
                    .output = run.output,
                    .text = script.text,
                    .parallel = streams ? count : parallel_.value_or(kParallel),
                    .end = end,
                    .mark = [&](Summary& summary) { mark_cut(asked, summary); },
                    .identity = identity_of},
                   judged, context);
      std::unique_ptr<Rendering> merged;
      if (!by_cluster) {
        RenderingOptions options = judged;
        options.cut_is_failure = false;  // each cluster has a cap of its own
        options.promised.clear();
        options.run_column_ns = run.run_column_ns;
        options.run = identity_of(labels);
        options.run.page = page_plan(script.vis.value_or(Vis{}), asked, options.run);
        OutputPlan whole = run.output;
        whole.selection = FleetRun::merged_selection(std::move(whole.selection));
        merged_output_ = std::move(whole);
        Watch::Run merged_run{merged_output_, run.make_destination, run.run_column_ns};
        auto opened = open_rendering(std::move(merged_run), std::move(options), context);
        if (!opened.ok()) return opened.status();
        merged = *std::move(opened);
      }
      return all.go(std::move(merged), summary_.report());
    };
    if (!watch_plan.every || streams) return run_once(request, {output, nullptr, {}});
    Watch watching(*watch_plan.every, end, output, title(script, labels), context);
    return again_and_again(watching, script, request.cluster_id, run_once, output, context);
  }

  Status check_fleet(const OutputPlan& output, bool by_cluster) const {
    if (!record_.path.empty()) {
      return {Code::kUsage, "--record keeps the run of one cluster, and several may be meant",
              "one `pxq run -c NAME --record FILE` for each"};
    }
    if (by_cluster && !output.schema.empty()) {
      return {Code::kUsage, "--schema is of one result, and each cluster has its own",
              "leave {cluster} out of the path for all of them in one file"};
    }
    return {};
  }

  // Where the script itself stops at the number of rows that is also the server's cap, it was not
  // the server that cut.
  static void mark_cut(const ScriptRequest& request, Summary& summary) {
    mark_capped(row_cap(request.text), summary);
    for (const RowLimit& own : row_limits(request, {})) {
      for (TableSummary& table : summary.tables)
        table.capped = table.capped && table.rows != own.rows;
    }
  }

  Status check_places(const OutputPlan& output) {
    std::vector<std::string> files = output.files();
    files.push_back(record_.path);
    if (Status distinct = summary_.check(std::move(files)); !distinct.ok()) return distinct;
    return check_directory(record_.path, false);
  }

  static Status check_sort(const ScriptEffects& effects, const OutputPlan& output) {
    if (!effects.streams || output.shape.sort.empty()) return {};
    return {Code::kUsage, "--sort needs a result that ends, and this script streams",
            "leave px.stream() out, or sort what is kept of it: --record, then pxq replay --sort"};
  }

  Status check_watched(const WatchPlan& watch, const ScriptEffects& effects,
                       const OutputPlan& output) const {
    if (!watch.every) return {};
    if (!record_.path.empty()) return {Code::kUsage, "--watch and --record exclude each other"};
    if (!effects.repeatable()) {
      return {Code::kUsage,
              "--watch runs a script again and again, and this one does more than ask",
              "it installs probes or exports rows: run it once"};
    }
    return check_watch(output);
  }

  static std::string title(const Script& script, const std::string& cluster) {
    const std::string& name = script.name.empty() ? script.source : script.name;
    return visible(cluster.empty() ? name : name + "  " + cluster);
  }

  static Result<std::unique_ptr<Rendering>> open_rendering(Watch::Run run, RenderingOptions judged,
                                                           Context& context) {
    if (!run.make_destination) return Rendering::open(run.output, std::move(judged), context);
    auto destination = run.make_destination(judged.run);
    return std::make_unique<Rendering>(run.output.selection, std::move(destination),
                                       std::move(judged), context);
  }

  RunIdentity identity(const Connection& connection) {
    RunReport& report = summary_.report();
    report.target = connection.peer.address;
    return {.script = report.script,
            .script_hash = report.script_hash,
            .cluster = connection.cluster.empty() ? connection.peer.address : connection.cluster,
            .started_ns = report.started_ns,
            .hash_files = summary_.wanted()};
  }

  // Nothing where none is asked for.
  Result<std::unique_ptr<RecordingFile>> record(const ScriptRequest& request,
                                                const Connection& connection,
                                                wire::RunOptions& options, Context& context) const {
    if (record_.path.empty()) return std::unique_ptr<RecordingFile>();
    const bool encrypted = options.envelope != nullptr;
    wire::RecordingHeader header =
        recording_header(request, connection.peer, options.limits, encrypted);
    header.cluster_name = connection.cluster;
    auto file = RecordingFile::open(record_, output_.force, header, context);
    if (file.ok()) options.record = &(*file)->writer();
    return file;
  }

  // Also of a failed run, whose own failure is then the one to tell.
  static void keep(RecordingFile& recording, Status& status, Context& context) {
    Status kept = recording.keep();
    if (kept.ok() || kept.message() == status.message()) return;
    if (status.ok()) {
      status = std::move(kept);
    } else {
      context.console.warning(kept.message());
    }
  }

  ScriptOptions script_;
  OtelOptions otel_;
  TargetOptions target_;
  OutputOptions output_;
  TalkOptions talk_;
  RecordOptions record_;
  CheckOptions checks_;
  WatchOptions watch_;
  SummaryOutput summary_;
  bool strict_ = false;
  bool resume_ = false;
  bool print_request_ = false;
  std::optional<size_t> parallel_;
  OutputPlan merged_output_;  // outlives its destination
};

}  // namespace

std::unique_ptr<Command> make_run_command() { return std::make_unique<RunCommand>(); }

}  // namespace pxq
