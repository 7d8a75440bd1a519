// Scripts on files of rows: what pxq wrote is read back cell by cell, and what is torn, foreign or
// has no types is refused with a sentence.

#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "app/demo_session.h"

namespace pxq::app {
namespace {

/// Values that readers get wrong; rows by ascending time, as scripts see stored ones.
fake::Script awkward() {
  using Int = std::numeric_limits<int64_t>;
  using Real = std::numeric_limits<double>;
  const fake::Table t =
      fake::Table("t").time("time_").string("s").uint128("id").float64("f").boolean("b").int64("i");
  return fake::Script()
      .send(t.metadata())
      .send(t.batch()
                .time({Int::min(), -1, 0, 1, 2, 1601694759495000123, 1601694759495000124})
                .string({"007", "a,\"b\"\r\nc\xe2\x82\xac", "", std::string("\xff\0\xfe x", 5),
                         std::string("\0", 1), "\xf4\x8f\xbf\xbf\t\\t\x7f", "true"})
                .uint128({{~0ULL, ~0ULL},
                          {7ULL << 32 | 42, 123},
                          {0, 0},
                          {0, 1},
                          {1ULL << 63, 0},
                          {0x0123456789abcdef, 0xfedcba9876543210},
                          {0, ~0ULL}})
                .float64({0.1, 5e-324, -1.7976931348623157e308, Real::quiet_NaN(), Real::infinity(),
                          -Real::infinity(), 3})
                .boolean({true, false, true, false, true, false, true})
                .int64({9007199254740993, Int::min(), 0, Int::max(), -1, 1, -9007199254740993})
                .eos())
      .send(fake::stats());
}

const std::string kAll = "import px\ndf = px.DataFrame('t')\npx.display(df, 't')\n";

fake::ProcessResult read(const Session& session, const std::string& file) {
  return run(session, {"run", "--local=" + file, "-e", kAll, "-o", "jsonl", "--nan", "string"});
}

TEST_CASE("what was exported is read back cell by cell, from every kind of file") {
  const fake::Vizier vizier(awkward());
  Session session;
  const std::string sent = run(session, {"run", "-e", "import px", "--addr", vizier.address(),
                                         "--insecure", "-o", "jsonl", "--nan", "string"})
                               .out;
  REQUIRE(count(sent, "\n") == 7);
  const std::string file = GENERATE("./t.csv", "./t.csv.gz", "./t.csv.zst", "./t.tsv", "./t.jsonl",
                                    "./t.jsonl.zst", "./t.parquet", "./t.sqlite");
  session.allow(file.substr(2)).allow("t.schema.json");
  std::vector<std::string> words = {"run",        "-e", "import px", "--addr",   vizier.address(),
                                    "--insecure", "-o", file,        "--schema", "t.schema.json"};
  if (file.find("json") != std::string::npos) {
    words.insert(words.end(), {"--nan", "string"});
  }
  INFO(file);
  REQUIRE(run(session, words).status() == 0);
  const auto back = read(session, file);
  CHECK(back.status() == 0);
  CHECK(back.out == sent);
  CHECK(back.err.empty());
  const auto tables = run(session, {"tables", "t", "--local=" + file, "-o", "csv"});
  CHECK_THAT(tables.out, Catch::Contains("id,UINT128") && Catch::Contains("time_,TIME64NS"));
}

TEST_CASE("other spellings of the same cells are read as well") {
  const fake::Vizier vizier(awkward());
  Session session;
  session.allow("t.jsonl").allow("t.csv").allow("t.schema.json");
  const auto write = [&](const std::string& file, const std::vector<std::string>& more) {
    std::vector<std::string> words = {"run",        "-e", "import px", "--addr",   vizier.address(),
                                      "--insecure", "-o", file,        "--schema", "t.schema.json",
                                      "--force"};
    words.insert(words.end(), more.begin(), more.end());
    REQUIRE(run(session, words).status() == 0);
    return read(session, "./" + file).out;
  };
  session.home().write("t.jsonl", "");
  session.home().write("t.csv", "");
  session.home().write("t.schema.json", "");
  const std::string plain = write("t.jsonl", {"--nan", "string"});
  REQUIRE(count(plain, "\n") == 7);
  CHECK(write("t.jsonl", {"--nan", "string", "--int64", "string"}) == plain);
  CHECK(write("t.csv", {"--tz", "+09:00"}) == plain);
  CHECK(write("t.csv", {"--time-format", "unix"}) == plain);
}

TEST_CASE("a byte order mark before rows is none of them, as spreadsheets write it") {
  Session session;
  const auto [file, text] =
      GENERATE(table<std::string, std::string>({{"t.csv", "n,s\n1,a\n"},
                                                {"t.csv", "\"n\",s\r\n1,a\r\n"},
                                                {"t.tsv", "n\ts\n1\ta\n"},
                                                {"t.jsonl", "{\"n\":1,\"s\":\"a\"}\n"}}));
  session.allow(file);
  session.home().write(file, "\xef\xbb\xbf" + text);
  const auto result = read(session, "./" + file);
  INFO(file << ' ' << text << result.err);
  CHECK(result.status() == 0);
  CHECK(result.out == "{\"n\":1,\"s\":\"a\"}\n");
}

TEST_CASE("a window of stored rows holds the rows of its time, and now is the last row") {
  Session session;
  session.allow("conn_stats.csv");
  const auto made = run(session, {"run", "--local=demo", "--at", kMoment, "-e",
                                  "import px\npx.display(px.DataFrame('conn_stats', "
                                  "start_time='-6m'), 'conn_stats')",
                                  "--max-rows", "all", "-o", "conn_stats.csv"});
  REQUIRE(made.status() == 0);
  const std::string script =
      "import px\ndf = px.DataFrame('conn_stats', start_time='-2m')\n"
      "df = df.groupby(['remote_addr', 'trace_role']).agg(n=('time_', px.count), "
      "b=('bytes_sent', px.max), last=('time_', px.max))\npx.display(df, 'c')\n";
  // No schema stands beside it: the types are those of Pixie's table of that name.
  const auto stored = run(session, {"run", "--local=./conn_stats.csv", "-e", script});
  CHECK(stored.status() == 0);
  CHECK(count(stored.out, "\n") > 10);
  const auto last = run(session, {"run", "--local=./conn_stats.csv", "-e",
                                  "import px\ndf = px.DataFrame('conn_stats').agg(t=('time_', "
                                  "px.max))\npx.display(df)",
                                  "-o", "csv", "--no-header"});
  const std::string end = last.out.substr(0, last.out.find('\n'));
  CHECK(stored.out == run(session, {"run", "--local=demo", "--at", end, "-e", script}).out);
}

TEST_CASE("types that nobody names are inferred, and a table is one for many files") {
  Session session;
  session.allow("d").allow("d/a-20261123T070000Z.csv").allow("d/a-20261123T080000Z.csv");
  session.allow("d/b.jsonl");
  std::filesystem::create_directory(session.home().path("d"));
  session.home().write("d/a-20261123T080000Z.csv",
                       "time_,n,x,name,ok\n2026-11-23T08:00:00Z,3,1.5,007,true\n");
  session.home().write("d/a-20261123T070000Z.csv",
                       "time_,n,x,name,ok\n2026-11-23T07:59:59+01:00,1,2,x,false\n"
                       "2026-11-23T07:00:00Z,2,-0.5,\"y,z\",true\n");
  session.home().write("d/b.jsonl", "{\"k\":1,\"v\":null}\n{\"k\":2,\"v\":2.5}\n");
  const std::string script = "import px\npx.display(px.DataFrame('a'), 'a')\n";
  const std::string all =
      "{\"time_\":\"2026-11-23T06:59:59.000000000Z\",\"n\":1,\"x\":2,\"name\":\"x\",\"ok\":false}\n"
      "{\"time_\":\"2026-11-23T07:00:00.000000000Z\",\"n\":2,\"x\":-0.5,\"name\":\"y,z\",\"ok\":"
      "true}"
      "\n"
      "{\"time_\":\"2026-11-23T08:00:00.000000000Z\",\"n\":3,\"x\":1.5,\"name\":\"007\",\"ok\":"
      "true}\n";
  for (const std::string place : {"d", "./d/{table}-{start}.csv", "d/{table}-{start}.csv"}) {
    INFO(place);
    // Of one file alone the middle column would be of whole numbers: each file is looked at.
    const auto result = run(session, {"run", "--local=" + place, "-e", script, "-o", "jsonl"});
    CHECK(result.out == all);
    CHECK(result.status() == 0);
  }
  const auto tables = run(session, {"tables", "--local=d", "-o", "csv"});
  CHECK_THAT(tables.out, Catch::Contains("a,5,3,") && Catch::Contains("b,2,2,"));

  // Braces in the name of what is there are no placeholders.
  std::filesystem::create_directory(session.home().path("of {prod}"));
  session.home().write("of {prod}/a.jsonl", "{\"k\":1}\n");
  session.allow("of {prod}").allow("of {prod}/a.jsonl");
  for (const std::string place : {"of {prod}", "of {prod}/a.jsonl"}) {
    const auto result = run(session, {"run", "--local=" + place, "-e", script, "-o", "jsonl"});
    INFO(result.err);
    CHECK(result.out == "{\"k\":1}\n");
    CHECK(result.status() == 0);
  }
}

TEST_CASE("what is torn, empty, foreign or untyped is refused with a sentence") {
  Session session;
  struct Case {
    std::string file;
    std::string content;
    int status;
    std::string message;
  };
  const std::string gz("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b", 11);
  const auto one = GENERATE_COPY(values<Case>({
      {"t.csv", "time_,n\n2026-11-23T07:00:00Z,1\n2026-11-23T07:00:", 8,
       "its last line has no end"},
      {"t.csv", "a,b\n1,\"x\n", 8, "its last line has no end"},
      {"t.csv", "", 2, "is empty"},
      {"t.csv", "a,b\n1\n", 2, "t.csv, line 2: 1 field, and the header has 2"},
      {"t.csv", "a,b\n1,2,3\n", 2, "t.csv, line 2: 3 fields, and the header has 2"},
      {"t.jsonl", "{\"a\":1,\"b\":2}\n{\"a\":1}\n", 2, "line 2: 1 member, and the first row has 2"},
      {"t.jsonl", "{\"a\":1}\n{\"a\":-1e400}\n", 2,
       "t.jsonl, line 2: -1e400 in column 'a' is a number that no FLOAT64 holds"},
      {"t.csv.gz", gz, 8, "its compressed data is cut"},
      {"t.jsonl", "{\"a\":1}\n{\"a\":", 8, "its last line has no end"},
      {"t.jsonl", "{\"a\":1}\n{\"b\":1}\n", 2, "line 2: it has no 'a'"},
      {"t.jsonl", "{\"a\":[1]}\n", 2, "line 1: a value is an object or an array"},
      {"t.jsonl", "hello\n", 2, "line 1: it is no JSON"},
      {"t.jsonl", "", 2, "no schema tells its columns"},
      {"t.parquet", "PAR1 and nothing", 8, "its end is missing"},
      {"t.parquet", "hello", 2, "no Parquet file"},
      {"t.sqlite", "hello", 2, "no SQLite database"},
      {"t.sqlite", "", 2, "is empty"},
  }));
  session.allow(one.file);
  session.home().write(one.file, one.content);
  const auto result = run(session, {"run", "--local=./" + one.file, "-e", kAll});
  INFO(result.err);
  CHECK(result.status() == one.status);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Catch::Contains(one.message));
}

TEST_CASE("every prefix of a file of rows is refused, or is whole rows") {
  const fake::Vizier vizier(awkward());
  Session session;
  const std::string file = GENERATE("t.parquet", "t.sqlite", "t.csv.zst");
  session.allow(file).allow("t.schema.json");
  REQUIRE(run(session, {"run", "-e", "import px", "--addr", vizier.address(), "--insecure", "-o",
                        file, "--schema", "t.schema.json"})
              .status() == 0);
  const std::string whole = session.home().read(file);
  for (size_t part = 1; part < 8; ++part) {
    session.home().write(file, whole.substr(0, whole.size() * part / 8));
    const auto result = read(session, "./" + file);
    INFO(file << " " << part << "/8: " << result.err);
    CHECK((result.status() == 8 || result.status() == 2));
    CHECK(result.out.empty());
  }
}

void make_database(Session& session, const char* statements) {
  session.allow("x.sqlite");
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(session.home().path("x.sqlite").c_str(), &database) == SQLITE_OK);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> closer(database, sqlite3_close);
  REQUIRE(sqlite3_exec(database, statements, nullptr, nullptr, nullptr) == SQLITE_OK);
}

