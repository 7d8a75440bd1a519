#pragma once

#include "base/status.h"
#include "cli/command.h"
#include "export/window_plan.h"
#include "options/script_options.h"
#include "script/source.h"

namespace pxq {

/// kUsage for a script whose rows come from df.stream(): a run of it has no end, and so no window.
/// A script that does not compile here is left to the server.
Status check_end(const ScriptOptions& asked, const Script& script, const WindowOptions& options,
                 const Context& context);

}  // namespace pxq
