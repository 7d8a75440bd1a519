#include <fmt/format.h>
#include <unistd.h>
#include <CLI/App.hpp>

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/suggest.h"
#include "base/wall_clock.h"
#include "cli/command.h"
#include "export/job_card.h"
#include "export/watermark.h"
#include "file/file_bytes.h"
#include "file/journal.h"
#include "file/lock.h"
#include "job/export_job.h"
#include "job/job_changes.h"
#include "object/pending_objects.h"
#include "object/upload_notes.h"
#include "options/output_options.h"
#include "options/talk_options.h"
#include "output/sqlite.h"
#include "result/listing.h"
#include "result/summary_output.h"
#include "script/time_argument.h"
#include "text/shell_word.h"
#include "text/visible.h"

namespace pxq {
namespace {

constexpr size_t kFamilyDigits = 16;

/// A job and how far it is.
struct Job {
  KnownJob known;
  std::string name;
  std::string handle;  // by which it is named on the command line
  std::optional<ExportState> state;
  Status trouble;  // why the state cannot be read
};

// A job that nobody named bears a hash at its end, which is enough to tell it.
std::string handle_of(const std::string& name) {
  const size_t blank = name.rfind(' ');
  if (blank == std::string::npos || name.size() - blank - 1 != kFamilyDigits) return name;
  const std::string hash = name.substr(blank + 1);
  return hash.find_first_not_of("0123456789abcdef") == std::string::npos ? hash : name;
}

std::optional<int64_t> watermark(const Job& job) {
  if (!job.state) return std::nullopt;
  std::optional<int64_t> least = job.state->reached_ns;
  if (!job.state->tables.empty()) least.reset();
  for (const auto& [name, table] : job.state->tables) {
    least = std::min(least.value_or(table.watermark_ns), table.watermark_ns);
  }
  return least;
}

std::optional<int64_t> farthest(const Job& job) {
  if (!job.state) return std::nullopt;
  std::optional<int64_t> most = job.state->reached_ns;
  for (const auto& [name, table] : job.state->tables) {
    most = std::max(most.value_or(table.watermark_ns), table.watermark_ns);
  }
  return most;
}

std::string time_cell(std::optional<int64_t> ns) { return ns ? pixie_time(*ns) : std::string(); }

/// The exports of this machine: how far they are, how they went, and how one is begun anew.
class JobsCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("NAME", name_, "a job, as the list names it: all that is known of it");
    app.add_option("ACTION", action_,
                   "reset: the next run begins anew; skip-to TIME: it begins there; rename NAME: "
                   "it is of that job; backfill: export what it never asked for")
        ->check(CLI::IsMember({"reset", "skip-to", "rename", "backfill"}));
    app.add_option("VALUE", value_, "of skip-to a time, in the words of --start; of rename a name");
    app.add_option("--start", start_, "of backfill: from when on")->type_name("TIME");
    app.add_option("--end", end_, "of backfill: up to when (default now)")->type_name("TIME");
    app.add_option("--state", directory_, "where the states are (default $XDG_STATE_HOME/pxq)")
        ->type_name("DIR");
    output_.declare(app);
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    if (action_ == "skip-to" && value_.empty()) {
      return {Code::kUsage, "skip-to needs a time", "such as: pxq jobs NAME skip-to 30m"};
    }
    if ((action_ == "backfill") == start_.empty() || (start_.empty() && !end_.empty())) {
      return {
          Code::kUsage,
          action_ == "backfill" ? "backfill needs a start" : "--start and --end are of backfill",
          "such as: pxq jobs NAME backfill --start 2d --end 1d"};
    }
    if (action_ == "backfill" && !value_.empty()) {
      return {Code::kUsage, "backfill takes its times by --start and --end"};
    }
    if (action_ == "rename" && value_.empty()) {
      return {Code::kUsage, "rename needs a name", "such as: pxq jobs NAME rename nightly"};
    }
    if (action_ == "reset" && !value_.empty()) {
      return {Code::kUsage, "reset takes no time", "skip-to TIME begins at one"};
    }
    now_ns_ = wall_clock_ns();
    directory_ = state_directory(directory_);
    if (directory_.empty()) {
      return {Code::kUsage, "no place where states could be: HOME is not set",
              "name a directory with --state"};
    }
    Result<std::vector<Job>> jobs = gather();
    if (!jobs.ok()) return jobs.status();
    if (name_.empty()) return write_tables({overview(*jobs)}, output_, talk_, context);
    Result<Job> job = find(*jobs);
    if (!job.ok()) return job.status();
    if (action_.empty())
      return write_tables({details(*job), tables(*job)}, output_, talk_, context);
    if (action_ == "backfill") return backfill(*job);
    return change(*job, context);
  }

