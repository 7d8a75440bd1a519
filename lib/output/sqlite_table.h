#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/schema.h"
#include "output/sqlite_connection.h"

namespace pxq {

/// The column that says of which run (_pxq_runs) a row is.
inline constexpr std::string_view kSqliteRunColumn = "_pxq_run";

/// The names by which a database knows a table of a run.
struct SqliteNames {
  std::string table;
  std::string view;  // with times as text
  std::vector<std::string> columns;
};

/// Names that SQLite takes and tells apart: text without NUL, unlike in more than case. `taken`
/// holds those of the run's other tables and views, in lower case, and gets the new ones.
SqliteNames sqlite_names(const Schema& schema, std::set<std::string>& taken);

/// Sees to it that the table is there, with its view and its lines in _pxq_columns. kOutput where a
/// table of this name has other columns, or is not pxq's.
Status ensure_table(SqliteConnection& connection, const Schema& schema, const SqliteNames& names);

}  // namespace pxq
