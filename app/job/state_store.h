#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "export/watermark.h"
#include "job/export_job.h"
#include "output/destination.h"

namespace pxq {

/// Where one job keeps how far it is: a file of its own, or the database that its rows go to.
class StateStore {
 public:
  /// `job` outlives it; `database` is the expanded path where the job has one.
  StateStore(const ExportJob& job, std::string database)
      : job_(job), database_(std::move(database)) {}

  /// As messages name it.
  std::string place() const { return job_.database() ? "in " + database_ : job_.state; }

  /// Nothing: the job has never run. kUsage for a state that cannot be gone on from.
  Result<std::optional<ExportState>> load(int64_t now_ns);

  /// Puts another state where the rows go, in the place of the one that load() found: a run with
  /// another directory of states shares the database, but not the lock.
  Status keep(Destination& rows, const ExportState& state) const;

 private:
  const ExportJob& job_;
  std::string database_;
  std::map<std::string, std::optional<std::string>> found_;  // in the database, by job
};

}  // namespace pxq
