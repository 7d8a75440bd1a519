#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "connect/connection.h"
#include "scripts/table_catalogue.h"

namespace pxq {

/// The tables of a cluster that a snapshot keeps, and those of Pixie's that the cluster lacks.
struct KeptTables {
  std::vector<CatalogueTable> tables;
  std::vector<std::string> lacking = {};
};

/// All with times, or those that `wanted` names; kUsage for a name that the cluster does not have,
/// which `flag` gave.
Result<KeptTables> find_kept_tables(const Connection& connection,
                                    const std::vector<std::string>& wanted, std::string_view flag);

}  // namespace pxq
