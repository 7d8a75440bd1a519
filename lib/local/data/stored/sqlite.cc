#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "base/letter_case.h"
#include "base/unique_fd.h"
#include "local/data/catalogue.h"
#include "local/data/stored/row_schema.h"
#include "local/data/stored/stored.h"
#include "local/data/stored/text_cells.h"
#include "model/time_order.h"
#include "text/json.h"

namespace pxq::local {
namespace {

// How long somebody who writes to it is waited for.
constexpr int kBusyMs = 5000;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { ::sqlite3_finalize(statement); }
};
struct Close {
  void operator()(sqlite3* database) const { ::sqlite3_close(database); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;
using Database = std::unique_ptr<sqlite3, Close>;

Status failure(const std::string& path, sqlite3* database, int error) {
  const std::string words =
      database == nullptr ? ::sqlite3_errstr(error) : ::sqlite3_errmsg(database);
  switch (error & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::kIncomplete, fmt::format("the database {} is damaged: {}", path, words),
              "copy it again from where it was made"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::kLocked, fmt::format("the database {} is being written to: {}", path, words),
              "run again when that is done"};
    default: return {Code::kUsage, fmt::format("cannot read {}: {}", path, words)};
  }
}

Result<Database> connect(const std::string& path) {
  sqlite3* raw = nullptr;
  const int opened = ::sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READONLY, nullptr);
  Database database(raw);
  if (opened != SQLITE_OK) return failure(path, raw, opened);
  ::sqlite3_busy_timeout(raw, kBusyMs);
  return database;
}

Result<Statement> prepare(const std::string& path, sqlite3* database, const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  const int prepared =
      ::sqlite3_prepare_v2(database, sql.c_str(), static_cast<int>(sql.size()), &raw, nullptr);
  if (prepared != SQLITE_OK) return failure(path, database, prepared);
  return Statement(raw);
}

std::string sql_name(std::string_view name) {
  std::string text = "\"";
  for (const char byte : name) {
    if (byte == '"') text += '"';
    text += byte;
  }
  return text + '"';
}

// A text comes in UTF-8, however the database keeps it; the bytes of a blob stay as they are.
std::string_view text_of(sqlite3_stmt* row, int column) {
  const bool blob = ::sqlite3_column_type(row, column) == SQLITE_BLOB;
  const void* const bytes =
      blob ? ::sqlite3_column_blob(row, column) : ::sqlite3_column_text(row, column);
  const auto size = static_cast<size_t>(::sqlite3_column_bytes(row, column));
  return bytes == nullptr ? std::string_view()
                          : std::string_view(static_cast<const char*>(bytes), size);
}

/// A table of the database and how its columns are called there.
struct Plan {
  std::string sql_name;
  std::vector<std::string> sql_columns;
  Schema schema;
  TableExtent extent;
  /// The last row that was there when it was opened; later ones are not seen. None: no row ids.
  std::optional<int64_t> last_row;
};

class SqliteTable final : public TableSource {
 public:
  SqliteTable(std::string path, Plan plan)
      : path_(std::move(path)), plan_(std::move(plan)), time_(time_column(plan_.schema.columns)) {}

  std::string_view name() const override { return plan_.schema.name; }
  std::string_view description() const override { return "a table of the database"; }
  const std::vector<ColumnInfo>& relation() const override { return plan_.schema.columns; }
  std::optional<TableExtent> extent() const override { return plan_.extent; }

  Status scan(const ScanRequest& request, RowReceiver& receiver) const override {
    Result<Database> database = connect(path_);
    if (!database.ok()) return database.status();
    const Result<Statement> rows = prepare(path_, database->get(), query(request.columns));
    if (!rows.ok()) return rows.status();
    bind(request, rows->get());
    std::vector<ColumnInfo> columns;
    for (const size_t column : request.columns) columns.push_back(plan_.schema.columns[column]);
    CellColumns cells(columns);
    while (true) {
      const int step = ::sqlite3_step(rows->get());
      if (step == SQLITE_DONE) break;
      if (step != SQLITE_ROW) return failure(path_, database->get(), step);
      if (Status added = add_row(rows->get(), columns, cells); !added.ok()) return added;
      if (cells.rows() < kScanRows && cells.bytes() < kMostBytes) continue;
      if (!receiver.rows(cells.take())) return {};
    }
    if (cells.rows() > 0) receiver.rows(cells.take());
    return {};
  }

 private:
  static constexpr size_t kMostBytes = size_t{8} << 20;

  // SQLite uses an index on time_ where there is one; else it sorts, with files where need be.
  std::string query(std::span<const size_t> columns) const {
    std::vector<std::string> names;
    for (const size_t column : columns) names.push_back(sql_name(plan_.sql_columns[column]));
    std::vector<std::string> conditions;
    if (time_) {
      conditions.push_back(sql_name(plan_.sql_columns[*time_]) + " BETWEEN ?1 AND ?2");
    }
    if (plan_.last_row) conditions.emplace_back("rowid <= ?3");
    return fmt::format("SELECT {} FROM {}{}{}{}",
                       names.empty() ? "1" : fmt::format("{}", fmt::join(names, ", ")),
                       sql_name(plan_.sql_name), conditions.empty() ? "" : " WHERE ",
                       fmt::join(conditions, " AND "), order());
  }

