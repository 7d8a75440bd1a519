#pragma once

#include "cli/command.h"
#include "export/window_plan.h"
#include "options/script_options.h"
#include "script/export_fitness.h"
#include "script/source.h"

namespace pxq {

/// What is known of a script before it runs; kUsage where its arguments do not make a request.
Result<ExportFitness> fitness_of(const ScriptOptions& asked, const Script& script,
                                 const WindowOptions& options, const Context& context);

/// --check: the judgement on stdout. kLimit for a script that cannot be exported exactly.
Status tell_fitness(const Script& script, const ExportFitness& fitness);

}  // namespace pxq
