#pragma once

#include <span>

#include "local/plan/compiler.h"
#include "local/plan/session.h"
#include "local/plan/walker.h"

namespace pxq::local {

/// Calls functions of a script that has run, arguments parsed by their annotations, and makes each
/// result a table. Errors of the calls themselves stand at 0:0. False after an error.
bool execute_functions(Session& session, Walker& walker, std::span<const FunctionCall> functions);

}  // namespace pxq::local
