#include "snapshot/row_script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "model/time_order.h"

namespace pxq {
namespace {

/// Columns that hold what programs said to each other, of all of Pixie's protocols.
bool is_body(const ColumnInfo& column) {
  static constexpr auto kBodies = std::to_array<std::string_view>(
      {"req_headers", "req_body", "resp_headers", "resp_body", "req", "resp", "req_args",
       "req_header", "resp_header", "body", "req_msg", "resp_msg", "req_cmd_args", "options"});
  return column.type == DataType::kString &&
         std::ranges::find(kBodies, column.name) != kBodies.end();
}

/// Texts that may name persons: bodies, and the paths and messages beside them.
bool is_private(const ColumnInfo& column) {
  return is_body(column) || (column.type == DataType::kString &&
                             (column.name == "req_path" || column.name == "resp_message"));
}

std::string changed(const ColumnInfo& column, const Discretion& discretion) {
  if (discretion.without_bodies && is_body(column)) {
    return fmt::format("df.{} = ''\n", column.name);
  }
  if (discretion.redact && is_private(column)) {
    return fmt::format("df.{0} = px.redact_pii_best_effort(df.{0})\n", column.name);
  }
  return {};
}

std::string names_of(const CatalogueTable& table) {
  std::vector<std::string> names;
  for (const ColumnInfo& column : table.columns) names.push_back('\'' + column.name + '\'');
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

namespace {

std::string script_between(const std::vector<CatalogueTable>& tables, const std::string& start,
                           const std::string& end, const Discretion& discretion) {
  std::string script = "import px\n";
  for (const CatalogueTable& table : tables) {
    script += fmt::format("df = px.DataFrame('{}', start_time={}, end_time={})\n", table.name,
                          start, end);
    std::string changes;
    for (const ColumnInfo& column : table.columns) changes += changed(column, discretion);
    // A column that was assigned may stand elsewhere than before.
    if (!changes.empty()) script += changes + fmt::format("df = df[[{}]]\n", names_of(table));
    script += fmt::format("px.display(df, '{}')\n", table.name);
  }
  return script;
}

}  // namespace

std::string row_script(const std::vector<CatalogueTable>& tables, const Slice& slice,
                       const Discretion& discretion) {
  return script_between(tables, fmt::format("{}", slice.start_ns), fmt::format("{}", slice.end_ns),
                        discretion);
}

std::string window_script(const std::vector<CatalogueTable>& tables, const Discretion& discretion) {
  return script_between(tables, "px.plugin.start_time", "px.plugin.end_time", discretion);
}

std::string oldest_script(const std::vector<CatalogueTable>& tables, int64_t start_ns) {
  // What is below zero would count from now. The two windows have no moment in common, so that no
  // Vizier reads them as one.
  const int64_t start = std::max<int64_t>(start_ns, 1);
  std::string script = "import px\n";
  for (const CatalogueTable& table : tables) {
    if (!time_column(table.columns)) continue;
    script += fmt::format(
        "before = px.DataFrame('{0}', end_time={2}).head(1).agg(oldest=('time_', px.min))\n"
        "since = px.DataFrame('{0}', start_time={1}).agg(oldest=('time_', px.min))\n"
        "px.display(before.append(since), '{0}')\n",
        table.name, start, start - 1);
  }
  return script;
}

}  // namespace pxq
