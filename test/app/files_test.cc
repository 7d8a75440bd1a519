// Files that a run makes: by template, packed, added to, read back by other tools.

#include <signal.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::stats;
using fake::Table;
using fake::Vizier;

const std::string kWholeCsv = "a\n1\n2\n";

Script two_tables() {
  const Table one = numbers("one");
  const Table two = numbers("two");
  return Script()
      .send(one.metadata())
      .send(two.metadata())
      .send(one.batch().int64({1}))
      .send(two.batch().int64({2}))
      .send(one.batch().int64({3}).eos())
      .send(two.end())
      .send(stats());
}

std::string tool(const std::string& program, std::vector<std::string> arguments) {
  const fake::ProcessResult result =
      fake::run({.arguments = std::move(arguments), .program = program});
  INFO(result.err);
  CHECK(result.status() == 0);
  return result.out;
}

TEST_CASE("each table goes to a file of its own") {
  const Vizier vizier(two_tables());
  const Session session;
  const fake::TempDir dir;
  const auto result = fake::run(
      session.run_at(vizier.address(), {"-o", dir.path("out/{script}/{table}.csv"), "--schema",
                                        dir.path("s.json"), "--summary", dir.path("sum.json")}));
  session.check(result, {});
  CHECK(dir.read("out/inline/one.csv") == "a\n1\n3\n");
  CHECK(dir.read("out/inline/two.csv") == "a\n2\n");
  const json schema = json::parse(dir.read("s.json"));
  CHECK(schema["tables"].size() == 2);
  CHECK(schema["tables"][0]["columns"][0]["type"] == "INT64");
  const json files = json::parse(dir.read("sum.json"))["files"];
  REQUIRE(files.size() == 3);  // the schema was known first
  CHECK(files[0]["path"] == dir.path("s.json"));
  CHECK(files[1]["bytes"] == 6);
  CHECK(files[1]["sha256"] ==
        tool("/usr/bin/sha256sum", {dir.path("out/inline/one.csv")}).substr(0, 64));
}

TEST_CASE("a failing run makes none of its files") {
  const Table one = numbers("one");
  const Vizier vizier(Script().send(one.metadata()).send(one.batch().int64({1})).finish(0));
  const Session session;
  const fake::TempDir dir;
  session.check(fake::run(session.run_at(vizier.address(), {"-o", dir.path("{table}.csv"),
                                                            "--schema", dir.path("s.json")})),
                {8});
  CHECK(dir.list().empty());
}

TEST_CASE("names of tables never leave the directory") {
  const Table bad = numbers("../../up\x1b[31m/x");
  const Vizier vizier(
      Script().send(bad.metadata()).send(bad.batch().int64({1}).eos()).send(stats()));
  const Session session;
  const fake::TempDir dir;
  session.check(fake::run(session.run_at(vizier.address(), {"-o", dir.path("in/{table}.csv")})),
                {});
  REQUIRE(dir.list().size() == 2);
  CHECK(dir.list()[1] == "in/%2E._.._up%1B[31m_x.csv");
}

TEST_CASE("what cannot be written is refused before anything is asked") {
  struct Refused {
    std::vector<std::string> flags;
    int status = 2;
    std::string why;
  };
  const Refused refused = GENERATE(values<Refused>({
      {{"-o", "x/{tabel}.csv"}, 2, "{table}"},
      {{"-o", "a.xlsx"}, 2, ".sqlite"},
      {{"-o", "a.csb"}, 2, "did you mean 'csv'"},
      {{"-o", "a.zst"}, 2, "names no format"},
      {{"-o", "{table}.sqlite"}, 2, "holds all tables"},
      {{"-o", "csv", "--append"}, 2, "--append needs a file"},
      {{"-o", "here.csv"}, 9, "--force"},
      {{"-o", "b.csv", "--schema", "here.csv"}, 9, "--force"},
      {{"-o", "none/b.csv"}, 9, "none"},
      {{"--fail-if", "rows"}, 2, "--fail-if"},
      {{"--summary", "none/s.json"}, 9, "none"},
      {{"-o", "b.json", "--schema", "./b.json", "--force"}, 2, "two files"},
      {{"-o", "b.csv", "--record", "none/../b.csv", "--force"}, 2, "two files"},
      {{"-o", "here.csv", "--summary", "./here.csv", "--force"}, 2, "two files"},
  }));
  const Vizier vizier(whole());
  Session session;
  session.allow("here.csv");
  session.home().write("here.csv", "precious\n");
  session.check(fake::run(session.run_at(vizier.address(), refused.flags)),
                {refused.status, "", {refused.why}});
  CHECK(session.home().read("here.csv") == "precious\n");
  CHECK(vizier.calls().empty());
}