 private:
  Result<std::vector<Job>> gather() const {
    auto known = jobs_in(directory_);
    if (!known.ok()) return known.status();
    std::vector<Job> jobs;
    for (KnownJob& one : *known) jobs.push_back(read(std::move(one)));
    return jobs;
  }

  static Job read(KnownJob known) {
    Job job;
    const bool database = known.card && known.card->database;
    Result<std::optional<ExportState>> state =
        database ? read_database(*known.card) : load_state(known.state);
    if (state.ok()) {
      job.state = *std::move(state);
    } else {
      job.trouble = state.status();
    }
    job.name = known.card ? known.card->job : job.state ? job.state->job : base_name(known.state);
    job.handle = handle_of(job.name);
    job.known = std::move(known);
    return job;
  }

  static Result<std::optional<ExportState>> read_database(const JobCard& card) {
    auto text = SqliteSink::read_state(card.to, card.job);
    if (!text.ok()) return text.status();
    if (!*text) return std::optional<ExportState>();
    auto state = parse_state(**text, "in " + card.to);
    if (!state.ok()) return state.status();
    return std::optional<ExportState>(*std::move(state));
  }

  Result<Job> find(const std::vector<Job>& jobs) const {
    std::vector<std::string> handles;
    std::vector<const Job*> found;
    for (const Job& job : jobs) {
      handles.push_back(job.handle);
      if (job.handle == name_ || job.name == name_) found.push_back(&job);
    }
    if (found.size() == 1) return *found.front();
    const std::string near = did_you_mean(name_, handles);
    return Status(
        Code::kUsage,
        fmt::format("{} '{}' in {}", found.empty() ? "no job" : "several jobs", name_, directory_),
        near.empty() ? "`pxq jobs` lists them" : near);
  }

  static std::string verdict(const Job& job) {
    if (!job.trouble.ok()) return "state refused";
    return job.known.card ? job.known.card->last.verdict : std::string();
  }

  static std::string error(const Job& job) {
    if (!job.trouble.ok()) return job.trouble.message();
    return job.known.card ? job.known.card->last.error : std::string();
  }

  ListTable overview(const std::vector<Job>& jobs) const {
    ListTable list{.name = "jobs",
                   .columns = {"job", "script", "cluster", "to", "exported_to", "lag_s", "rows",
                               "last_run", "verdict", "error"},
                   .rows = {},
                   .like = {"", "", "", "", "", int64_t{0}, int64_t{0}, "", "", ""}};
    for (const Job& job : jobs) {
      const JobCard card = job.known.card.value_or(JobCard{});
      const auto reached = watermark(job);
      list.rows.push_back({job.handle, card.script,
                           card.cluster.empty() ? card.cluster_id : card.cluster, card.to,
                           time_cell(reached), reached ? (now_ns_ - *reached) / 1'000'000'000 : -1,
                           static_cast<int64_t>(card.so_far.rows),
                           job.known.card ? time_cell(card.last.finished_ns) : std::string(),
                           verdict(job), error(job)});
    }
    return list;
  }

