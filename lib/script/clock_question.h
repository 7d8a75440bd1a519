#pragma once

#include <string_view>

#include "script/request.h"

namespace pxq {

/// The name of the table that add_clock_question() makes; no user sees it.
inline constexpr std::string_view kClockTable = "pxq_clock";

/// Has the server tell its own time beside the script's tables: appends to the text what makes a
/// table of one row and one column, in ns since 1970. No line of the script moves. A request that
/// calls functions gets one more of them, as such a server runs nothing else.
void add_clock_question(ScriptRequest& request);

}  // namespace pxq
