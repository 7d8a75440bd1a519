#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "script/arguments.h"
#include "script/request.h"
#include "script/vis.h"

namespace pxq {

/// The calls that px sends for a script: global functions first, then each widget's own, values
/// verbatim. Unnamed widgets get a table of their own each, widget_0, widget_1 ... by their place.
/// REQUIRES: check_arguments() found nothing. kUsage where vis.json contradicts itself.
Result<std::vector<FunctionCall>> function_calls(const Vis& vis,
                                                 std::span<const Argument> arguments,
                                                 const std::string& source);

/// The call of one function that the user named; its tables bear the function's name. kUsage for a
/// name that the script nowhere has, and for an argument given twice.
Result<FunctionCall> function_call(std::string_view script, const std::string& function,
                                   std::span<const Argument> arguments, const std::string& source);

}  // namespace pxq
