#pragma once

#include "cli/command.h"

namespace pxq {

/// Reads the command line, runs the command it names and says how it ended. Help goes to stdout.
/// Usage errors are kUsage with the nearest name as hint.
Status run_command_line(int argc, char** argv, Context& context);

}  // namespace pxq
