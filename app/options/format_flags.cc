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
    {"--no-header", &Heeds::header, [](const OutputOptions& o) { return o.no_header; }},
    {"--table-key", &Heeds::table_key, [](const OutputOptions& o) { return o.table_key; }},
    {"--human", &Heeds::human, [](const OutputOptions& o) { return o.human; }},
    {"--int64", &Heeds::int64, [](const OutputOptions& o) { return o.int64 != "number"; }},
    {"--nan", &Heeds::nan, [](const OutputOptions& o) { return o.nan != "null"; }},
    {"--bytes", &Heeds::bytes, [](const OutputOptions& o) { return o.bytes != "text"; }},
    {"--time-format", &Heeds::time,
     [](const OutputOptions& o) { return o.time_format != "rfc3339"; }},
    {"--delimiter", &Heeds::delimiter, [](const OutputOptions& o) { return !o.delimiter.empty(); }},
    {"--spreadsheet", &Heeds::spreadsheet, [](const OutputOptions& o) { return o.spreadsheet; }},
    {"--script-labels", &Heeds::script_labels,
     [](const OutputOptions& o) { return o.script_labels; }},
    {"--skip-empty", &Heeds::skip_empty, [](const OutputOptions& o) { return o.skip_empty; }},
};

Status changes_nothing(const FormatFlag& flag, std::string_view where) {
  std::vector<std::string_view> names;
  for (const Format& format : formats()) {
    if (format.heeds.*flag.heeded) names.push_back(format.name);
  }
  const bool files_too = flag.heeded == &Heeds::skip_empty;
  return {Code::kUsage, fmt::format("{} changes nothing in {}", flag.name, where),
          fmt::format("it is for {}{}", fmt::join(names, ", "),
                      files_too ? ", files of rows and databases" : "")};
}

// Of a file it is the file that is left out; a database has tables and links as formats do.
Heeds heeds_of(const OutputPlan& plan) {
  if (plan.format == nullptr) {
    Heeds heeds;
    heeds.script_labels = heeds.skip_empty = true;
    return heeds;
  }
  Heeds heeds = plan.format->heeds;
  heeds.skip_empty = heeds.skip_empty || (plan.kind->takes_paths && heeds.no_empty_file);
  return heeds;
}

Status check_spreadsheet(const OutputOptions& options) {
  if (!options.spreadsheet || options.bytes != "base64") return {};
  return {Code::kUsage, "--spreadsheet and --bytes base64 exclude each other",
          "--bytes replace makes text of all cells"};
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

Status check_heard(const OutputOptions& options, const OutputPlan& plan) {
  const Heeds heeds = heeds_of(plan);
  const std::string_view where = plan.format == nullptr ? "a database" : plan.format->name;
  if (Status zone = check_zone(options, heeds, where); !zone.ok()) return zone;
  for (const FormatFlag& flag : kFlags) {
    if (flag.given(options) && !(heeds.*flag.heeded)) return changes_nothing(flag, where);
  }
  return check_spreadsheet(options);
}

}  // namespace pxq
