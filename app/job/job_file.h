#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "cli/flag_types.h"

namespace pxq {

/// One job of a jobs file, as the words of a `pxq export` of its own.
struct FileJob {
  std::string name;
  std::vector<std::string> words;
};

/// What --job-file, --only and --parallel ask for.
struct JobFileOptions {
  std::string file;
  std::vector<std::string> only;  // names; none: all
  size_t parallel = 4;            // runs at the same time

  void declare(CLI::App& app);
};

/// Reads a jobs file: [jobs.NAME] with `script` and the long names of flags, [defaults] for all of
/// them. Flags that `app` was given stand over those of the file. `{job}` in a value is the job's
/// name. Jobs by name. kUsage, with line and column, for what is no TOML, unknown, or of another
/// type, before any job runs.
Result<std::vector<FileJob>> read_job_file(const JobFileOptions& options, const CLI::App& app);

}  // namespace pxq