TEST_CASE("a database of somebody else's is read by its declared types") {
  Session session;
  make_database(session,
                "CREATE TABLE t (time_ INTEGER, \"a \"\"b\" TEXT, n INT, x REAL);"
                "CREATE INDEX i ON t (time_);"
                "INSERT INTO t VALUES (3, 'c', 3, 0.5), (1, 'a', 1, NULL), (2, NULL, 2, 2);"
                "CREATE TABLE u (n INTEGER); INSERT INTO u VALUES (1), (NULL);"
                "CREATE TABLE w (time_ TEXT); INSERT INTO w VALUES ('x');");
  const auto refused = run(session, {"run", "--local=./x.sqlite", "-e", kAll});
  CHECK(refused.status() == 0);
  CHECK(refused.out ==
        "{\"time_\":\"1970-01-01T00:00:00.000000001Z\",\"a \\\"b\":\"a\",\"n\":1,\"x\":null}\n"
        "{\"time_\":\"1970-01-01T00:00:00.000000002Z\",\"a \\\"b\":\"\",\"n\":2,\"x\":2}\n"
        "{\"time_\":\"1970-01-01T00:00:00.000000003Z\",\"a \\\"b\":\"c\",\"n\":3,\"x\":0.5}\n");
  const auto null =
      run(session, {"run", "--local=./x.sqlite", "-e", "import px\npx.display(px.DataFrame('u'))"});
  CHECK(null.status() != 0);
  CHECK_THAT(null.err, Catch::Contains("table 'u' has NULL in column 'n'"));
}

