#pragma once

#include <vector>

#include "cli/command.h"
#include "job/job_file.h"

namespace pxq {

/// Runs jobs, each as a pxq of its own, at most `parallel` at the same time. What they say on
/// stderr gets their name, as a member `job` where errors are JSON. A signal goes on to all of
/// them, and no other one is started. A failure has the greatest exit code and names the jobs that
/// failed.
/// `what` they are, in the singular, as messages and that member have it.
Status run_jobs(const std::vector<FileJob>& jobs, size_t parallel, bool json, Context& context,
                const std::string& what = "job");

}  // namespace pxq
