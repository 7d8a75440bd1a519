#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/complete.h"
#include "script/source.h"

namespace pxq {

/// What a script offers to a command line that names it; nothing where there is no script. Tables
/// are those of its vis.json, else those that its text names in px.display().
std::vector<Candidate> script_tables_of(const std::optional<Script>& script);
std::vector<Candidate> script_functions_of(const std::optional<Script>& script);

/// Values of -a: `name=` of the arguments that `given` does not have yet, or, once `typed` has a
/// name, `name=value` of those that are known.
std::vector<Candidate> script_assignments(const std::optional<Script>& script,
                                          std::span<const std::string> given,
                                          const std::string& typed);

/// Words behind `--`: `--name` of the arguments that are not among `given`, or the values of the
/// one that was named last.
std::vector<Candidate> script_tail(const std::optional<Script>& script,
                                   std::span<const std::string> given, const std::string& typed);

}  // namespace pxq
