#include "output/sqlite_connection.h"

#include <sqlite3.h>

namespace pxq {
namespace {

// Enough for a reader to finish; a second writer is told before anybody wonders.
constexpr int kBusyMs = 5000;

Status failure(sqlite3* database, int error, const std::string& what) {
  const char* const words =
      database != nullptr ? ::sqlite3_errmsg(database) : ::sqlite3_errstr(error);
  const int kind = error & 0xff;
  const Code code = kind == SQLITE_BUSY || kind == SQLITE_LOCKED ? Code::kLocked : Code::kOutput;
  return {code, what + ": " + words};
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  ::sqlite3_finalize(statement);
}

SqliteStatement::SqliteStatement(sqlite3* database, const std::string& sql) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  error_ = ::sqlite3_prepare_v2(database, sql.c_str(), static_cast<int>(sql.size()), &statement,
                                nullptr);
  statement_.reset(statement);
}

void SqliteStatement::bind(int at, int64_t value) {
  if (error_ == SQLITE_OK) error_ = ::sqlite3_bind_int64(statement_.get(), at, value);
}

void SqliteStatement::bind(int at, double value) {
  if (error_ == SQLITE_OK) error_ = ::sqlite3_bind_double(statement_.get(), at, value);
}

// A null destructor is SQLITE_STATIC: the bytes stay until the next step.
void SqliteStatement::bind_text(int at, std::string_view value) {
  const char* const bytes = value.data() != nullptr ? value.data() : "";
  if (error_ == SQLITE_OK) {
    error_ = ::sqlite3_bind_text64(statement_.get(), at, bytes, value.size(), nullptr, SQLITE_UTF8);
  }
}

void SqliteStatement::bind_blob(int at, std::string_view value) {
  const char* const bytes = value.data() != nullptr ? value.data() : "";
  if (error_ == SQLITE_OK) {
    error_ = ::sqlite3_bind_blob64(statement_.get(), at, bytes, value.size(), nullptr);
  }
}

Result<bool> SqliteStatement::step() {
  if (error_ == SQLITE_OK) {
    const int result = ::sqlite3_step(statement_.get());
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) {
      ::sqlite3_reset(statement_.get());
      return false;
    }
    error_ = result;
  }
  Status failed = failure(database_, error_, "sqlite");
  ::sqlite3_reset(statement_.get());
  return failed;
}

int64_t SqliteStatement::integer(int column) const {
  return ::sqlite3_column_int64(statement_.get(), column);
}

std::string SqliteStatement::text(int column) const {
  const auto* const bytes = ::sqlite3_column_text(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<size_t>(::sqlite3_column_bytes(statement_.get(), column))};
}

void SqliteConnection::Close::operator()(sqlite3* database) const { ::sqlite3_close(database); }

Result<SqliteConnection> SqliteConnection::open(const std::string& path, bool durable) {
  SqliteConnection connection;
  connection.path_ = path;
  sqlite3* database = nullptr;
  const int result = ::sqlite3_open_v2(path.c_str(), &database,
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  connection.database_.reset(database);
  if (result != SQLITE_OK) return failure(database, result, "open " + path);
  ::sqlite3_extended_result_codes(database, 1);
  ::sqlite3_busy_timeout(database, kBusyMs);
  // A new database is a temporary until it is whole and goes with a run that fails, so nothing of
  // it needs to survive a crash.
  const Status set =
      connection.run(durable ? "PRAGMA synchronous = FULL"
                             : "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
  if (!set.ok()) return set;
  return connection;
}

Status SqliteConnection::run(const std::string& sql) {
  const int result = ::sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  return result == SQLITE_OK ? Status() : failure(database_.get(), result, path_);
}

int64_t SqliteConnection::last_row_id() const {
  return ::sqlite3_last_insert_rowid(database_.get());
}

Status SqliteConnection::close() {
  const int result = ::sqlite3_close(database_.get());
  if (result != SQLITE_OK) return failure(database_.get(), result, "close " + path_);
  [[maybe_unused]] sqlite3* const closed = database_.release();
  return {};
}

std::string sql_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char byte : name) {
    if (byte == '"') quoted += '"';
    // A NUL would end the text of the statement.
    if (byte != '\0') quoted += byte;
  }
  return quoted + '"';
}

}  // namespace pxq
