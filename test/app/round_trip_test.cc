// Values that readers get wrong, read back from every format by other tools.

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "session.h"
#include "tool.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::stats;
using fake::Table;
using fake::Vizier;

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

TEST_CASE("S34 S37 S38 other tools read the server's values back, cell by cell") {
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

}  // namespace
}  // namespace pxq::app
