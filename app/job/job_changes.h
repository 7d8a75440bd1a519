#pragma once

#include <string>

#include "cli/command.h"
#include "export/job_card.h"
#include "export/watermark.h"

namespace pxq {

/// Gives a job another name, under which a run with --job, or one whose flags make that name, goes
/// on from its state. `name`: the old one, as its state has it. kUsage where a job of the new name
/// is there already. REQUIRES: the job's lock is held and its state is whole.
Status rename_job(const KnownJob& job, const std::string& name, ExportState state,
                  const std::string& new_name, const std::string& directory, Context& context);

/// Puts a text in place of a file as a whole. kOutput.
Status replace_file(const std::string& text, const std::string& path);

}  // namespace pxq
