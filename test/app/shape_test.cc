// What people's tools ask of a result: spreadsheets that run nothing, another separator, rows in
// order, no empty files, quantiles as numbers. The files are read by Python's csv, sqlite3 and jq.

#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "export_session.h"
#include "session.h"
#include "tool.h"

namespace pxq::app {
namespace {

std::string python(const std::string& code) {
  return tool("/usr/bin/env", {"python3", "-c", code});
}

/// What Python's csv finds in a file, as JSON.
json csv_rows(const std::string& path, const std::string& how = "") {
  return json::parse(python("import csv, json\nprint(json.dumps(list(csv.reader(open('" + path +
                            "', newline='', encoding='utf-8-sig')" + how + "))))"));
}

const std::vector<std::string> kHostile = {"=cmd|'/c calc'!A1",
                                           "+1",
                                           "-1",
                                           "@SUM(A1:A9)",
                                           "\t=1",
                                           "\r=1",
                                           "\xef\xbb\xbf=1",
                                           "\"=1\"",
                                           "007",
                                           "12345678901234567",
                                           "plain",
                                           "a,b;c\n\"d\"",
                                           ""};

fake::Script hostile() {
  const fake::Table t = fake::Table("t").int64("n").float64("f").string("=s").string("other");
  const size_t rows = kHostile.size();
  std::vector<int64_t> numbers(rows, -5);
  numbers[0] = std::numeric_limits<int64_t>::min();
  numbers[1] = 1'795'948'766'703'637'738;
  return fake::Script()
      .send(t.metadata())
      .send(t.batch()
                .int64(numbers)
                .float64(std::vector<double>(rows, -0.5))
                .string(kHostile)
                .string(std::vector<std::string>(rows, "/api")))
      .send(t.end())
      .send(fake::stats());
}

TEST_CASE("S35: text that a spreadsheet would run stays as received unless it is asked for") {
  const fake::Vizier vizier(hostile());
  Session session;
  session.allow("t.csv");
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "t.csv"})), {});
  const json rows = csv_rows(session.home().path("t.csv"));
  REQUIRE(rows.size() == kHostile.size() + 1);
  // The reader takes the byte order mark of a file away, and no other.
  for (size_t i = 0; i < kHostile.size(); ++i) CHECK(rows[i + 1][2] == kHostile[i]);
}

TEST_CASE("S35: --spreadsheet makes such text harmless, says so, and leaves numbers alone") {
  const fake::Vizier vizier(hostile());
  Session session;
  session.allow("t.csv");
  const fake::ProcessResult result =
      fake::run(session.run_at(vizier.address(), {"-o", "t.csv", "--spreadsheet"}));
  session.check(
      result,
      {0,
       "",
       {"table 't', column '=s': 8 cells that a spreadsheet would run as a formula, now begun with "
        "'",
        "table 't', column '=s': 2 cells of digits that a spreadsheet would lose, now begun with '",
        "table 't', column 'n': 2 cells with more than 15 digits, which a spreadsheet rounds"}});
  CHECK(result.err.find("'other'") == std::string::npos);
  const std::string bytes = session.home().read("t.csv");
  CHECK(bytes.starts_with("\xef\xbb\xbfn,f,'=s,other\r\n"));
  CHECK(bytes.ends_with("\r\n"));
  const json rows = csv_rows(session.home().path("t.csv"));
  REQUIRE(rows.size() == kHostile.size() + 1);
  CHECK(rows[1][0] == "-9223372036854775808");
  CHECK(rows[2][0] == "1795948766703637738");
  for (size_t i = 0; i < kHostile.size(); ++i) {
    CHECK(rows[i + 1][1] == "-0.5");
    CHECK(rows[i + 1][3] == "/api");
    CHECK(rows[i + 1][2] == (i < 10 ? "'" + kHostile[i] : kHostile[i]));
  }
}

