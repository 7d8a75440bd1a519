#include "options/format_flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

namespace pxq {
namespace {

/// A flag that some formats heed and others do not.
struct FormatFlag {
  std::string_view name;
  bool Heeds::*heeded;
  bool (*given)(const OutputOptions& options);  // with a value that is not the default
};

constexpr FormatFlag kFlags[] = {
    {"--expanded", &Heeds::expanded, [](const OutputOptions& o) { return o.expanded == "on"; }},
    {"--table-key", &Heeds::table_key, [](const OutputOptions& o) { return o.table_key; }},
    {"--human", &Heeds::human, [](const OutputOptions& o) { return o.human; }},
    {"--int64", &Heeds::int64, [](const OutputOptions& o) { return o.int64 != "number"; }},
    {"--nan", &Heeds::nan, [](const OutputOptions& o) { return o.nan != "null"; }},
    {"--bytes", &Heeds::bytes, [](const OutputOptions& o) { return o.bytes != "text"; }},
    {"--time-format", &Heeds::time,
     [](const OutputOptions& o) { return o.time_format != "rfc3339"; }},
};

Status changes_nothing(const FormatFlag& flag, std::string_view where) {
  std::vector<std::string_view> names;
  for (const Format& format : formats()) {
    if (format.heeds.*flag.heeded) names.push_back(format.name);
  }
  return {Code::kUsage, fmt::format("{} changes nothing in {}", flag.name, where),
          fmt::format("it is for {}", fmt::join(names, ", "))};
}

// Times of people and of RFC 3339 have a zone; numbers of seconds are of none.
Status check_zone(const OutputOptions& options, const Heeds& heeds, std::string_view where) {
  if (options.time_zone.empty() || options.zone_elsewhere) return {};
  if (heeds.human && !heeds.time) return {};
  const bool number = options.time_format.starts_with("unix");
  if (heeds.time && !number) return {};
  return {Code::kUsage,
          fmt::format("--tz changes nothing in {}{}", where,
                      heeds.time ? " with --time-format " + options.time_format : std::string()),
          heeds.time ? "times in numbers are of no zone; it is for rfc3339 and tables"
                     : "it is for times that are written as text"};
}

}  // namespace

Status check_heard(const OutputOptions& options, const Format* format) {
  const Heeds heeds = format == nullptr ? Heeds{} : format->heeds;
  const std::string_view where = format == nullptr ? "a database" : format->name;
  if (Status zone = check_zone(options, heeds, where); !zone.ok()) return zone;
  for (const FormatFlag& flag : kFlags) {
    if (flag.given(options) && !(heeds.*flag.heeded)) return changes_nothing(flag, where);
  }
  return {};
}

}  // namespace pxq
