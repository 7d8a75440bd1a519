#include "job/export_job.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <span>
#include <utility>

#include "base/environment.h"
#include "export/job_card.h"
#include "file/file_bytes.h"
#include "file/journal.h"

namespace pxq {
namespace {

// By which the paths of two runs always differ.
constexpr std::string_view kRunPlaceholders[] = {"start", "end", "run"};
// By which they differ now and then.
constexpr std::string_view kDayPlaceholders[] = {"date", "hour"};

bool has_any(const PathTemplate& path, std::span<const std::string_view> placeholders) {
  return std::ranges::any_of(placeholders, [&](std::string_view name) { return path.has(name); });
}

// Its first run could write the file; no later one could.
Status check_append(const OutputPlan& output) {
  if (output.format->lines) return {};
  return {Code::kUsage,
          fmt::format("--to '{}': its format cannot be added to", output.path->text()),
          "csv, tsv and jsonl can; without --append put {start} into the path"};
}

// What an earlier run has exported may not be held by any cluster any more.
Status check_path(const OutputPlan& output) {
  const bool by_run = has_any(*output.path, kRunPlaceholders);
  if (output.kind->holds_runs) {
    if (output.force) {
      return {Code::kUsage, "--force would replace the database with the rows of one run",
              "an export always adds to its database: leave --force out"};
    }
    if (!by_run && !has_any(*output.path, kDayPlaceholders)) return {};
    return {Code::kUsage, "a database that is exported to keeps how far it is in itself",
            "--to must name the same database each time: no {date}, {hour}, {start}, {end}, {run}"};
  }
  if (output.append) return check_append(output);
  if (by_run) return {};
  return {Code::kUsage,
          fmt::format("--to '{}' names the same files in {}", output.path->text(),
                      has_any(*output.path, kDayPlaceholders) ? "several runs" : "every run"),
          output.kind->remote() ? "put {start} into it"
                                : "put {start} into it, or add to the files with --append"};
}

}  // namespace

std::string state_directory(const std::string& given) {
  if (!given.empty()) return absolute_path(given);
  return xdg_directory("XDG_STATE_HOME", ".local/state");
}

Result<ExportJob> ExportJob::find(const ExportOptions& options, OutputPlan output,
                                  const ScriptOptions& asked,
                                  const std::vector<std::string>& script_arguments,
                                  const Script& script, const Target& target) {
  if (Status repeatable = check_path(output); !repeatable.ok()) return repeatable;
  const std::string& to = output.path->text();
  auto path = PathTemplate::parse(output.kind->remote() ? to : absolute_path(to));
  if (!path.ok()) return path.status();
  auto identity = JobIdentity::of(output, asked, script_arguments, script, path->text());
  if (!identity.ok()) return identity.status();
  ExportJob job;
  job.identity = *std::move(identity);
  job.directory = state_directory(options.state);
  if (job.directory.empty() && !output.kind->holds_runs) {
    return Status(Code::kUsage, "no place to keep how far the export is: HOME is not set",
                  "name a directory with --state");
  }
  if (job.directory.empty()) job.directory = path->directory();
  if (options.job.empty()) {
    job.former_name =
        former_job_name(output, asked, script_arguments, script, target, path->text());
  } else {
    job.take_name(options.job);
  }
  job.output = std::move(output);
  job.output.path = *std::move(path);
  job.look_for_cluster(target);
  return job;
}

void ExportJob::take_name(std::string text) {
  name = std::move(text);
  state = state_path(directory, name);
  lock = state + ".lock";
  journal = state + ".journal";
}

ExportJob ExportJob::backfill() const {
  ExportJob other = *this;
  other.former_name.clear();
  other.identity.family += " backfill";  // else it would be taken for this one
  other.take_name(backfill_name(name));
  return other;
}

// A cloud's cluster goes by names that may change, a job by its id: the cards of earlier runs tell
// it without asking.
void ExportJob::look_for_cluster(const Target& target) {
  if (target.kind != Target::Kind::kCloud) {
    clusters = target.kind == Target::Kind::kLocal
                   ? std::vector<std::string>{"local=" + target.local}
                   : address_names(target.endpoint);
    if (!has_place()) take_name(identity.name_on(clusters.front()));
    return;
  }
  cloud = target.endpoint.text();
  if (has_place()) return;
  const auto jobs = jobs_in(directory);
  if (!jobs.ok()) return;
  for (const KnownJob& known : *jobs) {
    if (!known.card || known.card->family != identity.family || known.card->cloud != cloud)
      continue;
    const std::string& wanted = target.cluster;
    if (!wanted.empty() && wanted != known.card->cluster_id && wanted != known.card->cluster) {
      continue;
    }
    if (known.state != state_path(directory, known.card->job)) continue;
    return take_name(known.card->job);
  }
}

void ExportJob::settle_on(const std::string& cluster_id) {
  if (!cluster_id.empty()) clusters = {cluster_id};
  if (!has_place()) take_name(identity.name_on(fmt::format("{}@{}", cluster_id, cloud)));
}

Status ExportJob::adopt(const std::stop_token& stop) const {
  if (database() || former_name.empty()) return {};
  const std::string former = state_path(directory, former_name);
  if (::access(former.c_str(), F_OK) != 0 && ::access((former + ".journal").c_str(), F_OK) != 0) {
    return {};
  }
  const Result<RunLock> held = RunLock::acquire(former + ".lock", IfLocked::kRefuse, stop);
  if (!held.ok()) return held.status();
  if (Status whole = Journal::recover(former + ".journal"); !whole.ok()) return whole;
  // A state of today's name goes on; the former one is told of by `pxq jobs`.
  if (::access(state.c_str(), F_OK) == 0) return {};
  if (::rename(former.c_str(), state.c_str()) != 0 && errno != ENOENT) {
    return errno_status(Code::kOutput, "rename", former, errno);
  }
  return sync_directory(directory);
}

Result<std::optional<ExportState>> ExportJob::load(const std::string& database_file,
                                                   const std::optional<std::string>& text,
                                                   int64_t now_ns) const {
  const StateOwner owner{.jobs = {name, former_name}, .clusters = clusters};
  const std::string place = database() ? "in " + database_file : state;
  auto known = Result<std::optional<ExportState>>(std::optional<ExportState>());
  if (!database()) {
    known = load_state(state);
  } else if (text) {
    auto parsed = parse_state(*text, place);
    if (!parsed.ok()) return parsed.status();
    known = std::optional<ExportState>(*std::move(parsed));
  }
  if (!known.ok() || !known->has_value()) return known;
  if (Status ours = check_state(**known, place, owner, now_ns); !ours.ok()) return ours;
  return known;
}

}  // namespace pxq
