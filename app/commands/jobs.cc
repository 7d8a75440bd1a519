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

#include "base/wall_clock.h"
#include "cli/command.h"
#include "export/job_card.h"
#include "file/file_bytes.h"
#include "file/journal.h"
#include "file/lock.h"
#include "job/export_job.h"
#include "job/job_changes.h"
#include "job/job_listing.h"
#include "job/listed_job.h"
#include "object/pending_objects.h"
#include "object/upload_notes.h"
#include "options/output_options.h"
#include "options/talk_options.h"
#include "result/listing.h"
#include "result/summary_output.h"
#include "text/shell_word.h"
#include "text/visible.h"

namespace pxq {
namespace {

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
    if (Status words = check_words(); !words.ok()) return words;
    now_ns_ = wall_clock_ns();
    directory_ = state_directory(directory_);
    if (directory_.empty()) {
      return {Code::kUsage, "no place where states could be: HOME is not set",
              "name a directory with --state"};
    }
    const Result<std::vector<ListedJob>> jobs = list_jobs(directory_);
    if (!jobs.ok()) return jobs.status();
    if (name_.empty()) return write_tables({jobs_table(*jobs, now_ns_)}, output_, talk_, context);
    const Result<ListedJob> job = find_job(*jobs, name_, directory_);
    if (!job.ok()) return job.status();
    if (action_.empty())
      return write_tables({job_details(*job), job_tables(*job)}, output_, talk_, context);
    if (action_ == "backfill") return backfill(*job);
    return change(*job, context);
  }

 private:
  Status check_words() const {
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
    return {};
  }

  // The job's own command does it, in this process, where it was run the last time.
  Status backfill(const ListedJob& job) const {
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

  Status change(const ListedJob& job, Context& context) const {
    const std::string& path = job.known.state;
    const Result<RunLock> lock = settle(path, context);
    if (!lock.ok()) return lock.status();
    ListedJob fresh = read_job({.state = path, .card = load_card(card_path(path))});
    if (action_ == "rename") return rename(fresh, context);
    if (action_ == "reset") return reset_job(fresh, context);
    return skip_job(std::move(fresh), value_, now_ns_, context);
  }

  // Nobody runs the job while the lock is held.
  Result<RunLock> settle(const std::string& state, Context& context) const {
    Result<RunLock> lock =
        RunLock::acquire(state + ".lock", IfLocked::kRefuse, context.signals.token());
    if (!lock.ok()) return Status(lock.status()).with_hint("wait until that run is over");
    // What a dead run has left is a part of the state that is to be changed.
    if (Status whole = Journal::recover(state + ".journal"); !whole.ok()) return whole;
    if (Status whole = check_objects(state + ".journal"); !whole.ok()) return whole;
    return lock;
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

  Status rename(const ListedJob& job, Context& context) const {
    if (!job.trouble.ok()) return job.trouble;
    if (job.known.card && job.known.card->family.ends_with(" backfill")) {
      return {Code::kUsage, fmt::format("'{}' goes by the name of its job", job.handle),
              "rename the job, and it is renamed with it"};
    }
    if (!job.state) {
      return {Code::kUsage, fmt::format("job '{}' has no state", job.handle),
              "give its next run the name: --job " + value_};
    }
    Status renamed = check_new_name(job.known, value_, directory_);
    if (renamed.ok()) renamed = rename_backfill(job.name, context);
    if (renamed.ok()) {
      renamed = rename_job(job.known, job.name, *job.state, value_, directory_, context);
    }
    if (!renamed.ok()) return renamed;
    const std::string word = shell_word(value_);  // to be pasted, whatever is in it
    context.console.line(fmt::format(
        "job '{}' is '{}' now: its runs need --job {}, unless their flags make that name",
        visible(job.handle), visible(value_), visible(word == value_ ? "'" + word + "'" : word)));
    return {};
  }

  // What a backfill has exported must be known under the new name, too, or the next one would
  // export it again. It goes first: should the job then keep its name, the same command ends what
  // was begun.
  Status rename_backfill(const std::string& job, Context& context) const {
    const std::string name = backfill_name(job);
    const std::string state = state_path(directory_, name);
    if (!exists(state) && !exists(card_path(state)) && !exists(state + ".journal")) return {};
    const Result<RunLock> lock = settle(state, context);
    if (!lock.ok()) return lock.status();
    const ListedJob backfill = read_job({.state = state, .card = load_card(card_path(state))});
    if (!backfill.trouble.ok()) return backfill.trouble;
    if (!backfill.state) return {};
    return rename_job(backfill.known, name, *backfill.state, backfill_name(value_), directory_,
                      context);
  }

  static bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

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
