#include "script/time_argument.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <limits>
#include <optional>

#include "base/number_text.h"
#include "script/civil_time.h"
#include "script/time_scanner.h"
#include "text/duration.h"

namespace pxq {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
constexpr std::string_view kForms =
    "5m, 1h30m, 14:30, 2026-11-23, '2026-11-23 14:30', RFC 3339, unix time, now";

struct Unit {
  std::string_view name;
  int64_t ns;
};
constexpr std::array<Unit, 5> kUnits{
    {{"ms", 1'000'000}, {"d", kDay}, {"h", kHour}, {"m", kMinute}, {"s", kSecond}}};

Status refused(std::string_view flag, std::string_view text, std::string_view why,
               std::string hint) {
  return {Code::kUsage, fmt::format("{} '{}': {}", flag, text, why), std::move(hint)};
}

Status too_large(std::string_view flag, std::string_view text) {
  return refused(flag, text, "out of range", "times lie between 1970 and 2262");
}

std::optional<int64_t> number(std::string_view digits) { return number_from<int64_t>(digits); }

bool looks_like_duration(std::string_view text) {
  Scanner scanner(text);
  scanner.take('-');
  if (scanner.digits().empty()) return false;
  const std::string_view rest = scanner.rest();
  return !rest.empty() && rest[0] != '-' && rest[0] != ':';
}

// Of the largest unit that says it exactly in a number that Pixie can hold: it reads one number
// with one unit, as a 32-bit integer.
std::string pixie_ago(int64_t duration, int64_t now_ns) {
  for (const std::string_view name : {"d", "h", "m", "s", "ms"}) {
    for (const Unit& unit : kUnits) {
      if (unit.name != name || duration % unit.ns != 0) continue;
      const int64_t count = duration / unit.ns;
      if (count <= std::numeric_limits<int32_t>::max()) return fmt::format("-{}{}", count, name);
    }
  }
  return pixie_time(now_ns - duration);
}

constexpr int64_t kSmallestUnix = 100'000'000;  // March 1973, in seconds

// Unix time in the unit that puts it between 1973 and 2262.
std::optional<int64_t> unix_ns(int64_t value) {
  for (int64_t per_second = 1; per_second <= kSecond; per_second *= 1000) {
    if (value / per_second >= kSmallestUnix &&
        value / per_second < std::numeric_limits<int64_t>::max() / kSecond) {
      return value * (kSecond / per_second);
    }
  }
  return std::nullopt;
}

int64_t offset_at(const TimeReference& reference, int64_t utc_seconds) {
  return reference.utc_offset ? reference.utc_offset(utc_seconds) : 0;
}

// The unix second at which clocks of the user's zone show `local`. In the hour that autumn repeats,
// the first; nothing in the hour that spring leaves out.
std::optional<int64_t> local_to_utc(const TimeReference& reference, int64_t local) {
  // A day before and a day after lie on either side of any change of the clocks.
  const int64_t before = local - offset_at(reference, local - 86'400);
  if (before + offset_at(reference, before) == local) return before;
  const int64_t after = local - offset_at(reference, local + 86'400);
  if (after + offset_at(reference, after) == local) return after;
  return std::nullopt;
}

int64_t floor_divide(int64_t value, int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

Result<TimeArgument> resolve(const CivilTime& civil, std::string_view text,
                             const TimeReference& reference, std::string_view flag) {
  const int64_t now = floor_divide(reference.now_ns, kSecond);
  const int64_t zone = civil.offset.value_or(offset_at(reference, now));
  const int64_t day =
      civil.date ? civil.date->time_since_epoch().count() : floor_divide(now + zone, 86'400);
  const int64_t local = day * 86'400 + civil.hour * 3600 + civil.minute * 60 + civil.second;
  const std::optional<int64_t> utc =
      civil.offset ? std::optional(local - *civil.offset) : local_to_utc(reference, local);
  if (!utc) {
    return refused(flag, text, "clocks skip this time when they change", "add the zone, as +02:00");
  }
  if (*utc < 0 || *utc >= std::numeric_limits<int64_t>::max() / kSecond) {
    return too_large(flag, text);
  }
  const int64_t ns = *utc * kSecond + civil.fraction_ns;
  return TimeArgument{ns, pixie_time(ns)};
}

Result<TimeArgument> parse_ago(std::string_view text, const TimeReference& reference,
                               std::string_view flag) {
  const auto duration = parse_duration(text.starts_with('-') ? text.substr(1) : text, flag);
  if (!duration.ok()) return duration.status();
  if (*duration > reference.now_ns) return too_large(flag, text);
  return TimeArgument{reference.now_ns - *duration, pixie_ago(*duration, reference.now_ns)};
}

// Small numbers are seconds ago, as plain numbers are for every flag.
Result<TimeArgument> parse_unix(std::string_view text, const TimeReference& reference,
                                std::string_view flag) {
  const auto value = number(text);
  if (!value) return too_large(flag, text);
  if (*value < kSmallestUnix) return parse_ago(text, reference, flag);
  const auto ns = unix_ns(*value);
  if (!ns) return too_large(flag, text);
  return TimeArgument{*ns, pixie_time(*ns)};
}

// Pixie takes the first letters of what stands behind a number for its unit: `5min` is `5m`.
int64_t pixie_unit(std::string_view word) {
  for (const Unit& unit : kUnits) {
    if (word.starts_with(unit.name)) return unit.ns;
  }
  return 0;
}

// One number with one unit, which Pixie reads as it is meant.
bool is_pixie_relative(std::string_view text) {
  Scanner scanner(text);
  scanner.take('-');
  const std::string_view length = scanner.rest();
  const auto count = number(scanner.digits());
  if (!count || *count > std::numeric_limits<int32_t>::max()) return false;
  const int64_t unit = pixie_unit(scanner.rest());
  const auto meant = parse_duration(length, "");
  return unit != 0 && meant.ok() && *meant == *count * unit;
}

bool is_pixie_absolute(std::string_view text) {
  const auto civil = scan_civil(text);
  // "%Y-%m-%d %H:%M:%S %z": the seconds, the blank and the numeric zone are not optional.
  return civil && civil->date && civil->offset && text.size() >= 25 && text[10] == ' ' &&
         text[16] == ':' && text[text.size() - 6] == ' ' && is_digit(text.back());
}

}  // namespace

std::string pixie_time(int64_t ns) {
  const int64_t seconds = floor_divide(ns, kSecond);
  const std::chrono::sys_days day{std::chrono::days{floor_divide(seconds, 86'400)}};
  const std::chrono::year_month_day date{day};
  const int64_t clock = seconds - floor_divide(seconds, 86'400) * 86'400;
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:09} +0000", int{date.year()},
                     unsigned{date.month()}, unsigned{date.day()}, clock / 3600, clock / 60 % 60,
                     clock % 60, ns - seconds * kSecond);
}

Result<TimeArgument> parse_time(std::string_view text, const TimeReference& reference,
                                std::string_view flag) {
  if (text == "now") return TimeArgument{reference.now_ns, pixie_time(reference.now_ns)};
  if (text.empty()) return refused(flag, text, "empty", fmt::format("such as {}", kForms));
  const bool only_digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  if (only_digits) return parse_unix(text, reference, flag);
  if (looks_like_duration(text)) return parse_ago(text, reference, flag);
  if (const auto civil = scan_civil(text)) return resolve(*civil, text, reference, flag);
  if (text[0] == '-' && number(text.substr(1))) return parse_ago(text, reference, flag);
  return refused(flag, text, "not a time", fmt::format("such as {}", kForms));
}

Result<TimeWindow> make_window(const TimeArgument& start, const TimeArgument& end, int64_t now_ns) {
  if (start.ns > now_ns) {
    return Status{Code::kUsage, fmt::format("the start, {}, is in the future", start.pixie),
                  "a time of day is today's; give the date for another day"};
  }
  if (start.ns >= end.ns) {
    return Status{Code::kUsage, fmt::format("the start, {}, is not before the end, {}",
                                            pixie_time(start.ns), pixie_time(end.ns))};
  }
  return TimeWindow{start.ns, end.ns};
}

Status check_pixie_time(std::string_view name, const std::string& text) {
  const std::string flag = fmt::format("argument '{}'", name);
  if (is_pixie_absolute(text)) return {};
  if (is_pixie_relative(text)) {
    if (name == "start_time" && !text.starts_with('-')) {
      return refused(flag, text, "to Pixie this lies in the future", fmt::format("-{}", text));
    }
    return {};
  }
  // What pxq's own flags understand comes back in Pixie's words; the clock does not matter to them.
  const TimeReference any{.now_ns = std::numeric_limits<int64_t>::max(), .utc_offset = {}};
  const bool relative = looks_like_duration(text);
  const auto meant =
      relative ? parse_time(text, any, flag) : Result<TimeArgument>(Status{Code::kUsage, ""});
  if (relative && !meant.ok()) return meant.status();
  std::string hint = relative ? fmt::format("'{}', or use --since", meant->pixie)
                              : "-5m, '2026-11-23 14:30:00 +0000', or use --start";
  return refused(flag, text, "Pixie does not read this as it is meant", std::move(hint));
}

}  // namespace pxq
