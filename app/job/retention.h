#pragma once

#include <cstddef>

#include "export/summary_file.h"
#include "job/export_job.h"

namespace pxq {

/// Writes down the files that this run of a job has made, and removes those of its files whose rows
/// are all older than `keep_ns`; see file_log.h. kOutput: the run itself is good all the same.
/// REQUIRES: the job's lock is held, and the run has committed.
Status keep_files(const ExportJob& job, int64_t keep_ns, RunReport& report);

/// How many of the files that the run itself has made it has removed again, as too old.
size_t removed_at_once(const RunReport& report);

}  // namespace pxq
