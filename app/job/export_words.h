#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "export/summary_file.h"
#include "job/export_destination.h"
#include "job/export_job.h"
#include "script/export_fitness.h"

namespace pxq {

/// A job without a state: else one that is spelled otherwise than yesterday would begin anew
/// unnoticed. And what the script's text shows of what may go wrong.
void tell_first(const ExportJob& job, const ExportFitness& fitness, Context& context);

/// What there is to say about the tables of a run that has committed.
void tell_tables(const ExportDestination& exported, Context& context);

/// A server's clock that is not this machine's: it cuts the windows.
void tell_clock(int64_t ahead_ns, Context& context);

/// A server's clock that has not reached yet what is exported: from its time to there, by table.
/// `strict` makes it kLimit.
Status tell_put_back(const std::vector<Gap>& passed, const ExportJob& job, bool strict,
                     Context& context);

/// One line a run, for a log.
void tell_done(const ExportJob& job, const RunReport& report, Context& context);

/// Names every loss, also when quiet. `strict` makes one kLimit: the rows that were left are saved
/// all the same, as refusing them would lose more.
Status tell_losses(const RunReport& report, bool strict, Context& context);

}  // namespace pxq
