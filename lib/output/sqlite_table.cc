#include "output/sqlite_table.h"

#include <fmt/format.h>

#include <cstdint>

#include "base/letter_case.h"
#include "text/json_bytes.h"
#include "text/unit.h"

namespace pxq {
namespace {

std::string_view declared_type(DataType type) {
  switch (type) {
    case DataType::kBoolean: return "BOOLEAN";
    case DataType::kFloat64: return "REAL";
    case DataType::kUint128:
    case DataType::kString: return "TEXT";
    case DataType::kInt64:
    case DataType::kTime64Ns:
    case DataType::kUnknown: break;
  }
  return "INTEGER";
}

std::string free_name(const std::string& wanted, std::set<std::string>& taken) {
  std::string base = json_text(wanted);
  for (size_t at; (at = base.find('\0')) != std::string::npos;) base.replace(at, 1, "%00");
  const std::string lower = lower_case(base);
  // Names in sqlite_ are SQLite's own, and those in _pxq_ are pxq's.
  if (base.empty() || lower.starts_with("sqlite_") || lower.starts_with("_pxq_")) {
    base.insert(0, "_");
  }
  std::string name = base;
  // SQL does not tell names apart by case.
  for (uint64_t number = 2; !taken.insert(lower_case(name)).second; ++number) {
    name = fmt::format("{}#{}", base, number);
  }
  return name;
}

std::vector<std::string> column_names(const Schema& schema) {
  std::set<std::string> taken;
  std::vector<std::string> names;
  for (const ColumnInfo& column : schema.columns) names.push_back(free_name(column.name, taken));
  return names;
}

/// RFC 3339 with nine digits from nanoseconds, before 1970 too.
std::string utc_expression(const std::string& column) {
  const std::string fraction =
      fmt::format("(({0} % 1000000000 + 1000000000) % 1000000000)", column);
  return fmt::format(
      "strftime('%Y-%m-%dT%H:%M:%S', ({0} - {1}) / 1000000000, 'unixepoch') || "
      "printf('.%09dZ', {1})",
      column, fraction);
}

/// A table that pxq made must have the same columns; one that it did not make is not ours.
Status check_columns(SqliteConnection& connection, const Schema& schema, const SqliteNames& names,
                     bool& known) {
  auto query = connection.prepare(
      "SELECT column_name, type FROM _pxq_columns WHERE table_name = ? COLLATE NOCASE "
      "ORDER BY position");
  query.bind_text(1, names.table);
  std::string there;
  std::string ours;
  while (true) {
    const auto more = query.step();
    if (!more.ok()) return more.status();
    if (!*more) break;
    there += fmt::format("{}{} {}", there.empty() ? "" : ", ", query.text(0), query.text(1));
  }
  for (size_t i = 0; i < names.columns.size(); ++i) {
    ours += fmt::format("{}{} {}", i == 0 ? "" : ", ", names.columns[i],
                        data_type_name(schema.columns[i].type));
  }
  known = !there.empty();
  if (!known || there == ours) return {};
  return {Code::kOutput,
          fmt::format("table '{}' of the database has another schema: {}; the new rows have {}",
                      names.table, there, ours),
          "write to a new database, or move this one away"};
}

Status make_table(SqliteConnection& connection, const Schema& schema, const SqliteNames& names) {
  std::string declared;
  std::string shown;
  for (size_t i = 0; i < names.columns.size(); ++i) {
    const std::string column = sql_name(names.columns[i]);
    const bool time = schema.columns[i].type == DataType::kTime64Ns;
    declared += fmt::format("{} {}, ", column, declared_type(schema.columns[i].type));
    shown += time ? fmt::format("{} AS {}, ", utc_expression(column), column) : column + ", ";
  }
  auto made = connection.run(fmt::format("CREATE TABLE {} ({}{} INTEGER NOT NULL)",
                                         sql_name(names.table), declared, kSqliteRunColumn));
  if (!made.ok()) return made;
  auto shown_as =
      connection.run(fmt::format("CREATE VIEW {} AS SELECT {}{} FROM {}", sql_name(names.view),
                                 shown, kSqliteRunColumn, sql_name(names.table)));
  if (!shown_as.ok()) return shown_as;
  auto insert = connection.prepare("INSERT INTO _pxq_columns VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  for (size_t i = 0; i < names.columns.size(); ++i) {
    const ColumnInfo& column = schema.columns[i];
    const std::string original = json_text(column.name);
    const std::string description = json_text(column.description);
    insert.bind_text(1, names.table);
    insert.bind(2, static_cast<int64_t>(i + 1));
    insert.bind_text(3, names.columns[i]);
    insert.bind_text(4, original);
    insert.bind_text(5, data_type_name(column.type));
    insert.bind_text(6, semantic_type_name(column.semantic));
    insert.bind_text(7, unit_of(column));
    insert.bind_text(8, description);
    if (const auto inserted = insert.step(); !inserted.ok()) return inserted.status();
  }
  return {};
}

}  // namespace

SqliteNames sqlite_names(const Schema& schema, std::set<std::string>& taken) {
  SqliteNames names;
  names.table = free_name(schema.name, taken);
  names.view = free_name(names.table + "_utc", taken);
  names.columns = column_names(schema);
  return names;
}

Status ensure_table(SqliteConnection& connection, const Schema& schema, const SqliteNames& names) {
  bool known = false;
  if (Status same = check_columns(connection, schema, names, known); !same.ok()) return same;
  return known ? Status() : make_table(connection, schema, names);
}

}  // namespace pxq
