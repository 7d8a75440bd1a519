#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "script/source.h"

namespace pxq {

/// What compiling a script here found: errors that a cluster would find too, and places where only
/// a cluster can tell.
struct ScriptCheck {
  std::vector<Diagnostic> errors;
  std::vector<Diagnostic> untold;
};

/// Compiles a script against all of Pixie's own tables and functions. Each function that vis.json
/// calls is compiled by itself, with default arguments, or with a value of the right type where
/// there is no default. `probe_tables` exist too, with columns that nobody here knows.
ScriptCheck check_script(const Script& script, int64_t now_ns,
                         std::span<const std::string> probe_tables = {});

}  // namespace pxq