  static ListTable details(const Job& job) {
    const JobCard card = job.known.card.value_or(JobCard{});
    ListTable list{.name = "job", .columns = {"what", "value"}, .rows = {}};
    const auto add = [&](const char* what, std::string value) {
      list.rows.push_back({std::string(what), std::move(value)});
    };
    add("job", job.name);
    add("script", card.script);
    std::string arguments;
    for (const std::string& each : card.arguments)
      arguments += (arguments.empty() ? "" : " ") + each;
    add("arguments", arguments);
    add("cluster", card.cluster);
    add("cluster_id", job.state ? job.state->cluster : card.cluster_id);
    add("to", card.to);
    add("state", card.database ? "in " + card.to : job.known.state);
    add("exported_to", time_cell(watermark(job)));
    if (job.known.card) {
      add("last_run", time_cell(card.last.finished_ns));
      add("exit", std::to_string(card.last.exit_code));
      add("committed", card.last.committed ? "true" : "false");
      add("rows", std::to_string(card.last.rows));
      add("rows_so_far", std::to_string(card.so_far.rows));
      add("files_so_far", std::to_string(card.so_far.files));
      add("runs_so_far", std::to_string(card.so_far.runs));
      add("last_success", time_cell(card.last_success_ns));
    }
    add("verdict", verdict(job));
    add("error", error(job));
    return list;
  }

  static ListTable tables(const Job& job) {
    ListTable list{.name = "tables",
                   .columns = {"table", "exported_to", "known_from", "known_rows"},
                   .rows = {},
                   .like = {"", "", "", int64_t{0}}};
    if (!job.state) return list;
    for (const auto& [name, table] : job.state->tables) {
      list.rows.push_back({name, time_cell(table.watermark_ns), time_cell(table.dedup_from_ns),
                           static_cast<int64_t>(table.dedup_window.size())});
    }
    return list;
  }