TEST_CASE("packed files are unpacked by their own tools") {
  const Vizier vizier(whole());
  const Session session;
  const fake::TempDir dir;
  for (const char* ending : {".gz", ".zst"}) {
    const std::string path = dir.path("a.csv") + ending;
    REQUIRE(fake::run(session.run_at(vizier.address(), {"-o", path})).status() == 0);
    REQUIRE(fake::run(session.run_at(vizier.address(), {"-o", path, "--append"})).status() == 0);
  }
  CHECK(tool("/usr/bin/gzip", {"-dc", dir.path("a.csv.gz")}) == "a\n1\n2\n1\n2\n");
  if (std::filesystem::exists("/usr/bin/zstd")) {
    CHECK(tool("/usr/bin/zstd", {"-dcq", dir.path("a.csv.zst")}) == "a\n1\n2\n1\n2\n");
  }
}

TEST_CASE("rows are added to a file of the same schema, whatever the line format") {
  const std::string ending = GENERATE(".csv", ".tsv", ".jsonl");
  const Vizier vizier(whole());
  const Session session;
  const fake::TempDir dir;
  const std::string path = dir.path("a" + ending);
  const std::vector<std::string> flags = {"-o", path, "--append"};
  REQUIRE(fake::run(session.run_at(vizier.address(), flags)).status() == 0);
  const std::string once = dir.read("a" + ending);
  REQUIRE(fake::run(session.run_at(vizier.address(), flags)).status() == 0);
  const std::string rows = ending == ".jsonl" ? once : "1\n2\n";
  CHECK(dir.read("a" + ending) == once + rows);

  SECTION("another schema is refused") {
    const Table other = Table("t").int64("b");
    const Vizier second(
        Script().send(other.metadata()).send(other.batch().int64({1}).eos()).send(stats()));
    session.check(fake::run(session.run_at(second.address(), flags)), {9, "", {path}});
  }
  SECTION("a torn last line is named") {
    dir.write("a" + ending, once + "1");
    session.check(fake::run(session.run_at(vizier.address(), flags)), {9, "", {path}});
    CHECK(dir.read("a" + ending) == once + "1");
    return;
  }
  SECTION("a failing run adds nothing") {
    const Vizier broken(
        Script().send(numbers().metadata()).send(numbers().batch().int64({9})).finish(0));
    session.check(fake::run(session.run_at(broken.address(), flags)), {8});
  }
  CHECK(dir.read("a" + ending) == once + rows);
}

TEST_CASE("formats with an end cannot be added to") {
  const Vizier vizier(whole());
  const Session session;
  const fake::TempDir dir;
  dir.write("a.json", "[]\n");
  session.check(fake::run(session.run_at(vizier.address(), {"-o", dir.path("a.json"), "--append"})),
                {9, "", {"cannot be added to"}});
}

// Values that readers get wrong.
Script hard_values() {
  using Int = std::numeric_limits<int64_t>;
  using Real = std::numeric_limits<double>;
  const Table t =
      Table("t").time("time_").string("s").uint128("id").float64("f").boolean("b").int64("i");
  return Script()
      .send(t.metadata())
      .send(t.batch()
                .time({1601694759495000123, -1, 0, Int::max(), Int::min(), 1, 2})
                .string({"007", "a,\"b\"\r\nc\xe2\x82\xac", "", std::string("\xff\0\xfe x", 5),
                         std::string("\0", 1), "\xf4\x8f\xbf\xbf\t\\t\x7f", "=1+1 'q' \x1b[31m"})
                .uint128({{~0ULL, ~0ULL},
                          {7ULL << 32 | 42, 123},
                          {0, 0},
                          {0, 1},
                          {1ULL << 63, 0},
                          {0x0123456789abcdef, 0xfedcba9876543210},
                          {0, ~0ULL}})
                .float64({0.1, 5e-324, -1.7976931348623157e308, Real::quiet_NaN(), Real::infinity(),
                          -Real::infinity(), -0.0})
                .boolean({true, false, true, false, true, false, true})
                .int64({9007199254740993, Int::min(), 0, Int::max(), -1, 1, -9007199254740993})
                .eos())
      .send(stats());
}

