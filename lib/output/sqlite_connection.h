#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pxq {

/// A prepared statement; parameters count from 1, result columns from 0. Bound text must live until
/// the next step(). The first failure is kept and returned by step().
class SqliteStatement {
 public:
  SqliteStatement(sqlite3* database, const std::string& sql);

  void bind(int at, int64_t value);
  void bind(int at, double value);
  void bind_text(int at, std::string_view value);
  void bind_blob(int at, std::string_view value);

  /// True: a row can be read. Otherwise it is done and reset for the next parameters.
  Result<bool> step();

  int64_t integer(int column) const;
  std::string text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int error_ = 0;
};

/// An open SQLite database. Failures are kOutput (kLocked while another process writes to it) and
/// carry SQLite's own words. One thread.
class SqliteConnection {
 public:
  /// `durable` off is for a file that nobody sees yet and that is synced afterwards.
  static Result<SqliteConnection> open(const std::string& path, bool durable);

  Status run(const std::string& sql);
  SqliteStatement prepare(const std::string& sql) { return {database_.get(), sql}; }
  int64_t last_row_id() const;

  /// Reports what only closing finds.
  Status close();

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };

  SqliteConnection() = default;

  std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
};

/// `name` as an SQL identifier in quotes.
std::string sql_name(std::string_view name);

}  // namespace pxq
