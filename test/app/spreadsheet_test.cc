// csv for people: spreadsheets that run nothing, another separator; read by Python's csv.

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "export_session.h"
#include "python_csv.h"
#include "session.h"

namespace pxq::app {
namespace {

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

TEST_CASE(
    "S35 --spreadsheet makes text harmless that would be run, says so, and leaves numbers alone") {
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

TEST_CASE("The flag --delimiter stands between fields, and what holds it is quoted") {
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

TEST_CASE("Exports write times on the clock that is asked for") {
  const fake::Vizier vizier(holding({{1'700'000'000'123'456'789, 1}}));
  const CronJob job(vizier.address());
  const auto run = [&](const std::string& zone) {
    fake::Command command = job.session().command(
        {"export", "-e", "import px", "--addr", vizier.address(), "--insecure", "--to",
         job.dir().path("{table}-{end}.csv"), "--state", job.dir().path("state" + zone), "-q"});
    if (zone == "+09:00") command.arguments.insert(command.arguments.end(), {"--tz", zone});
    if (zone == "-01:00") command.environment["PXQ_TZ"] = zone;
    REQUIRE(fake::run(command).status() == 0);
    std::string all;
    for (const std::string& file : job.dir().list()) {
      if (file.ends_with(".csv")) all = job.dir().read(file);
    }
    return all;
  };
  const std::string zone = GENERATE("+09:00", "-01:00", "");
  const std::string written = run(zone);
  const std::string want = zone == "+09:00"   ? "2023-11-15T07:13:20.123456789+09:00"
                           : zone == "-01:00" ? "2023-11-14T21:13:20.123456789-01:00"
                                              : "2023-11-14T22:13:20.123456789Z";
  CHECK(written == "time_,id\n" + want + ",1\n");
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