// What the server sent, for Python; a reader's cells are compared with it by type and by bits.
constexpr const char* kSame = R"py(
import struct
NAN, INF = float('nan'), float('inf')
WANT = [
 ('2020-10-03T03:12:39.495000123Z', b'007', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 0.1, True, 9007199254740993),
 ('1969-12-31T23:59:59.999999999Z', b'a,"b"\r\nc\xe2\x82\xac', '00000007-0000-002a-0000-00000000007b', 5e-324, False, -2**63),
 ('1970-01-01T00:00:00.000000000Z', b'', '00000000-0000-0000-0000-000000000000', -1.7976931348623157e308, True, 0),
 ('2262-04-11T23:47:16.854775807Z', b'\xff\0\xfe x', '00000000-0000-0000-0000-000000000001', NAN, False, 2**63-1),
 ('1677-09-21T00:12:43.145224192Z', b'\0', '80000000-0000-0000-0000-000000000000', INF, True, -1),
 ('1970-01-01T00:00:00.000000001Z', b'\xf4\x8f\xbf\xbf\t\\t\x7f', '01234567-89ab-cdef-fedc-ba9876543210', -INF, False, 1),
 ('1970-01-01T00:00:00.000000002Z', b"=1+1 'q' \x1b[31m", '00000000-0000-0000-ffff-ffffffffffff', -0.0, True, -9007199254740993)]
def bits(cell):
    return struct.pack('>d', cell) if isinstance(cell, float) else cell
def same(rows, want=WANT):
    rows = [tuple(row) for row in rows]
    assert len(rows) == len(want), rows
    for row, wanted in zip(rows, want):
        for cell, value in zip(row, wanted):
            assert type(cell) is type(value) and bits(cell) == bits(value), (cell, value)
def original(text):
    return b''.join(bytes([ord(c) - 0x10FF00]) if ord(c) >= 0x10FF80 else c.encode() for c in text)
def real(text):
    return float(text.replace('Infinity', 'inf')) if isinstance(text, str) else float(text)
def number(text):  # json takes -0 for an int
    return -0.0 if text == '-0' else int(text)
BOOL = {'true': True, 'false': False}
KEYS = ('time_', 's', 'id', 'f', 'b', 'i')
)py";

