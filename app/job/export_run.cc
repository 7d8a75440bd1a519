#include "job/export_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/wall_clock.h"
#include "connect/server_time.h"
#include "file/atomic_file.h"
#include "job/export_destination.h"
#include "job/export_words.h"
#include "job/fitness.h"
#include "job/window_request.h"
#include "script/clock_question.h"
#include "script/export_fitness.h"
#include "script/row_cap.h"
#include "script/row_limits.h"
#include "script/time_argument.h"
#include "text/visible.h"
#include "wire/script_call.h"

namespace pxq {
namespace {

/// What is not halved any more.
constexpr int64_t kShortestWindow = 1'000'000;

/// Half of a window that began in 1970 says nothing of the next one.
constexpr int64_t kLongestStep = int64_t{86'400} * 1'000'000'000;

/// Clocks that differ by less than the lag allows for are as good as one.
constexpr int64_t kSameClock = 1'000'000'000;
constexpr int kMostClockTries = 3;
// A window that ends too early leaves rows to the next run, which may find them forgotten. Asking
// anew costs a query, so a minute, the usual time between two runs at the least, is let pass.
constexpr int64_t kMostBehind = 60'000'000'000;

int64_t tolerance(const WindowOptions& options) {
  return std::min<int64_t>(kSameClock, options.lag.count() / 4);
}

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
  identity_.asked_again = [this](const Status& why, Duration pause) { tell_again(why, pause); };
  report_.target = in_.connection.peer.address;
  record_.connected(in_.job, in_.connection.cluster,
                    in_.job.path().expand(identity_.path_values()));
}

// Whoever looks on is told once what is waited for; a crontab hears of it when it fails for good.
void ExportRun::tell_again(const Status& why, Duration pause) {
  const bool looked_at = context_.err.is_terminal && !told_again_;
  if (!looked_at && !context_.console.verbose()) return;
  told_again_ = true;
  context_.console.warning(fmt::format("{}; trying again in {:.1f} s", visible(why.message()),
                                       std::chrono::duration<double>(pause).count()));
}

Status ExportRun::go() {
  pins_ = window_pins(in_.script);
  started_ns_ = wall_clock_ns();
  RunReport before;
  while (true) {
    const RunReport fresh = report_;
    Status status = round();
    if (!status.ok() && another_try()) {
      report_ = fresh;
      continue;
    }
    add_rounds(before, report_);
    if (!status.ok() || !kept_) return status;
    if (rest_follows_) {
      before = report_;
      grow();
      continue;
    }
    told_ = true;
    return tell_losses(report_, in_.flags.strict, context_);
  }
}

// What a round could not do another one may.
bool ExportRun::another_try() {
  if (clock_refused_) {
    asks_clock_ = false;
    return true;
  }
  if (clock_differs_) return true;
  if (unlike_ && !known_by_time_) return known_by_time_ = true;
  return too_much_ && halve();
}

Status ExportRun::round() {
  too_much_ = clock_refused_ = clock_differs_ = unlike_ = false;
  const Duration limit = in_.connection.run.limits.total;
  if (limit > Duration::zero()) identity_.deadline = MonotonicClock::now() + limit;
  // What a run that was killed has left is put right first: the state may be a part of it.
  auto place = in_.job.output.kind->prepare(in_.job.output, identity_, context_.signals);
  if (!place.ok()) return place.status();
  if (Status planned = plan(); !planned.ok()) return planned;
  report_.window = window_;
  if (window_.empty()) {
    if (in_.main != nullptr) {
      context_.console.line(
          "nothing to backfill: the job has asked for all of it, or a backfill has");
      return {};
    }
    context_.console.line("nothing to export yet: the last run reached as far");
    return look_at_watermarks();
  }
  return run_window(**place);
}

Status ExportRun::read_options(int64_t now_ns) {
  Result<WindowOptions> options = window_options(in_.flags, in_.asked, now_ns);
  if (!options.ok()) return options.status();
  options_ = *options;
  options_.may_count = may_count_rows(in_.script.text);
  return {};
}

// By the server's clock, as far as it is known: from this run, or from the one before.
Status ExportRun::plan() {
  if (in_.main != nullptr) return plan_backfill();
  const int64_t now_ns = started_ns_;
  auto state = store_.load(now_ns + ahead_ns_.value_or(0));
  if (!state.ok() && !ahead_ns_ && store_.load(INT64_MAX).ok()) {
    // From the future: by this machine's clock, or by the server's, too?
    ahead_ns_ = ask_clock_ahead(in_.connection);
    state = store_.load(now_ns + ahead_ns_.value_or(0));
  }
  if (!state.ok()) return state.status();
  const int64_t known_ns = *state ? (*state)->clock_ahead_ns : 0;
  if (Status read = read_options(now_ns + ahead_ns_.value_or(known_ns)); !read.ok()) return read;
  options_.script = fmt::format("{} {} {}", report_.script_hash, in_.asked.function,
                                fmt::join(in_.job.identity.arguments, " "));
  options_.known_by_time = known_by_time_;
  identity_.first = !state->has_value();
  if (identity_.first && !std::exchange(planned_, true)) {
    Result<ExportFitness> fitness = fitness_of(in_.asked, in_.script, options_, context_);
    if (!fitness.ok()) return fitness.status();
    tell_first(in_.job, *fitness, context_);
  }
  state_ = std::move(*state).value_or(ExportState{});
  state_.job = in_.job.name;
  state_.cluster = in_.job.clusters.front();
  if (record_.has_told(state_)) state_.untold_gaps.clear();
  window_ = plan_window(state_, options_);
  rest_follows_ = end_limit_ns_ < window_.end_ns;
  window_.end_ns = std::min(window_.end_ns, end_limit_ns_);
  window_.asked_back = pins_.asks_back;
  state_.clock_ahead_ns = ahead_ns_.value_or(known_ns);
  if (identity_.first) state_.began_ns = window_.start_ns;
  set_identity();
  return {};
}

void ExportRun::set_identity() {
  identity_.spellings = state_.spellings;
  identity_.window = RunWindow{window_.start_ns, window_.end_ns};
  identity_.key = fmt::format("{} {} {}", in_.job.name, window_.start_ns, window_.end_ns);
}

Result<Stretch> ExportRun::backfill_asked() const {
  const TimeReference now{.now_ns = started_ns_, .utc_offset = {}};
  Stretch asked{.from_ns = options_.first_start_ns.value_or(0), .to_ns = started_ns_};
  if (!in_.asked.end) return asked;
  Result<TimeArgument> end = parse_time(*in_.asked.end, now, "--end");
  if (!end.ok()) return end.status();
  asked.to_ns = end->ns;
  return asked;
}

// Stretch by stretch, each a window of its own, of what the job itself never asks for: it may run
// meanwhile.
Status ExportRun::plan_backfill() {
  if (!pins_.asks_back) {
    return {Code::kUsage,
            "the script has a start of its own, so that nothing older can be asked of it",
            "px.plugin.start_time, or an argument start_time, makes one that can be told"};
  }
  if (Status read = read_options(started_ns_); !read.ok()) return read;
  const Result<Stretch> asked = backfill_asked();
  if (!asked.ok()) return asked.status();
  StateStore main_store(*in_.main, in_.job.path().expand(identity_.path_values()));
  const auto main = main_store.load(INT64_MAX);
  if (!main.ok()) return main.status();
  if (!*main || !(*main)->began_ns) {
    return {Code::kUsage,
            fmt::format("nobody knows where the job '{}' began: it has {}", in_.main->name,
                        *main ? "run with an older pxq only" : "not run yet"),
            "its first run takes --start TIME, too"};
  }
  auto own = store_.load(INT64_MAX);
  if (!own.ok()) return own.status();
  state_ = std::move(*own).value_or(ExportState{});
  state_.job = in_.job.name;
  state_.cluster = in_.job.clusters.front();
  if (state_.spellings.empty()) state_.spellings = (*main)->spellings;
  std::vector<Stretch> left;
  for (const Stretch& one : never_asked(*asked, *(*main)->began_ns, (*main)->skipped)) {
    const std::vector<Stretch> parts = without(one, state_.covered);
    left.insert(left.end(), parts.begin(), parts.end());
  }
  window_ = {};
  window_.asked_back = true;
  rest_follows_ = false;
  if (left.empty()) return {};
  if (end_limit_ns_ <= left.front().from_ns) end_limit_ns_ = INT64_MAX;
  window_.start_ns = window_.query_start_ns = left.front().from_ns;
  window_.end_ns = std::min(left.front().to_ns, end_limit_ns_);
  rest_follows_ = left.size() > 1 || window_.end_ns < left.front().to_ns;
  state_.reached_ns = window_.start_ns;
  identity_.first = true;  // a file in the way gets a neighbour: it is the job's own, perhaps
  set_identity();
  return {};
}

// A window that was cut by a time that the server has not reached would lose what comes until then;
// one by a time long past would leave rows that may be forgotten when the next run comes.
void ExportRun::look_at_clock(const ServerClock& clock) {
  if (clock.ahead_ns()) ahead_ns_ = clock.ahead_ns();
  clock_differs_ = clock.refused();
  if (clock_differs_) ++clock_tries_;
}

// Of rows that bear times for the second time nobody knows which are new.
Status ExportRun::look_at_watermarks() {
  if (!ahead_ns_) return {};
  std::vector<Gap> passed;
  for (const auto& [name, table] : state_.tables) {
    if (table.watermark_ns <= options_.now_ns + kSameClock) continue;
    passed.push_back({name, options_.now_ns, table.watermark_ns});
  }
  report_.gaps = passed;
  return tell_put_back(passed, in_.job, in_.flags.strict, context_);
}

// The oldest row tells where rows begin: half of the years before it would hold none.
bool ExportRun::halve() {
  if (!pins_.end) return false;
  int64_t first_ns = window_.end_ns;
  for (const WindowedTable& table : report_.windowed) {
    first_ns = std::min(first_ns, table.first_ns.value_or(first_ns));
  }
  first_ns = std::max(first_ns, window_.start_ns);
  const int64_t length = window_.end_ns - first_ns;
  const int64_t middle = floor_to(first_ns + length / 2, options_.align.count());
  if (length < kShortestWindow || middle <= window_.start_ns || middle >= window_.end_ns) {
    return false;
  }
  end_limit_ns_ = middle;
  if (context_.console.verbose()) {
    context_.console.line("the window holds more rows than the limit: less of it is asked for");
  }
  return true;
}

// Rows may be fewer from here on.
void ExportRun::grow() {
  const int64_t length = std::min(window_.end_ns - window_.start_ns, kLongestStep);
  end_limit_ns_ = window_.end_ns + 2 * length;
}

Status ExportRun::run_window(OutputPlace& place) {
  Result<ScriptRequest> request = windowed_request(in_.asked, in_.script, window_, context_);
  if (!request.ok()) return request.status();
  request->cluster_id = in_.connection.cluster_id;
  if (asks_clock_) add_clock_question(*request);
  if (in_.before_rows) {
    if (Status ready = in_.before_rows(window_); !ready.ok()) return ready;
  }
  auto opened = open_destination(place);
  if (!opened.ok()) return opened.status();
  const ExportDestination& exported = **opened;
  Selection tables;
  tables.tables = in_.job.output.selection.tables;
  Rendering rendering(std::move(tables), *std::move(opened),
                      {.talk = in_.talk,
                       .cut_is_failure = true,
                       .untold =
                           [this, &exported](bool too_much) {
                             too_much_ = too_much;
                             unlike_ = exported.window().unlike();
                             return clock_refused_ || clock_differs_ || unlike_ ||
                                    (too_much && pins_.end);
                           },
                       .limits = row_limits(*request, in_.script.vis.value_or(Vis{}))},
                      context_);
  const int64_t sent_ns = wall_clock_ns();
  ServerClock clock(sent_ns, rendering.sink());
  if (clock_tries_ < kMostClockTries && in_.main == nullptr) {
    const int64_t since_ns = sent_ns - started_ns_;
    clock.refuse_outside(options_.now_ns - tolerance(options_),
                         options_.now_ns + since_ns + kMostBehind);
  }
  Summary summary =
      without_clock(wire::run_script(in_.connection.peer, *request, in_.connection.run, clock));
  summary.cluster = in_.connection.cluster;
  clock_refused_ = asks_clock_ && summary.status.code() == Code::kScript;
  if (clock.refused()) summary.status = clock.status();
  look_at_clock(clock);
  Status status =
      rendering.conclude(std::move(summary), {*request, in_.script.text, row_cap(request->text)});
  rendering.describe(report_);
  report_.windowed = exported.window().tables();
  report_.clock_ahead_ns = ahead_ns_;
  if (!status.ok()) return status;
  tell_tables(exported, context_);
  exported.shaping().tell(context_.console);
  report_.skips_empty = in_.job.output.spelling.skip_empty;
  tell_clock(ahead_ns_.value_or(0), context_);
  tell_done(in_.job, report_, context_);
  kept_ = exported.kept_state();
  report_.gaps = kept_->untold_gaps;
  return {};
}

Result<std::unique_ptr<ExportDestination>> ExportRun::open_destination(OutputPlace& place) {
  auto rows = place.open(identity_);
  if (!rows.ok()) return rows.status();
  const auto keep = [this](Destination& target, ExportState& state) {
    state.clock_ahead_ns = ahead_ns_.value_or(state.clock_ahead_ns);
    if (in_.main != nullptr) {
      state.tables.clear();
      add_stretch(state.covered, {window_.start_ns, window_.end_ns});
    }
    const Status held = in_.lock.still_held();
    return held.ok() ? store_.keep(target, state) : held;
  };
  Selection columns = in_.job.output.selection;
  columns.tables.clear();
  return std::make_unique<ExportDestination>(*std::move(rows), keep, std::move(columns),
                                             in_.job.output.shape, state_, window_, options_);
}

Status ExportRun::forget_told() {
  if (!kept_ || !told_) return {};
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
