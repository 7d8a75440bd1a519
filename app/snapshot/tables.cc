#include "snapshot/tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/suggest.h"
#include "local/data/catalogue.h"
#include "model/time_order.h"

namespace pxq {

Result<KeptTables> find_kept_tables(const Connection& connection,
                                    const std::vector<std::string>& wanted, std::string_view flag) {
  Result<std::vector<CatalogueTable>> all = tables_of(connection);
  if (!all.ok()) return all.status();
  std::erase_if(*all, [](const CatalogueTable& table) { return !time_column(table.columns); });
  std::vector<std::string> names;
  for (const CatalogueTable& table : *all) names.push_back(table.name);
  const auto has = [&names](std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  };
  for (const std::string& name : wanted) {
    if (has(name)) continue;
    std::string hint = did_you_mean(name, names);
    return Status(Code::kUsage, fmt::format("{}: the cluster has no table '{}'", flag, name),
                  hint.empty() ? fmt::format("it has {}", fmt::join(names, ", ")) : hint);
  }
  KeptTables kept{*std::move(all)};
  if (!wanted.empty()) {
    std::erase_if(kept.tables, [&wanted](const CatalogueTable& table) {
      return std::ranges::find(wanted, table.name) == wanted.end();
    });
    return kept;
  }
  for (const std::string_view name : local::catalogue_names()) {
    if (!has(name)) kept.lacking.emplace_back(name);
  }
  return kept;
}

}  // namespace pxq
