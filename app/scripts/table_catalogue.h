#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "connect/connection.h"
#include "local/data/table_source.h"
#include "model/schema.h"

namespace pxq {

/// A table that scripts can read, as its source describes it.
struct CatalogueTable {
  std::string name;
  std::string description;
  std::vector<ColumnInfo> columns;
  std::optional<local::TableExtent> extent = {};  // of a table that is stored
};

/// The tables of the local Vizier.
std::vector<CatalogueTable> tables_of(const local::TableSet& tables);

/// The tables of a cluster, by name. It tells columns, types and descriptions; what columns mean is
/// known of Pixie's own tables only.
Result<std::vector<CatalogueTable>> tables_of(const Connection& connection);

}  // namespace pxq
