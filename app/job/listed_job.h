#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "export/job_card.h"
#include "export/watermark.h"

namespace pxq {

/// An export of this machine and how far it is.
struct ListedJob {
  KnownJob known;
  std::string name;
  std::string handle;  // by which it is named on the command line
  std::optional<ExportState> state;
  Status trouble;  // why the state cannot be read

  bool in_database() const { return known.card && known.card->database; }

  /// Unix nanoseconds up to which all its tables are exported; nothing: it has not run.
  std::optional<int64_t> watermark() const;
  /// Of the table that is farthest.
  std::optional<int64_t> farthest() const;
};

/// Reads a job's state, from a file or the database that it exports to.
ListedJob read_job(KnownJob known);

/// All that have left a state or a card in the directory. kUsage where that cannot be read.
Result<std::vector<ListedJob>> list_jobs(const std::string& directory);

/// The one that is called so, by its name or its handle; kUsage where none is, or several.
Result<ListedJob> find_job(const std::vector<ListedJob>& jobs, const std::string& name,
                           const std::string& directory);

}  // namespace pxq
