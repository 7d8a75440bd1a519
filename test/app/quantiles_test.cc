// Quantiles and links as what programs take; read by Python's csv and sqlite3, and jq.

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "python_csv.h"
#include "session.h"
#include "tool.h"

namespace pxq::app {
namespace {

using nlohmann::json;

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

TEST_CASE(
    "The flag --expand-quantiles makes numbers of quantiles in each format, and tells what is "
    "none") {
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
  const std::string jq = tool(
      "/usr/bin/jq", {"-c", "[.latency_p25, .size_p50, (.size_p99 | if . then . + 1 else . end)]",
                      write("t.jsonl")});
  // A sum is printed by jq's own rules; a number that is only read is as it stood in newer ones.
  CHECK(jq == "[3.5,4,7000001]\n[null,9,null]\n");
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

TEST_CASE("The flag --script-labels writes links to scripts as their labels") {
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

}  // namespace
}  // namespace pxq::app
