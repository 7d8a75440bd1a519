#pragma once

#include "job/export_job.h"
#include "options/export_options.h"
#include "options/script_options.h"
#include "script/source.h"
#include "settings/target.h"

namespace pxq {

/// What an export would do now: its window, its state and its paths, on stdout. Nothing is asked of
/// a cluster, and nothing is locked: a run may be changing the state. `limit`: how long a run may
/// take; zero: for ever.
Status tell_plan(const ExportJob& job, const Script& script, const Target& target,
                 const WindowOptions& options, Duration limit);

}  // namespace pxq
