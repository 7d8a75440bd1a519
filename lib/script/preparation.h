#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "script/request.h"
#include "script/source.h"
#include "script/time_argument.h"

namespace pxq {

/// What the user asked of a script, as the command line has it.
struct Preparation {
  std::vector<std::string> argument_flags;  // -a NAME=VALUE
  std::vector<std::string> tokens;          // behind --
  std::string function;                     // --func; empty: what vis.json says
  std::optional<std::string> since;         // --since
  std::optional<std::string> start;         // --start
  std::optional<std::string> end;           // --end
  TimeReference time;
  std::optional<uint64_t> max_rows;  // --max-rows, by parse_max_rows()
  bool allow_mutation = false;       // --mutate
};

/// Makes the request that px would send: everything about the script and its arguments is checked
/// here, before anything connects. All failures are kUsage. The target (cluster_id) and OTel
/// endpoint are left for the caller.
Result<ScriptRequest> prepare_request(const Script& script, const Preparation& asked);

}  // namespace pxq
