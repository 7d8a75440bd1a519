#include "output/sqlite.h"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <variant>

#include "file/file_bytes.h"
#include "output/sqlite_table.h"
#include "text/number.h"
#include "text/utf8.h"

namespace pxq {
namespace {

constexpr const char* kOwnTables = R"(
CREATE TABLE IF NOT EXISTS _pxq_runs (
  run INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, script TEXT, script_sha256 TEXT, cluster TEXT,
  window_start_ns INTEGER, window_end_ns INTEGER, started_ns INTEGER, rows INTEGER, verdict TEXT);
CREATE TABLE IF NOT EXISTS _pxq_columns (
  table_name TEXT NOT NULL, position INTEGER NOT NULL, column_name TEXT NOT NULL,
  original_name TEXT, type TEXT NOT NULL, semantic_type TEXT, unit TEXT, description TEXT,
  PRIMARY KEY (table_name, position));
CREATE TABLE IF NOT EXISTS _pxq_state (job TEXT PRIMARY KEY, state TEXT NOT NULL);
)";

struct CellBinder {
  SqliteStatement& insert;
  int at;
  std::array<char, kUuidSize>& uuid;

  void operator()(uint8_t value) { insert.bind(at, int64_t{value}); }
  void operator()(int64_t value) { insert.bind(at, value); }
  void operator()(double value) { insert.bind(at, value); }
  void operator()(Time64 value) { insert.bind(at, value.ns); }
  void operator()(Uint128 value) {
    write_uuid(uuid.data(), value);
    insert.bind_text(at, {uuid.data(), uuid.size()});
  }
  void operator()(std::string_view value) {
    // SQLite's functions on text stop at a NUL and misread what is no UTF-8; bytes are kept as they
    // are.
    if (is_utf8(value) && value.find('\0') == std::string_view::npos) {
      insert.bind_text(at, value);
    } else {
      insert.bind_blob(at, value);
    }
  }
};

Result<std::optional<std::string>> state_in(SqliteConnection& connection, const std::string& job) {
  auto query = connection.prepare("SELECT state FROM _pxq_state WHERE job = ?");
  query.bind_text(1, job);
  const auto found = query.step();
  if (!found.ok()) return found.status();
  if (!*found) return std::optional<std::string>();
  return std::optional<std::string>(query.text(0));
}

}  // namespace

SqliteSink::SqliteSink(SqliteOptions options, SqliteConnection connection)
    : options_(std::move(options)), connection_(std::move(connection)) {}

SqliteSink::~SqliteSink() = default;

Result<std::unique_ptr<SqliteSink>> SqliteSink::open(const std::string& path,
                                                     const SqliteOptions& options) {
  auto target = resolve_file_target(path);
  if (!target.ok()) return target.status();
  if (target->in_place) return Status(Code::kOutput, path + " cannot hold a database");
  std::unique_ptr<FileOutput> new_file;
  std::string database = target->file;
  if (!options.append || !target->exists) {
    auto file = FileOutput::open(path, options.file);
    if (!file.ok()) return file.status();
    new_file = *std::move(file);
    database = new_file->temp_path();
  }
  auto connection = SqliteConnection::open(database, new_file == nullptr);
  if (!connection.ok()) return connection.status();
  std::unique_ptr<SqliteSink> sink(new SqliteSink(options, *std::move(connection)));
  sink->new_file_ = std::move(new_file);
  sink->database_ = std::move(database);
  Status ready = sink->prepare_database();
  if (ready.ok()) ready = sink->start_run();
  if (!ready.ok()) return Status(ready.code(), path + ": " + ready.message(), ready.hint());
  return sink;
}

Status SqliteSink::prepare_database() {
  // The write lock now: a second run is told at once, not after its query.
  if (auto begun = connection_->run("BEGIN IMMEDIATE"); !begun.ok()) return begun;
  return connection_->run(kOwnTables);
}

Status SqliteSink::start_run() {
  const SqliteRun& run = options_.run;
  auto known = connection_->prepare("SELECT run FROM _pxq_runs WHERE key = ?");
  known.bind_text(1, run.key);
  const auto found = known.step();
  if (!found.ok()) return found.status();
  if (*found) {
    if (auto removed = remove_rows_of(known.integer(0)); !removed.ok()) return removed;
    if (const auto rest = known.step(); !rest.ok()) return rest.status();
  }
  auto insert = connection_->prepare(
      "INSERT INTO _pxq_runs (key, script, script_sha256, cluster, window_start_ns, window_end_ns, "
      "started_ns) VALUES (?, ?, ?, ?, ?, ?, ?)");
  insert.bind_text(1, run.key);
  insert.bind_text(2, run.script);
  insert.bind_text(3, run.script_hash);
  insert.bind_text(4, run.cluster);
  if (run.window_start_ns) insert.bind(5, *run.window_start_ns);
  if (run.window_end_ns) insert.bind(6, *run.window_end_ns);
  insert.bind(7, run.started_ns);
  const auto inserted = insert.step();
  run_ = connection_->last_row_id();
  return inserted.status();
}

Status SqliteSink::remove_rows_of(int64_t run) {
  std::vector<std::string> names;
  {
    auto tables = connection_->prepare("SELECT DISTINCT table_name FROM _pxq_columns");
    while (true) {
      const auto more = tables.step();
      if (!more.ok()) return more.status();
      if (!*more) break;
      names.push_back(tables.text(0));
    }
  }
  for (const std::string& name : names) {
    auto removed = connection_->run(
        fmt::format("DELETE FROM {} WHERE {} = {}", sql_name(name), kSqliteRunColumn, run));
    if (!removed.ok()) return removed;
  }
  return connection_->run(fmt::format("DELETE FROM _pxq_runs WHERE run = {}", run));
}