TEST_CASE("other tools read the server's values back, cell by cell") {
  const Vizier vizier(hard_values());
  const Session session;
  const fake::TempDir dir;
  const auto written = [&](const std::string& name, std::vector<std::string> flags = {}) {
    flags.insert(flags.begin(), {"-o", dir.path(name)});
    REQUIRE(fake::run(session.run_at(vizier.address(), flags)).status() == 0);
    return "'" + dir.path(name) + "'";
  };
  const auto python = [&](const std::string& code) {
    CHECK(tool("/usr/bin/env", {"python3", "-c", kSame + code + "\nprint('same')"}) == "same\n");
  };
  SECTION("csv, by Python's csv") {
    python("import csv\nfile = open(" + written("a.csv") +
           ", newline='', encoding='utf-8', errors='surrogateescape')\n"
           "same((r['time_'], r['s'].encode(errors='surrogateescape'), r['id'], real(r['f']), "
           "BOOL[r['b']], int(r['i'])) for r in csv.DictReader(file))");
  }
  SECTION("tsv, by splitting") {
    python("import re\nlines = open(" + written("a.tsv") + ", 'rb').read().split(b'\\n')\n" + R"py(
assert lines.pop() == b'' and lines[0].decode().split('\t') == list(KEYS)
plain = {b't': b'\t', b'n': b'\n', b'r': b'\r', b'\\': b'\\'}
rows = [line.split(b'\t') for line in lines[1:]]
same((t.decode(), re.sub(rb'\\(.)', lambda m: plain[m[1]], s), u.decode(), real(f.decode()),
      BOOL[b.decode()], int(i)) for t, s, u, f, b, i in rows)
)py");
  }
  const std::string from_json =
      "(r['time_'], original(r['s']), r['id'], real(r['f']), r['b'], int(r['i']))";
  SECTION("jsonl, by Python's json") {
    python("import json\nsame(" + from_json +
           " for r in (json.loads(l, parse_int=number) for l in "
           "open(" +
           written("a.jsonl", {"--nan", "string"}) + ", encoding='utf-8', newline='\\n')))");
  }
  SECTION("json, by Python's json") {
    python("import json\nsame(" + from_json + " for r in json.load(open(" +
           written("a.json", {"--nan", "string"}) + ", encoding='utf-8'), parse_int=number))");
  }
  SECTION("jsonl, where null stands for what JSON cannot say") {
    python("import json\nrows = [json.loads(l) for l in open(" + written("a.jsonl") +
           ", encoding='utf-8')]\nassert [r['f'] is None for r in rows] == "
           "[False, False, False, True, True, True, False]");
  }
  SECTION("jsonl, by jq, whose numbers are doubles") {
    const std::string path = written("a.jsonl", {"--nan", "string", "--int64", "string"});
    python("import json, subprocess\nout = subprocess.run(['/usr/bin/jq', '-c', '[.[]]', " + path +
           "], capture_output=True, check=True).stdout.decode()\n"
           "same((t, original(s), u, real(f), b, int(i)) for t, s, u, f, b, i in "
           "(json.loads(l, parse_int=number) for l in out.splitlines()))");
  }
  SECTION("sqlite, by Python's sqlite3") {
    // SQLite has no NaN and no sign of zero; bytes that are no text are a BLOB.
    python("import sqlite3\nc = sqlite3.connect(" + written("a.sqlite") + ")\n" + R"py(
def value(s):
    return s if isinstance(s, bytes) else s.encode()
want = [(*w[:3], None if w[3] != w[3] else w[3] + 0.0, *w[4:]) for w in WANT]
same(((r[0], value(r[1]), r[2], r[3], bool(r[4]), r[5])
      for r in c.execute('SELECT time_, s, id, f, b, i FROM t_utc')), want)
assert [r[0] for r in c.execute('SELECT time_ FROM t')] == [
    1601694759495000123, -1, 0, 2**63 - 1, -2**63, 1, 2]
assert list(c.execute("SELECT type, semantic_type FROM _pxq_columns WHERE column_name = 'id'")) == [
    ('UINT128', 'UPID')]
for by in ('time_', 'id'):  # both forms sort as what they stand for
    first = [r[0] for r in c.execute(f'SELECT {by} FROM t ORDER BY {by}')]
    assert first == sorted(first)
assert [r[0] for r in c.execute('SELECT time_ FROM t_utc ORDER BY time_')] == sorted(
    w[0] for w in WANT)
)py");
  }
  SECTION("sqlite, by its own shell") {
    written("a.sqlite");
    CHECK(tool("/usr/bin/sqlite3", {dir.path("a.sqlite"),
                                    "SELECT i, quote(s), typeof(f) FROM t WHERE typeof(s) = "
                                    "'blob' OR i = -9223372036854775808"}) ==
          "-9223372036854775808|'a,\"b\"\r\nc\xe2\x82\xac'|real\n"
          "9223372036854775807|X'FF00FE2078'|null\n"
          "-1|X'00'|real\n");
  }
}

TEST_CASE("a database can be added to, and replays replace themselves") {
  const Vizier vizier(whole());
  const Session session;
  const fake::TempDir dir;
  const std::string path = dir.path("a.sqlite");
  const auto rows = [&] { return tool("/usr/bin/sqlite3", {path, "SELECT count(*) FROM t"}); };
  REQUIRE(fake::run(session.run_at(vizier.address(), {"-o", path, "--record", dir.path("r.pxrec")}))
              .status() == 0);
  CHECK(fake::run(session.run_at(vizier.address(), {"-o", path})).status() == 9);
  REQUIRE(fake::run(session.run_at(vizier.address(), {"-o", path, "--append"})).status() == 0);
  CHECK(rows() == "4\n");
  for (int i = 0; i < 2; ++i) {
    REQUIRE(fake::run(session.command({"replay", dir.path("r.pxrec"), "-o", path, "--append"}))
                .status() == 0);
    CHECK(rows() == "6\n");
  }
  REQUIRE(fake::run(session.run_at(vizier.address(), {"-o", path, "--force"})).status() == 0);
  CHECK(rows() == "2\n");
}

