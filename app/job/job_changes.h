#pragma once

#include <cstdint>
#include <string>

#include "cli/command.h"
#include "export/job_card.h"
#include "export/watermark.h"
#include "job/listed_job.h"

namespace pxq {

/// Gives a job another name, under which a run with --job, or one whose flags make that name, goes
/// on from its state. `name`: the old one, as its state has it. kUsage where a job of the new name
/// is there already. REQUIRES: the job's lock is held and its state is whole.
Status rename_job(const KnownJob& job, const std::string& name, ExportState state,
                  const std::string& new_name, const std::string& directory, Context& context);

/// Whether a job can get that name: kUsage where one of it is there already.
Status check_new_name(const KnownJob& job, const std::string& new_name,
                      const std::string& directory);

/// Lets the next run begin anew. The old state stays beside its place, for whoever had not meant
/// it. kUsage without a state. REQUIRES: the job's lock is held.
Status reset_job(const ListedJob& job, Context& context);

/// Lets the next run begin at a time, in the words of --start, and tells of the rows in between.
/// `now_ns`: Unix. kUsage where that is no way forward. REQUIRES: the job's lock is held.
Status skip_job(ListedJob job, const std::string& to, int64_t now_ns, Context& context);

/// Puts a text in place of a file as a whole. kOutput.
Status replace_file(const std::string& text, const std::string& path);

}  // namespace pxq
