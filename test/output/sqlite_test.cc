#include "output/sqlite.h"

#include <catch2/catch.hpp>
#include <limits>

#include "file/scratch_dir.h"
#include "file/traced_child.h"
#include "report/rows.h"

using namespace pxq;
using fake::ScratchDir;
using fake::small_batch;
using fake::small_schema;

namespace {

using Names = std::set<std::string>;

SqliteOptions options_for(const std::string& key, bool append = false) {
  SqliteOptions options;
  options.append = append;
  options.run = {.key = key, .script = "s", .script_hash = "h", .cluster = "c", .started_ns = 7};
  return options;
}

/// All rows of a query, cells joined by '|' and rows by LF.
std::string query(const std::string& path, const std::string& sql, int columns) {
  auto connection = SqliteConnection::open(path, true);
  REQUIRE(connection.ok());
  auto statement = connection->prepare(sql);
  std::string text;
  while (true) {
    const auto more = statement.step();
    INFO(more.status().message());
    REQUIRE(more.ok());
    if (!*more) return text;
    for (int i = 0; i < columns; ++i) text += (i == 0 ? "" : "|") + statement.text(i);
    text += "\n";
  }
}

Status export_small(const std::string& path, const SqliteOptions& options, const char* cell,
                    const Schema& schema = small_schema("t")) {
  auto sink = SqliteSink::open(path, options);
  if (!sink.ok()) return sink.status();
  (*sink)->begin(schema);
  (*sink)->rows(schema, small_batch({{cell, 1}, {"same", 2}}));
  (*sink)->end({});
  return (*sink)->commit();
}

}  // namespace

TEST_CASE("every type is stored in its documented form") {
  const ScratchDir dir;
  const std::string path = dir.path("a.sqlite");
  const Schema schema{
      .name = "http",
      .id = "1",
      .columns = {{.name = "time_", .type = DataType::kTime64Ns, .description = "when"},
                  {.name = "ok", .type = DataType::kBoolean, .description = ""},
                  {.name = "n",
                   .type = DataType::kInt64,
                   .semantic = SemanticType::kBytes,
                   .description = ""},
                  {.name = "f", .type = DataType::kFloat64, .description = ""},
                  {.name = "id", .type = DataType::kUint128, .description = ""},
                  {.name = "s", .type = DataType::kString, .description = ""}}};
  RowBatch batch;
  batch.num_rows = 3;
  batch.columns = {
      Time64Column{{-1}, {0}, {1'795'448'700'000'000'001}},
      BooleanColumn{0, 1, 1},
      Int64Column{std::numeric_limits<int64_t>::min(), 0, std::numeric_limits<int64_t>::max()},
      Float64Column{0.1, std::numeric_limits<double>::quiet_NaN(),
                    std::numeric_limits<double>::infinity()},
      Uint128Column{{0, 1}, {1, 0}, {~0ULL, ~0ULL}},
      StringColumn{"007", std::string_view("a\0b", 3), "\xff"}};
  auto sink = SqliteSink::open(path, options_for("k"));
  REQUIRE(sink.ok());
  (*sink)->begin(schema);
  (*sink)->rows(schema, batch);
  (*sink)->end({});
  REQUIRE((*sink)->commit().ok());
  CHECK(dir.names() == Names{"a.sqlite"});
  CHECK(dir.mode("a.sqlite") == 0600);
  CHECK(query(path, "SELECT time_, ok, n, typeof(f), id, typeof(s), hex(s) FROM http", 7) ==
        "-1|0|-9223372036854775808|real|00000000-0000-0000-0000-000000000001|text|303037\n"
        "0|1|0|null|00000000-0000-0001-0000-000000000000|blob|610062\n"
        "1795448700000000001|1|9223372036854775807|real|ffffffff-ffff-ffff-ffff-ffffffffffff|"
        "blob|FF\n");
  CHECK(query(path, "SELECT time_ FROM http_utc ORDER BY time_", 1) ==
        "1969-12-31T23:59:59.999999999Z\n1970-01-01T00:00:00.000000000Z\n"
        "2026-11-23T15:45:00.000000001Z\n");
  CHECK(query(path, "SELECT f = 0.1 FROM http WHERE time_ = -1", 1) == "1\n");
  CHECK(query(path,
              "SELECT column_name, type, semantic_type, unit, description FROM _pxq_columns "
              "WHERE position IN (1, 3)",
              5) ==
        "time_|TIME64NS|NONE|ns since 1970-01-01T00:00:00Z|when\n"
        "n|INT64|BYTES|bytes|\n");
  CHECK(query(path, "SELECT key, script, cluster, rows, verdict, window_start_ns FROM _pxq_runs",
              6) == "k|s|c|3|complete|\n");
}

TEST_CASE("runs are added, and the same run again replaces its rows") {
  const ScratchDir dir;
  const std::string path = dir.path("a.sqlite");
  REQUIRE(export_small(path, options_for("first", true), "one").ok());
  REQUIRE(export_small(path, options_for("second", true), "two").ok());
  REQUIRE(export_small(path, options_for("second", true), "two again").ok());
  CHECK(query(path, "SELECT service FROM t ORDER BY rowid", 1) == "one\nsame\ntwo again\nsame\n");
  CHECK(query(path, "SELECT key, rows FROM _pxq_runs ORDER BY run", 2) == "first|2\nsecond|2\n");
}