  std::string order() const {
    std::vector<std::string> keys;
    if (time_) keys.push_back(sql_name(plan_.sql_columns[*time_]));
    if (plan_.last_row) keys.emplace_back("rowid");
    return keys.empty() ? std::string() : fmt::format(" ORDER BY {}", fmt::join(keys, ", "));
  }

  void bind(const ScanRequest& request, sqlite3_stmt* rows) const {
    if (time_) {
      ::sqlite3_bind_int64(rows, 1, request.window.start_ns);
      ::sqlite3_bind_int64(rows, 2, std::min(request.window.end_ns, request.now_ns));
    }
    if (plan_.last_row) ::sqlite3_bind_int64(rows, 3, *plan_.last_row);
  }

  Status add_row(sqlite3_stmt* row, const std::vector<ColumnInfo>& columns,
                 CellColumns& cells) const {
    for (size_t i = 0; i < columns.size(); ++i) {
      if (!add_cell(row, static_cast<int>(i), columns[i].type, cells)) {
        return refuse(row, static_cast<int>(i), columns[i]);
      }
    }
    cells.end_row();
    return {};
  }

  static bool add_cell(sqlite3_stmt* row, int at, DataType type, CellColumns& cells) {
    const auto column = static_cast<size_t>(at);
    switch (::sqlite3_column_type(row, at)) {
      case SQLITE_NULL: return cells.add_nothing(column);
      case SQLITE_INTEGER: return cells.add_integer(column, ::sqlite3_column_int64(row, at));
      case SQLITE_FLOAT:
        return type == DataType::kFloat64
                   ? cells.add_double(column, ::sqlite3_column_double(row, at))
                   : type == DataType::kString && cells.add(column, text_of(row, at));
      default:
        return (type == DataType::kString || type == DataType::kUint128) &&
               cells.add(column, text_of(row, at));
    }
  }

  Status refuse(sqlite3_stmt* row, int at, const ColumnInfo& column) const {
    const bool nothing = ::sqlite3_column_type(row, at) == SQLITE_NULL;
    return {
        Code::kUsage,
        fmt::format("{}: table '{}' has {} in column '{}', which is {}", path_, plan_.schema.name,
                    nothing ? "NULL" : fmt::format("'{}'", text_of(row, at).substr(0, 40)),
                    column.name, data_type_name(column.type)),
        "PxL knows one type a column, and no NULL"};
  }

  const std::string path_;
  const Plan plan_;
  const std::optional<size_t> time_;
};

/// By the letters in which SQLite, too, looks for a type.
DataType declared_type(const std::string& declared) {
  const std::string text = lower_case(declared);
  const auto has = [&text](std::string_view part) { return text.find(part) != std::string::npos; };
  if (has("bool")) return DataType::kBoolean;
  if (has("int")) return DataType::kInt64;
  if (has("real") || has("floa") || has("doub") || has("num") || has("dec")) {
    return DataType::kFloat64;
  }
  return DataType::kString;
}

/// Opens the tables of one database.
class Opening {
 public:
  Opening(const std::string& path, sqlite3* database) : path_(path), database_(database) {}

