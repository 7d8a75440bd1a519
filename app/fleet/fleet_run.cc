#include "fleet/fleet_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <system_error>
#include <thread>
#include <utility>

#include "base/no_thread.h"
#include "base/wall_clock.h"
#include "fleet/member_events.h"
#include "fleet/member_sink.h"
#include "process/exit_code.h"
#include "script/row_cap.h"
#include "text/visible.h"
#include "wire/script_call.h"

namespace pxq {
namespace {

bool is_cluster_column(const std::string& name) { return name == kClusterColumn; }

// The column is not there yet where a cluster's own rows are chosen.
Selection member_selection(Selection all) {
  all.limit.reset();
  std::erase_if(all.columns, is_cluster_column);
  return all;
}

bool is_same_error(const Diagnostic& a, const Diagnostic& b) {
  return a.message == b.message && a.hint == b.hint && a.where.file == b.where.file &&
         a.where.line == b.where.line && a.where.column == b.where.column;
}

bool is_same_error(const Status& a, const Status& b) {
  const auto same = [](const Diagnostic& one, const Diagnostic& other) {
    return is_same_error(one, other);
  };
  return a.message() == b.message() && a.hint() == b.hint() &&
         std::ranges::equal(a.diagnostics(), b.diagnostics(), same);
}

}  // namespace

/// One cluster of the run.
class FleetRun::Member {
 public:
  Member(FleetMember& of, Connection& cloud, size_t index, std::mutex& mutex, FleetCount& count,
         Context& context)
      : fleet_member(of),
        label(visible(of.label)),
        events(context, cloud.run.limits.held, label, mutex, count, index) {}

  FleetMember& fleet_member;
  const std::string label;
  MemberEvents events;
  std::unique_ptr<Rendering> rendering;
  RunReport report;
  bool asked = false;
  Status status = {};
};

FleetRun::FleetRun(FleetInput input, RenderingOptions judged, Context& context)
    : in_(std::move(input)), judged_(std::move(judged)), context_(context) {}

FleetRun::~FleetRun() = default;

Selection FleetRun::merged_selection(Selection all) {
  all.tables.clear();
  all.promised.clear();
  const bool named = std::ranges::any_of(all.columns, is_cluster_column);
  if (!named) {
    all.columns.clear();
    all.drop_columns = false;
  } else if (all.drop_columns) {
    all.columns = {kClusterColumn};
  }
  return all;
}

Status FleetRun::go(std::unique_ptr<Rendering> merged, RunReport& report) {
  merged_ = std::move(merged);
  if (merged_ != nullptr) merge_.emplace(merged_->sink());
  if (Status opened = open_members(); !opened.ok()) return opened;
  if (Status asked = ask_all(); !asked.ok()) return asked;
  return conclude(report);
}

Status FleetRun::open_members() {
  count_.of = in_.fleet.members.size();
  count_.rows.resize(count_.of);
  for (FleetMember& one : in_.fleet.members) {
    auto member =
        std::make_unique<Member>(one, in_.fleet.cloud, members_.size(), mutex_, count_, context_);
    RenderingOptions options = judged_;
    options.run = in_.identity(one.label);
    options.mark = in_.mark;
    options.takes_error = [this, label = member->label](const Status& error, std::string_view) {
      return keep_rejection(error, label);
    };
    if (merged_ == nullptr) {
      auto rendering = Rendering::open(in_.output, std::move(options), context_);
      if (!rendering.ok()) return rendering.status();
      member->rendering = *std::move(rendering);
    } else {
      options.assertions.clear();
      options.run_column_ns.reset();
      options.enough = [this] { return merged_->sink().satisfied(); };
      options.enough_by = in_.output.selection.limit ? "limited by --limit"
                          : in_.end                  ? "ended by --for"
                                                     : "left in the pager before its end";
      // What is wrong with all of them together is told once.
      options.untold = [this](bool) { return !merged_->sink().status().ok(); };
      member->rendering = std::make_unique<Rendering>(
          member_selection(in_.output.selection),
          std::make_unique<MergedRows>(merge_->source(one.label)), std::move(options), context_);
    }
    members_.push_back(std::move(member));
  }
  return {};
}

Status FleetRun::ask_all() {
  std::vector<std::jthread> threads;
  const size_t count = std::min(in_.parallel, members_.size());
  try {
    while (threads.size() < count) threads.emplace_back([this] { work(); });
  } catch (const std::system_error& error) {
    // Fewer do the same work, later.
    if (threads.empty()) {
      return no_thread(error);
    }
  }
  return {};
}

bool FleetRun::over() const {
  if (context_.stop().stop_requested()) return true;
  if (merged_ == nullptr) return false;
  return !merged_->sink().status().ok() || merged_->sink().satisfied();
}

void FleetRun::work() {
  while (true) {
    Member* member = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (next_ == members_.size() || over()) return;
      member = members_[next_++].get();
      member->asked = true;
      member->report.started_ns = wall_clock_ns();
    }
    ask(*member);
  }
}