TEST_CASE("A spreadsheet's file has one byte order mark, however often rows are added") {
  const fake::Vizier vizier(whole());
  Session session;
  session.allow("t.csv");
  const bool header = GENERATE(true, false);
  std::vector<std::string> flags = {"-o", "t.csv", "--spreadsheet", "--append"};
  if (!header) flags.push_back("--no-header");
  for (int i = 0; i < 2; ++i) session.check(fake::run(session.run_at(vizier.address(), flags)), {});
  const std::string head = header ? "a\r\n" : "";
  CHECK(session.home().read("t.csv") == "\xef\xbb\xbf" + head + "1\r\n2\r\n1\r\n2\r\n");
  if (!header) return;
  const std::vector<std::string> other = {"-o", "t.csv", "--append"};
  session.check(fake::run(session.run_at(vizier.address(), other)), {9, "", {"another schema"}});
}

TEST_CASE("--delimiter stands between fields, and what holds it is quoted") {
  struct Case {
    std::string flag;
    std::string character;
  };
  const Case one = GENERATE(Case{";", ";"}, Case{"|", "|"}, Case{"\\t", "\t"}, Case{",", ","},
                            Case{"\x01", "\x01"}, Case{"'", "'"});
  const fake::Vizier vizier(hostile());
  Session session;
  session.allow("t.csv");
  session.check(
      fake::run(session.run_at(vizier.address(), {"-o", "t.csv", "--delimiter", one.flag})), {});
  const std::string escaped = json(one.character).dump();
  const json rows = csv_rows(session.home().path("t.csv"), ", delimiter=" + escaped);
  REQUIRE(rows.size() == kHostile.size() + 1);
  for (size_t i = 0; i < kHostile.size(); ++i) {
    REQUIRE(rows[i + 1].size() == 4);
    CHECK(rows[i + 1][2] == kHostile[i]);
  }
}

TEST_CASE("A delimiter that rows could not be read back with is refused before connecting") {
  const fake::Vizier vizier(whole());
  const Session session;
  const std::string bad = GENERATE("\"", "\n", "\r", "ab", "é", "5", ".", "-", " ", "e");
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "csv", "--delimiter", bad})),
                {2, "", {"--delimiter", "such as ';'"}});
  CHECK(vizier.calls().empty());
}

const fake::Table kMixed =
    fake::Table("t").int64("n").float64("f").string("s").time("time_").boolean("b");

fake::Script mixed() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return fake::Script()
      .send(kMixed.metadata())
      .send(kMixed.batch()
                .int64({10, 9, 100})
                .float64({1.5, nan, -2})
                .string({"b", "a", "b"})
                .time({3, 2, 1})
                .boolean({true, false, true}))
      .send(kMixed.batch()
                .int64({9, -1})
                .float64({0, 1e9})
                .string({"b", "c"})
                .time({0, 9})
                .boolean({false, true}))
      .send(kMixed.end())
      .send(fake::stats());
}

TEST_CASE("--sort orders rows by typed values, by several columns, and before --limit") {
  check_cases({
      {"numbers by size",
       mixed(),
       {.out = "n\n-1\n9\n9\n10\n100\n"},
       {"--sort", "n", "-o", "csv", "--columns", "n"}},
      {"the greatest first, then by another",
       mixed(),
       {.out = "n,s\n100,b\n10,b\n9,a\n9,b\n-1,c\n"},
       {"--sort=-n,s", "-o", "csv", "--columns", "n,s"}},
      {"equal rows as they came",
       mixed(),
       {.out = "s,n\nc,-1\nb,10\nb,100\nb,9\na,9\n"},
       {"--sort=-s", "-o", "csv", "--columns", "s,n"}},
      {"by a column that is not shown, in another case",
       mixed(),
       {.out = "s\nb\nb\na\nb\nc\n"},
       {"--sort", "TIME_", "-o", "csv", "--columns", "s"}},
      {"NaN last",
       mixed(),
       {.out = "f\n1e+09\n1.5\n0\n-2\nNaN\n"},
       {"--sort=-f", "-o", "csv", "--columns", "f"}},
      {"the first of what is sorted",
       mixed(),
       {.out = "n\n-1\n9\n", .err = {"limited"}},
       {"--sort", "n", "-o", "csv", "--columns", "n", "--limit", "2", "--stats"}},
      {"a dash as a word of its own",
       mixed(),
       {.out = "n\n100\n", .err = {}},
       {"--sort", "-n", "-o", "csv", "--columns", "n", "--limit", "1"}},
  });
}