  Result<std::vector<Plan>> plans() {
    Result<std::vector<std::string>> names = names_of(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\' AND name NOT LIKE '\\_pxq\\_%' ESCAPE '\\' ORDER BY rowid");
    if (!names.ok()) return names.status();
    Result<std::vector<std::string>> own =
        names_of("SELECT name FROM sqlite_master WHERE name = '_pxq_columns'");
    if (!own.ok()) return own.status();
    std::vector<Plan> plans;
    for (std::string& name : *names) {
      Plan plan;
      plan.schema.name = plan.sql_name = std::move(name);
      Status found = own->empty() ? Status() : ask_own_columns(plan);
      if (found.ok() && plan.sql_columns.empty()) found = ask_columns(plan);
      if (found.ok()) found = ask_extent(plan);
      if (!found.ok()) return found;
      plans.push_back(std::move(plan));
    }
    return plans;
  }

 private:
  Result<std::vector<std::string>> names_of(const std::string& sql) {
    std::vector<std::string> names;
    Status asked = ask(sql, [&names](sqlite3_stmt* row) { names.emplace_back(text_of(row, 0)); });
    if (!asked.ok()) return asked;
    return names;
  }

  template <typename Take>
  Status ask(const std::string& sql, const Take& take) {
    const Result<Statement> query = prepare(path_, database_, sql);
    if (!query.ok()) return query.status();
    while (true) {
      const int step = ::sqlite3_step(query->get());
      if (step == SQLITE_DONE) return {};
      if (step != SQLITE_ROW) return failure(path_, database_, step);
      take(query->get());
    }
  }

  // As pxq wrote down what they are.
  Status ask_own_columns(Plan& plan) {
    std::string literal;
    for (const char byte : plan.sql_name) literal.append(byte == '\'' ? 2 : 1, byte);
    return ask(fmt::format("SELECT column_name, original_name, type, semantic_type, description "
                           "FROM _pxq_columns WHERE table_name = '{}' COLLATE NOCASE "
                           "ORDER BY position",
                           literal),
               [&plan](sqlite3_stmt* row) {
                 plan.sql_columns.emplace_back(text_of(row, 0));
                 plan.schema.columns.push_back(
                     {original_bytes(text_of(row, 1)), type_named(text_of(row, 2)),
                      semantic_named(text_of(row, 3)), original_bytes(text_of(row, 4))});
               });
  }

  // Pixie's own where the table is called like one of Pixie's, else as they were declared.
  Status ask_columns(Plan& plan) {
    const auto known = catalogue_names();
    const bool is_known = std::ranges::find(known, plan.schema.name) != known.end();
    // Generated columns are like others; a virtual table's hidden ones are arguments of its
    // queries.
    return ask("PRAGMA table_xinfo(" + sql_name(plan.sql_name) + ")", [&](sqlite3_stmt* row) {
      if (constexpr int kOfVirtualTable = 1; ::sqlite3_column_int(row, 6) == kOfVirtualTable)
        return;
      ColumnInfo column{std::string(text_of(row, 1)),
                        declared_type(std::string(text_of(row, 2))),
                        SemanticType::kNone,
                        {}};
      if (column.name == "time_" && column.type == DataType::kInt64) {
        column.type = DataType::kTime64Ns;
      }
      if (is_known) {
        const auto& relation = catalogue_relation(plan.schema.name);
        const auto same = std::ranges::find(relation, column.name, &ColumnInfo::name);
        if (same != relation.end()) column = *same;
      }
      plan.sql_columns.push_back(column.name);
      plan.schema.columns.push_back(std::move(column));
    });
  }

  // Reads the whole table unless there is an index: a database that is cut shows it here.
  Status ask_extent(Plan& plan) {
    const auto time = time_column(plan.schema.columns);
    const std::string column = time ? sql_name(plan.sql_columns[*time]) : std::string("NULL");
    const std::string from = sql_name(plan.sql_name);
    if (prepare(path_, database_, "SELECT rowid FROM " + from).ok()) plan.last_row = 0;
    bool timed = true;
    Status asked = ask(fmt::format("SELECT count(*), min({0}), max({0}), count({0}){1} FROM {2}",
                                   column, plan.last_row ? ", max(rowid)" : "", from),
                       [&](sqlite3_stmt* row) {
                         plan.extent.rows = static_cast<uint64_t>(::sqlite3_column_int64(row, 0));
                         if (plan.last_row) plan.last_row = ::sqlite3_column_int64(row, 4);
                         if (!time || plan.extent.rows == 0) return;
                         plan.extent.times = TimeWindow{::sqlite3_column_int64(row, 1),
                                                        ::sqlite3_column_int64(row, 2)};
                         timed = ::sqlite3_column_type(row, 1) == SQLITE_INTEGER &&
                                 ::sqlite3_column_type(row, 2) == SQLITE_INTEGER &&
                                 ::sqlite3_column_int64(row, 0) == ::sqlite3_column_int64(row, 3);
                       });
    if (!asked.ok() || timed) return asked;
    return {Code::kUsage,
            fmt::format("{}: column time_ of table '{}' has other values than whole numbers", path_,
                        plan.schema.name),
            "moments are INTEGER, nanoseconds since 1970"};
  }

  const std::string& path_;
  sqlite3* database_;
};

Status check_file(const std::string& path) {
  constexpr std::string_view kMagic{"SQLite format 3\0", 16};
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 16> head{};
  const ssize_t got = fd ? ::read(fd.get(), head.data(), head.size()) : -1;
  if (got < 0) {
    return {Code::kUsage,
            fmt::format("cannot read {}: {}", path, std::generic_category().message(errno))};
  }
  if (std::string_view(head.data(), static_cast<size_t>(got)) == kMagic) return {};
  return {Code::kUsage, fmt::format("{} is {}", path, got == 0 ? "empty" : "no SQLite database"),
          "`pxq run ... -o FILE.sqlite` writes one"};
}

}  // namespace

Result<DataSet> open_sqlite(const std::string& path) {
  if (Status ours = check_file(path); !ours.ok()) return ours;
  Result<Database> database = connect(path);
  if (!database.ok()) return database.status();
  Result<std::vector<Plan>> plans = Opening(path, database->get()).plans();
  if (!plans.ok()) return plans.status();
  DataSet data;
  for (Plan& plan : *plans) {
    if (const auto times = plan.extent.times) {
      data.span = data.span ? data.span->hull(*times) : *times;
    }
    data.tables.add(std::make_unique<SqliteTable>(path, std::move(plan)));
  }
  if (plans->empty()) return Status(Code::kUsage, fmt::format("{} has no tables", path));
  set_end(data);
  be_without_state(path, data);
  return data;
}

}  // namespace pxq::local
