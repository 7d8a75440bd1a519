#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "local/data/table_source.h"

namespace pxq::local {

/// Every table that a cluster has by itself, to compile scripts against: relations without rows,
/// reading one fails. Tables of a cluster's own probes are not among them. What px.GetTables() and
/// its like return is there as `px.GetTables()`.
TableSet catalogue_tables();

/// The names that a script can give to px.DataFrame, in the catalogue's order.
std::vector<std::string_view> catalogue_names();

/// Whether a table's name is that of what a px function returns, which px.DataFrame cannot name.
inline bool is_of_function(std::string_view table) { return table.starts_with("px."); }

/// The catalogue's name of what the px function returns, such as `px.GetTables()`; empty for
/// functions that are not in it.
std::string catalogue_function(std::string_view px_function);

/// The columns of a table of the catalogue. REQUIRES: it is there.
const std::vector<ColumnInfo>& catalogue_relation(std::string_view name);
std::string_view catalogue_description(std::string_view name);

}  // namespace pxq::local