TEST_CASE("A sort that cannot be is said with nothing on stdout") {
  const fake::Table quantiles =
      fake::Table("t").string("latency", fake::pb::ST_DURATION_NS_QUANTILES);
  check_cases({
      {"no such column",
       mixed(),
       {2, "", {"--sort: no column 'm' in table 't'", "its columns are n, f, s, time_, b"}},
       {"--sort", "m", "-o", "csv"}},
      {"no such column, and no rows",
       fake::Script().send(kMixed.metadata()).send(kMixed.end()).send(fake::stats()),
       {2, "", {"--sort: no column 'm' in table 't'"}},
       {"--sort", "m"}},
      {"quantiles",
       fake::Script()
           .send(quantiles.metadata())
           .send(quantiles.batch().string({"{}"}).eos())
           .send(fake::stats()),
       {2, "", {"'latency' holds quantiles", "--expand-quantiles --sort -latency_p99"}},
       {"--sort=-latency"}},
      {"an empty name", mixed(), {2, "", {"--sort 'n,' has an empty name"}}, {"--sort", "n,"}},
  });
}

TEST_CASE("Endless streams are not sorted, which is said before connecting") {
  const fake::Vizier vizier(whole());
  const Session session;
  fake::Command command =
      session.command({"run", "-e", "import px\npx.display(px.DataFrame('http_events').stream())",
                       "--addr", vizier.address(), "--insecure", "--sort", "latency"});
  session.check(fake::run(command), {2, "", {"--sort needs a result that ends"}});
  CHECK(vizier.calls().empty());
}

TEST_CASE("What came of a run that was cut is sorted, too") {
  check_cases(std::vector<StreamCase>{{"cut",
                                       fake::Script()
                                           .send(numbers().metadata())
                                           .send(numbers().batch().int64({3, 1, 2}))
                                           .finish(14, "gone"),
                                       {8, "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", {"INCOMPLETE"}},
                                       {"--sort", "a"}}});
}

// More than the 64 MiB that are kept in memory.
fake::Script large_texts() {
  const fake::Table t = fake::Table("t").int64("n").string("s");
  fake::Script script;
  script.send(t.metadata());
  for (int64_t part = 0; part < 80; ++part) {
    std::vector<int64_t> numbers;
    std::vector<std::string> texts;
    for (int64_t i = 0; i < 1000; ++i) {
      numbers.push_back((i * 80 + part) * 7919 % 80'000);
      texts.emplace_back(1000, static_cast<char>('a' + numbers.back() % 26));
    }
    script.send(t.batch().int64(numbers).string(texts));
  }
  return script.send(t.end()).send(fake::stats());
}

TEST_CASE("A sort of more than fits its memory goes through files that nobody sees") {
  const fake::Vizier vizier(large_texts());
  Session session;
  session.allow("t.csv");
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "t.csv", "--sort", "n"}),
                          std::chrono::seconds(60)),
                {});
  CHECK(python("import csv\nrows = list(csv.DictReader(open('" + session.home().path("t.csv") +
               "')))\nassert [int(r['n']) for r in rows] == list(range(80000))\n"
               "assert all(r['s'] == chr(97 + int(r['n']) % 26) * 1000 for r in rows)\n"
               "print('same')") == "same\n");
}

