#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "script/request.h"

namespace pxq {

/// Rows of a table after which a Vizier silently stops, unless the script says otherwise.
inline constexpr uint64_t kDefaultRowCap = 10000;
/// No cap at all, as the server spells it.
inline constexpr uint64_t kNoRowCap = 0;

/// The cap that the server will apply: of the script's last `#px:set max_output_rows_per_table=N`
/// line, else the default. A line that the server will refuse counts as absent.
uint64_t row_cap(std::string_view script);

/// Asks the server for another cap. A script that sets one itself has that line changed in place;
/// else a line is put before the text and counted in lines_before, so that positions in errors can
/// be told in the user's own lines.
void set_row_cap(ScriptRequest& request, uint64_t cap);

/// The value of --max-rows: a number from 1 on, or `all`. kUsage for anything else.
Result<uint64_t> parse_max_rows(std::string_view text);

}  // namespace pxq
