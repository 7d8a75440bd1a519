#pragma once

#include <string>

#include "export/job_card.h"
#include "export/summary_file.h"

namespace pxq {

/// What Prometheus' node exporter reads from a textfile: how far the job is and how its last run
/// went, by job, cluster and script. docs/export.md lists the metrics, which are only ever added
/// to.
std::string metrics_text(const JobCard& card, const RunReport& report);

}  // namespace pxq