  // The job's own command does it, in this process, where it was run the last time.
  Status backfill(const Job& job) const {
    if (!job.known.card || job.known.card->words.empty()) {
      return {Code::kUsage, fmt::format("nobody knows how job '{}' is run", job.handle),
              "its next run writes that down; --backfill beside its own flags does the same"};
    }
    const JobCard& card = *job.known.card;
    if (::chdir(card.directory.c_str()) != 0) {
      return errno_status(Code::kUsage, "go to", card.directory, errno);
    }
    std::vector<std::string> words = {"pxq", "export", "--backfill", "--job=" + job.name,
                                      "--start=" + start_};
    if (!end_.empty()) words.push_back("--end=" + end_);
    words.insert(words.end(), card.words.begin(), card.words.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv("/proc/self/exe", arguments.data());
    return errno_status(Code::kInternal, "run", "pxq", errno);
  }

  Status change(Job& job, Context& context) const {
    const std::string& path = job.known.state;
    Result<RunLock> lock =
        RunLock::acquire(path + ".lock", IfLocked::kRefuse, context.signals.token());
    if (!lock.ok()) return Status(lock.status()).with_hint("wait until that run is over");
    // What a dead run has left is a part of the state that is to be changed.
    if (Status whole = Journal::recover(path + ".journal"); !whole.ok()) return whole;
    if (Status whole = check_objects(path + ".journal"); !whole.ok()) return whole;
    Job fresh = read({.state = path, .card = load_card(card_path(path))});
    if (action_ == "rename") return rename(fresh, context);
    return action_ == "reset" ? reset(fresh, context) : skip(fresh, context);
  }

  // A store is asked with the keys of those who run the job, and not by whoever looks at it.
  Status check_objects(const std::string& journal) const {
    const auto pending = object::PendingObjects::load(journal);
    const bool begun = !pending.ok() || pending->has_value() || object::has_notes(journal);
    if (!begun) return {};
    return {Code::kUsage,
            fmt::format("job '{}' has objects that a run has begun and not finished", name_),
            "its next run finishes them, or takes them back: change the job after that"};
  }

  Status rename(const Job& job, Context& context) const {
    if (!job.trouble.ok()) return job.trouble;
    if (!job.state) {
      return {Code::kUsage, fmt::format("job '{}' has no state", job.handle),
              "give its next run the name: --job " + value_};
    }
    Status renamed = rename_job(job.known, job.name, *job.state, value_, directory_, context);
    if (!renamed.ok()) return renamed;
    const std::string word = shell_word(value_);  // to be pasted, whatever is in it
    context.console.line(fmt::format(
        "job '{}' is '{}' now: its runs need --job {}, unless their flags make that name",
        visible(job.handle), visible(value_), visible(word == value_ ? "'" + word + "'" : word)));
    return {};
  }

  // What is removed stays beside its place, for whoever had not meant it.
  Status reset(const Job& job, Context& context) const {
    const bool database = job.known.card && job.known.card->database;
    const std::string aside = job.known.state + ".before-reset";
    if (!job.state && job.trouble.ok()) {
      return {Code::kUsage, fmt::format("job '{}' has no state", job.handle),
              "its next run is its first one anyway"};
    }
    if (database) {
      if (!job.trouble.ok()) return job.trouble;
      if (Status saved = replace_file(state_text(*job.state), aside); !saved.ok()) return saved;
      Status dropped = SqliteSink::change_state(job.known.card->to, job.name, std::nullopt);
      if (!dropped.ok()) return dropped;
    } else if (::rename(job.known.state.c_str(), aside.c_str()) != 0) {
      return errno_status(Code::kOutput, "rename", job.known.state, errno);
    }
    const auto reached = watermark(job);
    context.console.loss(fmt::format(
        "job '{}' begins anew: rows {} that the cluster still holds are exported once more, those "
        "that it has lost in between are named by no run; the files that were exported stay, the "
        "old state is {}",
        visible(job.handle), reached ? "up to " + pixie_time(*reached) : "of before", aside));
    return {};
  }

  Status skip(Job& job, Context& context) const {
    if (!job.trouble.ok()) return job.trouble;
    if (!job.state) {
      return {Code::kUsage, fmt::format("job '{}' has no state", job.handle),
              "--start TIME says where its first run starts"};
    }
    Result<TimeArgument> time =
        parse_time(value_, {.now_ns = now_ns_, .utc_offset = {}}, "skip-to");
    if (!time.ok()) return time.status();
    if (time->ns > now_ns_) return {Code::kUsage, "skip-to needs a time that has been"};
    ExportState& state = *job.state;
    std::vector<std::string> losses;
    if (const auto reached = farthest(job)) add_stretch(state.skipped, {*reached, time->ns});
    for (auto& [name, table] : state.tables) {
      if (table.watermark_ns >= time->ns) continue;
      losses.push_back(fmt::format("rows of table '{}' from {} to {} are skipped and not exported",
                                   visible(name), pixie_time(table.watermark_ns),
                                   pixie_time(time->ns)));
      state.untold_gaps.push_back({.table = name,
                                   .from_ns = table.watermark_ns,
                                   .to_ns = time->ns,
                                   .certain = true,
                                   .skipped = true});
      table = {};
      table.watermark_ns = table.dedup_from_ns = time->ns;
    }
    if (losses.empty() && state.reached_ns.value_or(INT64_MAX) >= time->ns) {
      return {Code::kUsage,
              fmt::format("the job is exported up to {} already",
                          time_cell(watermark(job).value_or(now_ns_))),
              "skip-to goes forward; `reset` begins anew with all that is held"};
    }
    state.reached_ns = std::max(state.reached_ns.value_or(time->ns), time->ns);
    const bool database = job.known.card && job.known.card->database;
    Status saved = database
                       ? SqliteSink::change_state(job.known.card->to, job.name, state_text(state))
                       : replace_file(state_text(state), job.known.state);
    if (!saved.ok()) return saved;
    // The summary of the next run tells of them, too.
    if (job.known.card && job.known.card->told_ns) {
      job.known.card->told_ns.reset();
      if (Status kept = save_card(*job.known.card, card_path(job.known.state)); !kept.ok()) {
        return kept;
      }
    }
    for (const std::string& loss : losses) context.console.loss(loss);
    return {};
  }

  std::string name_;
  std::string action_;
  std::string value_;
  std::string start_;
  std::string end_;
  std::string directory_;
  OutputOptions output_;
  TalkOptions talk_;
  int64_t now_ns_ = 0;
};

}  // namespace

std::unique_ptr<Command> make_jobs_command() { return std::make_unique<JobsCommand>(); }

}  // namespace pxq
