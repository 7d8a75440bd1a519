#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "report/assertion.h"
#include "script/request.h"
#include "sink/select.h"

namespace pxq {

/// The tables that a request will bring for certain, by name: those of the functions that it calls.
/// Empty where the script names its tables itself, wholly or in part.
std::vector<std::string> promised_tables(const ScriptRequest& request);

/// kUsage where a table is asked for that cannot come: known before anything is connected to. Ok
/// where nothing is promised.
Status check_promised(const std::vector<std::string>& promised, const Selection& selection,
                      const std::vector<Assertion>& assertions);

}  // namespace pxq