void SqliteSink::begin(const Schema& schema) {
  if (!status_.ok()) return;
  const SqliteNames names = sqlite_names(schema, names_);
  note(ensure_table(*connection_, schema, names));
  if (!status_.ok()) return;
  std::string marks;
  for (size_t i = 0; i < names.columns.size(); ++i) marks += "?, ";
  tables_.push_back({.insert = connection_->prepare(fmt::format("INSERT INTO {} VALUES ({}?)",
                                                                sql_name(names.table), marks))});
  tables_.back().ids.resize(names.columns.size());
  by_schema_[&schema] = &tables_.back();
}

void SqliteSink::rows(const Schema& schema, const RowBatch& batch) {
  if (!status_.ok()) return;
  Table& table = *by_schema_.at(&schema);
  for (size_t row = 0; row < batch.num_rows; ++row) {
    if (!insert_row(table, batch, row)) return;
  }
  table.rows += batch.num_rows;
}

bool SqliteSink::insert_row(Table& table, const RowBatch& batch, size_t row) {
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    CellBinder binder{table.insert, static_cast<int>(i + 1), table.ids[i]};
    std::visit([&](const auto& values) { binder(values[row]); }, batch.columns[i]);
  }
  table.insert.bind(static_cast<int>(batch.columns.size() + 1), run_);
  const auto inserted = table.insert.step();
  note(inserted.status());
  return inserted.ok();
}

void SqliteSink::end(const Summary& summary) {
  if (!status_.ok()) return;
  uint64_t rows = 0;
  for (const Table& table : tables_) rows += table.rows;
  auto update = connection_->prepare("UPDATE _pxq_runs SET rows = ?, verdict = ? WHERE run = ?");
  update.bind(1, static_cast<int64_t>(rows));
  update.bind_text(2, !summary.status.ok() ? "incomplete"
                      : summary.limited    ? "limited"
                                           : "complete");
  update.bind(3, run_);
  note(update.step().status());
}

Result<std::optional<std::string>> SqliteSink::read_state(const std::string& path,
                                                          const std::string& job) {
  auto target = resolve_file_target(path);
  if (!target.ok()) return target.status();
  if (!target->exists) return std::optional<std::string>();
  auto connection = SqliteConnection::open(target->file, true);
  if (!connection.ok()) return connection.status();
  auto tables = connection->prepare("SELECT 1 FROM sqlite_master WHERE name = '_pxq_state'");
  const auto found = tables.step();
  if (!found.ok()) return Status(found.status().code(), path + ": " + found.status().message());
  if (!*found) return std::optional<std::string>();
  return state_in(*connection, job);
}

void SqliteSink::set_state(const std::string& job, const std::string& text) {
  if (!status_.ok()) return;
  auto insert = connection_->prepare("INSERT OR REPLACE INTO _pxq_state VALUES (?, ?)");
  insert.bind_text(1, job);
  insert.bind_text(2, text);
  note(insert.step().status());
}

Result<std::optional<std::string>> SqliteSink::state(const std::string& job) {
  if (!status_.ok()) return status_;
  return state_in(*connection_, job);
}

Status SqliteSink::change_state(const std::string& path, const std::string& job,
                                const std::optional<std::string>& text) {
  auto target = resolve_file_target(path);
  if (!target.ok()) return target.status();
  auto connection = SqliteConnection::open(target->file, true);
  if (!connection.ok()) return connection.status();
  auto change = connection->prepare(text ? "UPDATE _pxq_state SET state = ?2 WHERE job = ?1"
                                         : "DELETE FROM _pxq_state WHERE job = ?1");
  change.bind_text(1, job);
  if (text) change.bind_text(2, *text);
  return change.step().status();
}

Status SqliteSink::rename_state(const std::string& path, const std::string& job,
                                const std::string& new_job, const std::string& text) {
  auto target = resolve_file_target(path);
  if (!target.ok()) return target.status();
  auto connection = SqliteConnection::open(target->file, true);
  if (!connection.ok()) return connection.status();
  auto change = connection->prepare("UPDATE _pxq_state SET job = ?2, state = ?3 WHERE job = ?1");
  change.bind_text(1, job);
  change.bind_text(2, new_job);
  change.bind_text(3, text);
  return change.step().status();
}

void SqliteSink::drop_state(const std::string& job) {
  if (!status_.ok()) return;
  auto remove = connection_->prepare("DELETE FROM _pxq_state WHERE job = ?");
  remove.bind_text(1, job);
  note(remove.step().status());
}

Status SqliteSink::commit() {
  if (status_.ok()) note(connection_->run("COMMIT"));
  tables_.clear();  // statements keep a database open
  if (status_.ok()) note(connection_->close());
  if (!status_.ok()) return status_;
  if (new_file_) {
    note(new_file_->save());
  } else {
    // Without this a power cut could bring the journal back, which would undo the run. The rows are
    // there now, so a failure here cannot fail the run any more.
    [[maybe_unused]] const Status synced = sync_directory(parent_path(database_));
  }
  return status_;
}

void SqliteSink::note(Status failure) {
  if (status_.ok()) status_ = std::move(failure);
}

}  // namespace pxq
