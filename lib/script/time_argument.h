#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "script/request.h"

namespace pxq {

/// What a time without a date or zone is measured against. One reading serves the whole run.
struct TimeReference {
  int64_t now_ns = 0;  // unix nanoseconds
  /// Seconds that the user's zone is ahead of UTC at a unix second; none: UTC.
  std::function<int64_t(int64_t utc_seconds)> utc_offset;
};

/// A moment that the user gave.
struct TimeArgument {
  int64_t ns = 0;     // unix nanoseconds
  std::string pixie;  // the same in words that Pixie's start_time reads as meant
};

/// Reads the value of --since, --start or --end: a length of time ago in the
/// grammar of text/duration.h (`5m`, `-5m`, `1h30m`, plain seconds), `14:30`, a date with or
/// without a time, RFC 3339, unix seconds to nanoseconds, `now`. `flag` names it in messages.
/// kUsage, with what to write instead, for all else; nothing is ever half understood.
Result<TimeArgument> parse_time(std::string_view text, const TimeReference& reference,
                                std::string_view flag);

/// kUsage unless start is before end and not in the future.
Result<TimeWindow> make_window(const TimeArgument& start, const TimeArgument& end, int64_t now_ns);

/// Whether Pixie itself, which gets `text` verbatim, reads it as anyone would: it takes the 5h out
/// of `1.5h` and the 1h out of `1h30m`. `name` is the argument's.
Status check_pixie_time(std::string_view name, const std::string& text);

/// Pixie's absolute form, in UTC: 2026-11-23 14:30:05.000000000 +0000.
std::string pixie_time(int64_t ns);

}  // namespace pxq
