#pragma once

#include <cstdint>
#include <string_view>

#include "base/status.h"

namespace pxq {

/// Reads a length of time as every flag, variable and setting writes it, in nanoseconds: `500ms`,
/// `5s`, `2m`, `1h30m`, `1d`, `1.5s`, the long words that Pixie reads too (`5min`, `1hr`), and
/// plain numbers, which are seconds. Units go from large to small, each once. Never negative.
/// `what` names the flag in messages. kUsage for all else; nothing is half understood.
Result<int64_t> parse_duration(std::string_view text, std::string_view what);

}  // namespace pxq