TEST_CASE("A sort that finds no room for its files says where") {
  const fake::Vizier vizier(large_texts());
  const Session session;
  fake::Command command = session.run_at(vizier.address(), {"-o", "csv", "--sort", "n"});
  command.environment["TMPDIR"] = session.home().path("not-there");
  session.check(fake::run(command, std::chrono::seconds(60)),
                {9, "n,s\n", {"a temporary file for rows to be sorted (TMPDIR)"}});
}

const fake::Table kEmpty = fake::Table("empty").id("e").int64("a");

fake::Script one_of_two() {
  const fake::Table full = fake::Table("full").id("f").int64("a");
  return fake::Script()
      .send(kEmpty.metadata())
      .send(full.metadata())
      .send(full.batch().int64({1}))
      .send(full.end())
      .send(kEmpty.end())
      .send(fake::stats());
}

fake::Script nothing() {
  return fake::Script().send(kEmpty.metadata()).send(kEmpty.end()).send(fake::stats());
}

TEST_CASE("--skip-empty makes no file of a table without rows, and the summary says so") {
  const std::string ending = GENERATE(".csv", ".jsonl.gz", ".json", ".parquet", ".md");
  const fake::Vizier vizier(one_of_two());
  Session session;
  session.allow("out").allow("out/full" + ending).allow("s.json");
  session.check(
      fake::run(session.run_at(
          vizier.address(), {"-o", "out/{table}" + ending, "--skip-empty", "--summary", "s.json"})),
      {});
  const json summary = json::parse(session.home().read("s.json"));
  CHECK(summary["files"].size() == 1);
  for (const json& table : summary["tables"]) {
    CHECK(table.contains("skipped_empty") == (table["name"] == "empty"));
  }
}

TEST_CASE("--skip-empty makes no file when there is no row at all") {
  const fake::Vizier vizier(nothing());
  const std::string file = GENERATE("t.csv", "t.jsonl", "t.json", "t.parquet", "t.txt");
  const Session session;
  session.check(fake::run(session.run_at(vizier.address(), {"-o", file, "--skip-empty"})), {});
}

TEST_CASE("--skip-empty leaves a table out of a database") {
  const fake::Vizier vizier(one_of_two());
  Session session;
  session.allow("t.sqlite");
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "t.sqlite", "--skip-empty"})),
                {});
  CHECK(python("import sqlite3\nc = sqlite3.connect('" + session.home().path("t.sqlite") +
               "')\nprint([n for n, in c.execute(\"select name from sqlite_master where type = "
               "'table' and name in ('full', 'empty')\")])") == "['full']\n");
}

TEST_CASE("--skip-empty prints nothing of a table without rows") {
  check_cases({
      {"csv", nothing(), {}, {"-o", "csv", "--skip-empty"}},
      {"tsv", nothing(), {}, {"-o", "tsv", "--skip-empty"}},
      {"table", nothing(), {}, {"-o", "table", "--skip-empty"}},
      {"json-array", nothing(), {}, {"-o", "json-array", "--skip-empty"}},
      {"markdown",
       one_of_two(),
       {.out = "### full\n\n| a |\n| --: |\n| 1 |\n"},
       {"-o", "markdown", "--skip-empty"}},
  });
}

TEST_CASE("--skip-empty adds nothing to a file, and the file's header is still compared") {
  const fake::Vizier vizier(nothing());
  Session session;
  session.allow("t.csv");
  session.home().write("t.csv", "a\n7\n");
  session.check(
      fake::run(session.run_at(vizier.address(), {"-o", "t.csv", "--append", "--skip-empty"})), {});
  CHECK(session.home().read("t.csv") == "a\n7\n");
  const fake::Vizier full(whole());
  session.home().write("t.csv", "b\n7\n");
  session.check(
      fake::run(session.run_at(full.address(), {"-o", "t.csv", "--append", "--skip-empty"})),
      {9, "", {"another schema"}});
}