TEST_CASE("a database in UTF-16 is read, and generated columns are columns") {
  Session session;
  make_database(session,
                "PRAGMA encoding = 'UTF-16le';"
                "CREATE TABLE t (s TEXT, n INT, twice INT AS (n * 2) VIRTUAL,"
                " more INT AS (n + 1) STORED, raw BLOB);"
                "INSERT INTO t VALUES ('\xc3\xbc\xf0\x9f\x98\x80', 4, x'610062');"
                "CREATE VIRTUAL TABLE words USING fts5(body);"
                "INSERT INTO words VALUES ('hello');");
  const auto rows = run(session, {"run", "--local=./x.sqlite", "-e", kAll});
  INFO(rows.err);
  CHECK(rows.out ==
        "{\"s\":\"\xc3\xbc\xf0\x9f\x98\x80\",\"n\":4,\"twice\":8,\"more\":5,"
        "\"raw\":\"a\\u0000b\"}\n");
  CHECK(rows.status() == 0);
  const auto words = run(
      session, {"run", "--local=./x.sqlite", "-e", "import px\npx.display(px.DataFrame('words'))"});
  CHECK(words.out == "{\"body\":\"hello\"}\n");
}

TEST_CASE("what asks for the state of a cluster is told once that there is none") {
  Session session;
  session.allow("t.csv");
  session.home().write("t.csv",
                       "time_,upid\n2026-11-23T07:00:00Z,00000007-0000-002a-0000-00000000007b\n");
  const auto stored = run(session, {"run", "--local=./t.csv", "-e",
                                    "import px\ndf = px.DataFrame('t')\ndf.pod = df.ctx['pod']\n"
                                    "df.svc = df.ctx['service']\npx.display(df[['pod', 'svc']])"});
  CHECK(stored.out == "{\"pod\":\"\",\"svc\":\"\"}\n");
  CHECK(count(stored.err, "names of pods, services and the like are empty") == 1);
  const auto host = run(session, {"run", "--local", "-e",
                                  "import px\ndf = px.DataFrame('process_stats')\n"
                                  "df.cmd = df.ctx['cmdline']\npx.display(df[['cmd']].head(1))"});
  CHECK(host.err.empty());
  const auto asked = run(session, {"run", "--local", "-e",
                                   "import px\ndf = px.DataFrame('process_stats')\n"
                                   "df.pod = df.ctx['pod']\npx.display(df[['pod']].head(1))"});
  CHECK(asked.out == "{\"pod\":\"\"}\n");
  CHECK(count(asked.err, "this machine is no cluster") == 1);
}

}  // namespace
}  // namespace pxq::app
