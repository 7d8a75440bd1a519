#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"

namespace pxq {

/// How the last run of a job ended, whether or not it exported anything.
struct JobRun {
  int64_t started_ns = 0;  // Unix, by the wall clock
  int64_t finished_ns = 0;
  int exit_code = 0;
  std::string verdict;  // complete, or the kind of failure; see docs/exit-codes.md
  std::string error;    // empty: none
  bool committed = false;
  uint64_t rows = 0;  // exported
};

/// What all runs of a job that have committed did together.
struct JobTotals {
  uint64_t runs = 0;
  uint64_t rows = 0;
  uint64_t files = 0;  // made, not only added to
};

/// What a job is, for people and for `pxq jobs`: kept beside its state, replaced after every run,
/// and never needed to go on. A state tells how far a job is; its card tells whose it is.
struct JobCard {
  std::string job;
  std::string family;  // what tells it from other jobs, but for the cluster
  std::string script;
  std::vector<std::string> arguments;
  std::string to;          // the template, from the root on
  bool database = false;   // `to` is one, and keeps the state itself
  std::string cluster;     // as users name it
  std::string cluster_id;  // as states know it: the cloud's id, or an address
  std::string cloud;       // empty: a direct address
  JobRun last;
  std::optional<int64_t> last_success_ns = {};
  std::optional<int64_t> reached_ns = {};  // what the state says, for whoever has not got it
  JobTotals so_far = {};
  /// By which a run of it is started again, in that directory; empty: of an older pxq.
  std::vector<std::string> words = {};
  std::string directory = {};
  /// The gaps of the state that reached so far have been told.
  std::optional<int64_t> told_ns = {};
};

/// Where the card of the state at that path lies.
std::string card_path(const std::string& state_path);

/// Puts the card in place of the old one. kOutput.
Status save_card(const JobCard& card, const std::string& path);

/// Nothing where there is none that can be read: cards tell, nothing depends on them.
std::optional<JobCard> load_card(const std::string& path);

/// The job that exports what `job` never asked for.
std::string backfill_name(const std::string& job);

/// A job of which something lies in a directory of states.
struct KnownJob {
  std::string state;            // the path of its state; a database's job has no file there
  std::optional<JobCard> card;  // nothing: of an older pxq
};

/// All of a directory, by path. A directory that is not there holds none; kUsage if it cannot be
/// read.
Result<std::vector<KnownJob>> jobs_in(const std::string& directory);

}  // namespace pxq