TEST_CASE("An export with --skip-empty makes no file for a window without rows") {
  const fake::Vizier vizier(holding({}));
  CronJob job(vizier.address());
  job.flags = {"--skip-empty"};
  REQUIRE(job.run().status() == 0);
  for (const std::string& file : job.dir().list()) CHECK_FALSE(file.ends_with(".csv"));
  const json summary = job.summary();
  CHECK(summary["files"].empty());
  REQUIRE(summary["tables"].size() == 1);
  CHECK(summary["tables"][0]["skipped_empty"] == true);
}

const fake::Table kLinks = fake::Table("t")
                               .string("service")
                               .string("latency", fake::pb::ST_DURATION_NS_QUANTILES)
                               .string("size", fake::pb::ST_QUANTILES)
                               .string("link", fake::pb::ST_SCRIPT_REFERENCE);

fake::Script links() {
  const std::string whole = R"({"p01":1,"p10":2,"p25":3.5,"p50":4,"p75":5,"p90":6,"p99":7000000})";
  return fake::Script()
      .send(kLinks.metadata())
      .send(kLinks.batch()
                .string({"a", "b"})
                .string({whole, "not json"})
                .string({whole, R"({"p50":9,"p99":"x"})"})
                .string({R"({"label":"a b","script":"px/pod","args":{"pod":"a"}})", "plain"})
                .eos())
      .send(fake::stats());
}

TEST_CASE("--expand-quantiles makes numbers of quantiles in each format, and tells what is none") {
  const fake::Vizier vizier(links());
  Session session;
  const auto write = [&](const std::string& file) {
    session.allow(file);
    session.check(fake::run(session.run_at(vizier.address(), {"-o", file, "--expand-quantiles"})),
                  {0,
                   "",
                   {"table 't', column 'latency': 1 cell without quantiles: NaN in their place",
                    "table 't', column 'size': 1 cell without quantiles: NaN in their place"}});
    return session.home().path(file);
  };
  const json rows = csv_rows(write("t.csv"));
  const json names = {"service",     "latency_p01", "latency_p10", "latency_p25",
                      "latency_p50", "latency_p75", "latency_p90", "latency_p99",
                      "size_p01",    "size_p10",    "size_p25",    "size_p50",
                      "size_p75",    "size_p90",    "size_p99",    "link"};
  CHECK(rows[0] == names);
  CHECK(rows[1][3] == "3.5");
  CHECK(rows[1][7] == "7e+06");
  CHECK(rows[2][7] == "NaN");
  CHECK(rows[2][11] == "9");
  CHECK(rows[2][14] == "NaN");
  const std::string jq =
      tool("/usr/bin/jq", {"-c", "[.latency_p25, .size_p50, .size_p99]", write("t.jsonl")});
  CHECK(jq == "[3.5,4,7000000]\n[null,9,null]\n");
  CHECK(python("import sqlite3\nc = sqlite3.connect('" + write("t.sqlite") +
               "')\nprint(c.execute('select latency_p99, size_p50 from t').fetchall())") ==
        "[(7000000.0, 4.0), (None, 9.0)]\n");
  CHECK(session.home().read("t.parquet").empty());
  write("t.parquet");
  CHECK_THAT(session.home().read("t.parquet"), Catch::Contains("latency_p99"));
}

TEST_CASE("Numbers of quantiles can be sorted by, chosen, judged and shown in their unit") {
  check_cases({
      {"sort",
       links(),
       {.out = "service\nb\na\n"},
       {"--expand-quantiles", "--sort=-size_p50", "-o", "csv", "--columns", "service"}},
      {"judge",
       links(),
       {12, "service,latency_p99\na,7e+06\nb,NaN\n", {"t.latency_p99 > 1ms"}},
       {"--expand-quantiles", "--fail-if", "t.latency_p99 > 1ms", "-o", "csv", "--columns",
        "service,latency_p99"}},
      {"show",
       links(),
       {.out = "t: 2 rows, 1 column\nlatency_p99\n   duration\n    7.00 ms\n     NaN ms\n"},
       {"--expand-quantiles", "-o", "table", "--columns", "latency_p99"}},
  });
}

