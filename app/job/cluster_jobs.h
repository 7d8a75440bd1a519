#pragma once

#include <string>
#include <vector>

#include "cli/flag_types.h"
#include "connect/connection.h"
#include "job/job_file.h"

namespace pxq {

/// One export on several clusters, as one of each: a `pxq export` of its own with that cluster's
/// id, so that each has its state, its lock and its verdict. `{cluster}` in --job, --summary and
/// --metrics is the cluster's name, as in --to; the name of --job gets it at its end where it has
/// no place for it. kUsage where two of them would write the same file.
Result<std::vector<FileJob>> cluster_jobs(const Fleet& fleet, const CLI::App& app,
                                          const std::vector<std::string>& script_arguments);

}  // namespace pxq
