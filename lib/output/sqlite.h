#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "file/atomic_file.h"
#include "output/sqlite_connection.h"
#include "sink/result_sink.h"
#include "text/number.h"

namespace pxq {

/// What _pxq_runs keeps of a run. The key makes a run idempotent: the rows of a run with the same
/// key are replaced, so key it by what was asked for (script hash, cluster, window) or by a
/// recording's identity.
struct SqliteRun {
  std::string key;
  std::string script;
  std::string script_hash;
  std::string cluster;
  std::optional<int64_t> window_start_ns = {}, window_end_ns = {};
  int64_t started_ns = 0;
};

/// How the database is made.
struct SqliteOptions {
  FileOptions file;     // force: a new database replaces the old one
  bool append = false;  // add to an existing database
  SqliteRun run;
};

/// Writes each table of a run to a table of an SQLite database, in one transaction. A new database
/// is made beside its name and renamed (atomic_file.h); in an existing one all rows of the run
/// appear with the transaction or none do. Types: BOOLEAN (0, 1), INT64 INTEGER, FLOAT64 REAL (NaN
/// is NULL, and nothing else is; -0.0 reads back as 0.0), STRING TEXT, or a BLOB for bytes that are
/// not UTF-8 or hold a NUL; UINT128 TEXT in UUID form, which sorts as the number; TIME64NS INTEGER
/// ns since 1970. Each table has the column _pxq_run, and a view NAME_utc beside it with times as
/// RFC 3339 text, which sorts too. Names are unlike in more than case (else `name#2`); those that
/// begin with sqlite_ or _pxq_ get a `_` before. _pxq_runs has the runs, _pxq_columns type,
/// semantic type and unit of each column, _pxq_state what a job's next run must know.
class SqliteSink final : public ResultSink {
 public:
  static Result<std::unique_ptr<SqliteSink>> open(const std::string& path,
                                                  const SqliteOptions& options);
  ~SqliteSink() override;

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override;

  const Status& status() const override { return status_; }

  /// A job's state (watermark.h), kept in the database so that it changes with the rows; read
  /// before the run, whose window depends on it. Nothing without one or without a database. A
  /// transaction that a dead run has left is undone first.
  static Result<std::optional<std::string>> read_state(const std::string& path,
                                                       const std::string& job);

  /// The same within the run's transaction: nobody changes it any more before commit().
  Result<std::optional<std::string>> state(const std::string& job);

  /// Outside of a run: puts another state in the place of a job's, or removes it.
  static Status change_state(const std::string& path, const std::string& job,
                             const std::optional<std::string>& text);

  /// The same for a job that gets another name with it. REQUIRES: no job has that name.
  static Status rename_state(const std::string& path, const std::string& job,
                             const std::string& new_job, const std::string& text);

  void set_state(const std::string& job, const std::string& text);
  void drop_state(const std::string& job);

  /// After end() of a run that was found whole; without it the database stays as it was.
  Status commit();

 private:
  struct Table {
    SqliteStatement insert;
    std::vector<std::array<char, kUuidSize>> ids = {};  // UUID text of the row's columns
    uint64_t rows = 0;
  };

  SqliteSink(SqliteOptions options, SqliteConnection connection);
  Status prepare_database();
  Status start_run();
  Status remove_rows_of(int64_t run);
  bool insert_row(Table& table, const RowBatch& batch, size_t row);
  void note(Status failure);

  SqliteOptions options_;
  std::unique_ptr<FileOutput> new_file_;  // nothing when adding to a database
  std::string database_;                  // its path
  std::optional<SqliteConnection> connection_;
  std::deque<Table> tables_;
  std::map<const Schema*, Table*> by_schema_;
  std::set<std::string> names_;  // lower case, of this run
  int64_t run_ = 0;
  Status status_;
};

}  // namespace pxq