void FleetRun::ask(Member& member) {
  GuardedSink rows(mutex_, member.label, context_.console, member.rendering->sink());
  ScriptRequest request = in_.request;
  request.cluster_id = member.fleet_member.cluster.id;
  wire::RunOptions options = in_.fleet.cloud.run;
  options.envelope = member.fleet_member.envelope;
  options.events = &member.events;
  Summary summary;
  summary.status = member.fleet_member.health;
  const Duration used = MonotonicClock::now() - began_;
  if (options.limits.total != Duration::zero() && used >= options.limits.total) {
    summary.status = {Code::kTimeout, "the time limit was over before this cluster was asked",
                      "--parallel N asks more of them at the same time, --timeout waits longer"};
  }
  spend(used, options.limits);
  if (summary.status.ok()) {
    summary = wire::run_script(in_.fleet.cloud.peer, request, options, rows);
  } else {
    rows.end(summary);
  }
  const std::lock_guard lock(mutex_);
  summary.cluster = member.fleet_member.label;
  context_.console.set_about(member.label);
  member.status = member.rendering->conclude(
      std::move(summary), {.request = request, .text = in_.text, .row_cap = row_cap(request.text)});
  context_.console.set_about({});
  member.rendering->describe(member.report);
  member.report.finished_ns = wall_clock_ns();
  ++count_.done;
}

// A script that one cluster rejects the others reject as well. Programs want each one's answer.
bool FleetRun::keep_rejection(const Status& error, const std::string& label) {
  if (error.code() != Code::kScript || judged_.talk.errors == "json") return false;
  for (Rejection& known : rejections_) {
    if (!is_same_error(known.error, error)) continue;
    known.labels.push_back(label);
    return true;
  }
  rejections_.push_back({error, {label}});
  return true;
}

void FleetRun::tell_rejections() const {
  for (const Rejection& each : rejections_) {
    context_.console.set_about(fmt::format("{}", fmt::join(each.labels, ", ")));
    context_.console.error(each.error, in_.text);
    context_.console.set_about({});
  }
}

Status FleetRun::conclude(RunReport& report) {
  context_.reported = false;
  context_.console.clear_progress();
  tell_rejections();
  const Status failure = verdict();
  if (merged_ == nullptr) {
    describe(report);
    report.summary = all_together();
    for (const auto& member : members_) {
      report.files.insert(report.files.end(), member->report.files.begin(),
                          member->report.files.end());
      report.committed = report.committed || member->report.committed;
    }
    return failure;
  }
  Summary summary = all_together();
  merged_->sink().end(summary);
  const bool partial = summary.status.ok() && !failure.ok();
  const Status written = merged_->conclude(
      std::move(summary), {.request = in_.request, .text = in_.text, .partial = partial});
  merged_->describe(report);
  describe(report);
  for (TableSummary& table : report.summary.tables) {
    table.capped = std::ranges::any_of(members_, [&](const auto& member) {
      return std::ranges::any_of(member->report.summary.tables, [&](const TableSummary& one) {
        return one.capped && one.name == table.name;
      });
    });
  }
  return written.ok() ? failure : written;
}