TEST_CASE("an existing database is refused, or replaced, or added to only with the same schema") {
  const ScratchDir dir;
  const std::string path = dir.path("a.sqlite");
  REQUIRE(export_small(path, options_for("first"), "one").ok());
  CHECK(export_small(path, options_for("second"), "two").code() == Code::kOutput);
  const Status other =
      export_small(path, options_for("second", true), "two", small_schema("t", "pod"));
  CHECK(other.code() == Code::kOutput);
  CHECK_THAT(other.message(), Catch::Contains("another schema"));
  CHECK(query(path, "SELECT count(*) FROM _pxq_runs", 1) == "1\n");
  auto forced = options_for("second");
  forced.file.force = true;
  REQUIRE(export_small(path, forced, "two").ok());
  CHECK(query(path, "SELECT service FROM t", 1) == "two\nsame\n");
}

TEST_CASE("a file that is no database, and a table that is not ours, are refused") {
  const ScratchDir dir;
  dir.put("a.sqlite", std::string(4096, 'x'));
  CHECK(export_small(dir.path("a.sqlite"), options_for("k", true), "x").code() == Code::kOutput);
  CHECK(dir.get("a.sqlite") == std::string(4096, 'x'));
  {
    auto connection = SqliteConnection::open(dir.path("b.sqlite"), true);
    REQUIRE(connection->run("CREATE TABLE t (x)").ok());
  }
  CHECK(export_small(dir.path("b.sqlite"), options_for("k", true), "x").code() == Code::kOutput);
  CHECK(export_small("/dev/null", options_for("k"), "x").code() == Code::kOutput);
}

TEST_CASE("without commit nothing is there") {
  const ScratchDir dir;
  const std::string path = dir.path("a.sqlite");
  {
    auto sink = SqliteSink::open(path, options_for("k"));
    const Schema schema = small_schema("t");
    (*sink)->begin(schema);
    (*sink)->rows(schema, small_batch({{"x", 1}}));
    (*sink)->end({});
  }
  CHECK(dir.names().empty());
}

TEST_CASE("hostile table and column names") {
  const ScratchDir dir;
  const std::string path = dir.path("a.sqlite");
  auto sink = SqliteSink::open(path, options_for("k"));
  REQUIRE(sink.ok());
  const std::vector<std::string> names = {
      "x\"; DROP TABLE t; --", "",      "sqlite_master", "_pxq_runs", "a", "A", "a_utc", "\xff",
      std::string("n\0l", 3),  "select"};
  std::vector<Schema> schemas;
  for (const std::string& name : names) schemas.push_back(small_schema(name, name, name));
  for (const Schema& schema : schemas) {
    (*sink)->begin(schema);
    (*sink)->rows(schema, small_batch({{"cell", 1}}));
  }
  (*sink)->end({});
  INFO((*sink)->status().message());
  REQUIRE((*sink)->commit().ok());
  CHECK(query(path, "SELECT count(DISTINCT table_name) FROM _pxq_columns", 1) == "10\n");
  CHECK(query(path, "SELECT rows FROM _pxq_runs", 1) == "10\n");
  CHECK(query(path, "SELECT \"A#2\" FROM \"A#2\"", 1) == "1\n");
}

TEST_CASE("a job's state changes with the rows") {
  const ScratchDir dir;
  const std::string path = dir.path("a.sqlite");
  CHECK_FALSE(SqliteSink::read_state(path, "job")->has_value());
  CHECK(dir.names().empty());
  {
    auto sink = SqliteSink::open(path, options_for("k", true));
    (*sink)->set_state("job", "one");
    (*sink)->end({});
    REQUIRE((*sink)->commit().ok());
  }
  {
    auto sink = SqliteSink::open(path, options_for("k2", true));
    (*sink)->set_state("job", "two");
    (*sink)->end({});
  }
  CHECK(SqliteSink::read_state(path, "job").value() == "one");
  CHECK_FALSE(SqliteSink::read_state(path, "another")->has_value());
}

TEST_CASE("killed at any step, an added run is whole or not there") {
  const ScratchDir dir;
  const std::string path = dir.path("a.sqlite");
  bool more = true;
  size_t whole = 0;
  for (size_t step = 0; more; ++step) {
    for (const std::string& name : dir.names()) std::filesystem::remove(dir.path(name));
    REQUIRE(export_small(path, options_for("first"), "one").ok());
    const auto end = fake::run_disturbed({.at = step}, [&] {
      return export_small(path, options_for("second", true), "two").ok() ? 0 : 9;
    });
    more = end.disturbed;
    INFO("step " << step);
    const std::string rows = query(path, "SELECT service FROM t ORDER BY rowid", 1);
    const std::string runs = query(path, "SELECT count(*) FROM _pxq_runs", 1);
    REQUIRE((rows == "one\nsame\n" || rows == "one\nsame\ntwo\nsame\n"));
    REQUIRE(runs == (rows.size() > 10 ? "2\n" : "1\n"));
    if (runs == "2\n") ++whole;
  }
  CHECK(whole > 0);
}
