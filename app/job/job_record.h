#pragma once

#include <string>

#include "cli/command.h"
#include "export/job_card.h"
#include "export/summary_file.h"
#include "job/export_job.h"
#include "script/source.h"

namespace pxq {

/// Keeps the card of a job, which `pxq jobs` shows: what it is, and how its last run ended.
class JobRecord {
 public:
  /// The run holds the job's lock: it is the one to tell how it ends.
  void begin(const ExportJob& job, const Script& script, std::vector<std::string> words);
  /// The cluster has a name, and `database` is the expanded path of the job's database, if any.
  void connected(const ExportJob& job, const std::string& cluster, const std::string& database);

  /// Whether the last run has told what its state holds for telling.
  bool has_told(const ExportState& state) const {
    return state.reached_ns && card_.told_ns == state.reached_ns;
  }
  void told(std::optional<int64_t> reached_ns) { card_.told_ns = reached_ns; }

  /// Of the job as it was before this run, or with it after finish(); empty without begin().
  const JobCard& card() const { return card_; }
  bool begun() const { return !path_.empty(); }

  /// Nothing without begin(). A run is as good without it, so a failure is only a warning.
  void finish(const Status& verdict, const RunReport& report, Context& context);

 private:
  void count(const RunReport& report);

  JobCard card_;
  std::string path_;
  std::string schema_;  // a file that is no rows
};

}  // namespace pxq