// Tables as the merge has them: by name and number.
Summary FleetRun::all_together() const {
  Summary all;
  bool any_whole = false;
  bool any_failed = false;
  std::map<std::pair<std::string, size_t>, size_t> places;
  for (const auto& member : members_) {
    const Summary& one = member->report.summary;
    any_whole = any_whole || (member->asked && member->status.ok());
    any_failed = any_failed || (member->asked && !member->status.ok());
    all.cluster += (all.cluster.empty() ? "" : ", ") + member->fleet_member.label;
    all.limited = all.limited || one.limited;
    if (one.limited) all.limited_by = one.limited_by;
    all.bytes_received += one.bytes_received;
    all.resumes += one.resumes;
    if (one.stats) {
      ExecutionStats& stats = all.stats ? *all.stats : all.stats.emplace();
      stats.execution_time_ns = std::max(stats.execution_time_ns, one.stats->execution_time_ns);
      stats.compilation_time_ns =
          std::max(stats.compilation_time_ns, one.stats->compilation_time_ns);
      stats.bytes_processed += one.stats->bytes_processed;
      stats.records_processed += one.stats->records_processed;
    }
    std::map<std::string, size_t> named;
    for (const TableSummary& table : one.tables) {
      const size_t number = ++named[table.name];
      if (!selected(member->report, table)) continue;
      const auto [place, added] = places.try_emplace({table.name, number}, all.tables.size());
      if (added) {
        all.tables.push_back({.name = table.name,
                              .id = fmt::format("{} of {}", number, table.name),
                              .complete = true});
      }
      TableSummary& sum = all.tables[place->second];
      sum.rows += table.rows;
      sum.bytes += table.bytes;
      sum.complete = sum.complete && table.complete;
      sum.gap = sum.gap || table.gap;
    }
  }
  all.elapsed = MonotonicClock::now() - began_;
  const Status failure = verdict();
  const bool stopped = failure.code() == Code::kInterrupted;
  if (stopped || (!any_whole && any_failed)) all.status = failure;
  if (all.status.ok() && any_failed) {
    all.limited = true;
    all.limited_by = kNotOfAll;
    for (TableSummary& table : all.tables) table.complete = false;
  }
  return all;
}

bool FleetRun::selected(const RunReport& report, const TableSummary& table) {
  return report.facts.contains(table.id);
}

// As of jobs: the greatest exit code, and who failed.
Status FleetRun::verdict() const {
  if (context_.stop().stop_requested()) return {Code::kInterrupted, "interrupted"};
  const Status* worst = nullptr;
  std::vector<std::string> failed;
  bool same = true;
  bool retryable = true;
  for (const auto& member : members_) {
    const Status& status = member->status;
    if (status.ok()) continue;
    failed.push_back(fmt::format("{} (exit {})", member->label, exit_code(status.code())));
    retryable = retryable && status.retryable();
    same = same && (worst == nullptr || worst->message() == status.message());
    if (worst == nullptr || exit_code(status.code()) > exit_code(worst->code())) worst = &status;
  }
  if (worst == nullptr) return {};
  const std::string one = failed.size() == 1 || same ? ": " + worst->message() : std::string();
  return Status(worst->code(), fmt::format("{} of {} clusters failed, {}{}", failed.size(),
                                           members_.size(), fmt::join(failed, ", "), one))
      .with_retryable(retryable);
}

void FleetRun::describe(RunReport& report) const {
  report.clusters.clear();
  for (const auto& member : members_) {
    RunReport& one = report.clusters.emplace_back(member->report);
    one.cluster_id = member->fleet_member.cluster.id;
    one.summary.cluster = member->fleet_member.label;
    one.verdict = member->status;
    // One that nobody asked any more was not wanted, or the run was stopped.
    if (!member->asked && context_.stop().stop_requested()) {
      one.verdict = {Code::kInterrupted, "interrupted"};
    }
    if (!member->asked && one.verdict.ok()) one.summary.limited = true;
    one.error_name = one.verdict.ok() ? "" : error_name(one.verdict.code());
    const int signal = context_.signals.fatal_signal();
    one.exit_code = one.verdict.code() == Code::kInterrupted && signal != 0
                        ? 128 + signal
                        : exit_code(one.verdict.code());
  }
}

}  // namespace pxq
