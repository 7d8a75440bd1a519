#pragma once

#include "cli/command.h"
#include "connect/connection.h"
#include "script/request.h"

namespace pxq {

/// Reads the tables that a script asks for, once a second and for so long, so that it finds a past.
/// How far that is shows on a terminal. A script that would be refused is not waited for: the run
/// tells why. kInterrupted where a signal ends it. REQUIRES: the local Vizier on this machine.
Status sample_first(Duration time, const ScriptRequest& request, Connection& connection,
                    Context& context);

/// A run that is repeated: what its scripts ask of the past of this machine grows meanwhile. Does
/// nothing elsewhere.
void sample_meanwhile(const Connection& connection);

}  // namespace pxq
