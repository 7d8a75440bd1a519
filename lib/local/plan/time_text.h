#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pxq::local {

/// What Pixie says of a text that is no duration.
inline constexpr std::string_view kBadDuration = "Time string is in wrong format.";

/// Nanoseconds of a duration as Pixie reads it: the first "-?digits unit" anywhere in the text, so
/// "1.5h" is five hours and "-5minutes" is "-5m". Units are ms, m, s, h, d.
std::optional<int64_t> parse_duration(std::string_view text);

/// Unix nanoseconds of "2024-05-06 07:08:09.5 +0200".
std::optional<int64_t> parse_absolute_time(std::string_view text);

/// "-5m": the largest unit of d, h, m, s, ms that fits, whole units only.
std::string format_duration(int64_t duration_ns);

}  // namespace pxq::local