TEST_CASE("--script-labels writes links to scripts as their labels") {
  check_cases({
      {"without it, the whole link",
       links(),
       {.out = "link\n\"{\"\"label\"\":\"\"a b\"\",\"\"script\"\":\"\"px/pod\"\",\"\"args\"\":{\"\""
               "pod\"\":\"\"a\"\"}}\"\nplain\n"},
       {"-o", "csv", "--columns", "link"}},
      {"with it",
       links(),
       {.out = "link\na b\nplain\n"},
       {"-o", "csv", "--columns", "link", "--script-labels"}},
      {"json",
       links(),
       {.out = "{\"link\":\"a b\"}\n{\"link\":\"plain\"}\n"},
       {"--columns", "link", "--script-labels"}},
      {"sorted by them",
       links(),
       {.out = "link\nplain\na b\n"},
       {"-o", "csv", "--columns", "link", "--script-labels", "--sort=-link"}},
  });
}

TEST_CASE("Columns that are not there cannot be changed, which is said with nothing on stdout") {
  check_cases({
      {"quantiles",
       whole(),
       {2, "", {"--expand-quantiles changes nothing: no table has a column of quantiles"}},
       {"--expand-quantiles"}},
      {"links",
       whole(),
       {2, "", {"--script-labels changes nothing: no table has links to scripts"}},
       {"--script-labels"}},
      {"of the tables that are chosen",
       links(),
       {2, "", {"the script has no table 'u'"}},
       {"--expand-quantiles", "-t", "u"}},
  });
}

TEST_CASE("What a table looks like is refused where it would change nothing") {
  struct Refused {
    std::vector<std::string> flags;
    std::string what;
    std::string where;
  };
  const Refused refused = GENERATE(
      Refused{{"--delimiter", ";"}, "--delimiter changes nothing in jsonl", "it is for csv"},
      Refused{{"--delimiter", ";", "-o", "x.sqlite"}, "nothing in a database", "csv"},
      Refused{{"--spreadsheet", "-o", "tsv"}, "--spreadsheet changes nothing in tsv", "csv"},
      Refused{{"--spreadsheet", "--bytes", "base64", "-o", "csv"}, "exclude each other", "replace"},
      Refused{
          {"--script-labels", "-o", "table"}, "--script-labels changes nothing in table", "csv"},
      Refused{{"--skip-empty"}, "--skip-empty changes nothing in jsonl", "files of rows"},
      Refused{{"--skip-empty", "-o", "x.html"}, "--skip-empty changes nothing in html", "csv"});
  const fake::Vizier vizier(whole());
  const Session session;
  session.check(fake::run(session.run_at(vizier.address(), refused.flags)),
                {2, "", {refused.what, refused.where}});
  CHECK(vizier.calls().empty());
}

TEST_CASE("Exports write spreadsheets, numbers of quantiles and local times, each row once") {
  const fake::Table table =
      fake::Table("t").time("time_").string("s").string("q", fake::pb::ST_QUANTILES);
  const fake::Vizier vizier(fake::Script()
                                .send(table.metadata())
                                .send(table.batch()
                                          .time({kThen, kThen + 1})
                                          .string({"=1", "a"})
                                          .string({"{\"p50\":1}", "{\"p50\":2}"}))
                                .send(table.end())
                                .send(fake::stats()));
  CronJob job(vizier.address());
  job.to = "all.csv";
  job.flags = {"--append",           "--spreadsheet", "--delimiter", ";",
               "--expand-quantiles", "--columns",     "s,q_p50"};
  REQUIRE(job.run().status() == 0);
  // Flags that change how rows look do not change which rows are known.
  REQUIRE(job.run().status() == 0);
  CHECK(job.dir().read("all.csv") == "\xef\xbb\xbfs;q_p50\r\n'=1;1\r\na;2\r\n");
}

}  // namespace
}  // namespace pxq::app