TEST_CASE("what rows must not be is exit 12 and names the first") {
  const Vizier vizier(whole());
  struct Judged {
    std::vector<std::string> flags;
    int status = 0;
    std::string why = {};
  };
  const Judged judged = GENERATE(values<Judged>({
      {{"--fail-if", "t.a > 1"}, 12, "row 2 of t: {\"a\":2}"},
      {{"--fail-if", "t.a > 2", "--fail-on-empty"}, 0},
      {{"--fail-if", "rows(t) >= 2"}, 12, "--fail-if 'rows(t) >= 2': 2 rows in t"},
      {{"--fail-if", "t.a > 5", "--fail-if", "rows < 3"}, 12, "rows < 3"},
      {{"--fail-if", "t.latency > 5"}, 2, "no column 'latency'"},
      {{"--fail-if", "t.A > 5"}, 2, "did you mean 'a'"},
      {{"--fail-if", "u.a > 5"}, 2, "no table 'u'"},
      {{"--fail-if", "t.a > x"}, 2, "x"},
  }));
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address(), judged.flags));
  session.check_manners(result);
  CHECK(result.status() == judged.status);
  CHECK_THAT(result.err, Catch::Contains(judged.why));
  if (judged.status == 2) return;
  CHECK(result.out == kWholeRows);
  CHECK(count(result.err, "INCOMPLETE") == 0);  // what was judged is whole
}

TEST_CASE("no rows are exit 12 where rows are wanted, and files stay as they were") {
  const Vizier vizier(Script().send(numbers().metadata()).send(numbers().end()).send(stats()));
  const Session session;
  const fake::TempDir dir;
  dir.write("a.csv", "old\n");
  session.check(fake::run(session.run_at(vizier.address(),
                                         {"--fail-on-empty", "-o", dir.path("a.csv"), "--force"})),
                {12, "", {"--fail-on-empty"}});
  CHECK(dir.read("a.csv") == "old\n");
}

TEST_CASE("the summary tells how a run ended, also badly") {
  const fake::TempDir dir;
  const Session session;
  const std::vector<std::string> flags = {"--summary", dir.path("s.json"), "--retries", "0"};
  const auto summary = [&] { return json::parse(dir.read("s.json")); };
  SECTION("well") {
    const Vizier vizier(whole());
    REQUIRE(fake::run(session.run_at(vizier.address(), flags)).status() == 0);
    CHECK(summary()["verdict"] == "complete");
    CHECK(summary()["tables"][0]["rows"] == 2);
    CHECK(summary()["tables"][0]["complete"] == true);
    CHECK(summary()["query_id"] == fake::kQueryId);
  }
  SECTION("cut") {
    const Vizier vizier(Script().send(numbers().metadata()).finish(0));
    CHECK(fake::run(session.run_at(vizier.address(), flags)).status() == 8);
    CHECK(summary()["verdict"] == "incomplete");
    CHECK(summary()["tables"][0]["complete"] == false);
  }
  SECTION("without a server") {
    CHECK(fake::run(session.run_at("127.0.0.1:1", flags)).status() == 5);
    CHECK(summary()["exit"] == 5);
    CHECK(summary()["error"]["error"] == "connect");
  }
  SECTION("with a wrong flag") {
    auto wrong = flags;
    wrong.insert(wrong.end(), {"-o", "nothing.xlsx"});
    CHECK(fake::run(session.run_at("127.0.0.1:1", wrong)).status() == 2);
    CHECK(summary()["exit"] == 2);
  }
  SECTION("by a signal") {
    const Vizier vizier(Script().send(numbers().metadata()).silence());
    fake::Process process(session.run_at(vizier.address(), flags));
    REQUIRE(vizier.wait_for_messages(1));
    process.signal(SIGTERM);
    CHECK(process.wait().status() == 143);
    CHECK(summary()["exit"] == 143);
    CHECK(summary()["verdict"] == "interrupted");
  }
}

TEST_CASE("hundreds of tables need no more than the system allows") {
  Script script;
  std::vector<Table> tables;
  for (int i = 0; i < 400; ++i) tables.push_back(numbers("t" + std::to_string(i)));
  for (const Table& table : tables) script.send(table.metadata());
  for (const Table& table : tables) script.send(table.batch().int64({1}).eos());
  const Vizier vizier(script.send(stats()));
  const Session session;
  const fake::TempDir dir;
  fake::Command command = session.run_at(vizier.address(), {"-o", dir.path("{table}.csv.gz")});
  command.arguments.insert(command.arguments.begin(), {"--nofile=256:4096", command.program});
  command.program = "/usr/bin/prlimit";
  session.check(fake::run(command), {});
  CHECK(dir.list().size() == 400);
}

}  // namespace
}  // namespace pxq::app
