#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pxq {

/// A date, a time of day, or both, as written; without an offset in the reader's own zone.
struct CivilTime {
  std::optional<std::chrono::sys_days> date;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int64_t fraction_ns = 0;
  std::optional<int64_t> offset;  // seconds ahead of UTC
};

/// Reads 2026-11-23, 14:30[:05[.25]], or both with T or a blank between them, and behind a time Z,
/// +01:00 or +0100. Nothing for anything else, days that do not exist included.
std::optional<CivilTime> scan_civil(std::string_view text);

}  // namespace pxq
