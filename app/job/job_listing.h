#pragma once

#include <cstdint>
#include <vector>

#include "job/listed_job.h"
#include "result/listing.h"

namespace pxq {

/// A row for each job. `now_ns`: Unix, from which the lag counts.
ListTable jobs_table(const std::vector<ListedJob>& jobs, int64_t now_ns);

/// All that is known of one.
ListTable job_details(const ListedJob& job);

/// How far each table of its is.
ListTable job_tables(const ListedJob& job);

}  // namespace pxq
