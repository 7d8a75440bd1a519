// A flag that would change nothing is not taken in silence: it is heard, or it is exit 2 with the
// formats in which it works.

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "session.h"

namespace pxq::app {
namespace {

const fake::Table kT = fake::Table("t").time("time_").string("s");

// 2023-11-14T22:13:20.987654321Z, and a byte that is not UTF-8.
fake::Script one_row() {
  return fake::Script()
      .send(kT.metadata())
      .send(kT.batch().time({1'700'000'000'987'654'321}).string({"a\xff"}).eos())
      .send(fake::stats());
}

TEST_CASE("Flags about the spelling of values are heard in csv and tsv as in JSON") {
  check_cases({
      {"--bytes base64 -o csv",
       one_row(),
       {.out = "time_,s\n2023-11-14T22:13:20.987654321Z,Yf8=\n"},
       {"--bytes", "base64", "-o", "csv"}},
      {"--bytes replace -o tsv",
       one_row(),
       {.out = "time_\ts\n2023-11-14T22:13:20.987654321Z\ta\xef\xbf\xbd\n"},
       {"--bytes", "replace", "-o", "tsv"}},
      {"--tz +09:00 -o csv",
       one_row(),
       {.out = "time_,s\n2023-11-15T07:13:20.987654321+09:00,a\xff\n"},
       {"--tz", "+09:00", "-o", "csv"}},
      {"--tz +09:00 -o jsonl",
       one_row(),
       {.out = "{\"time_\":\"2023-11-15T07:13:20.987654321+09:00\"}\n"},
       {"--tz", "+09:00", "--columns", "time_"}},
      {"-x in a pipe",
       one_row(),
       {.out =
            "t: 1 row, 2 columns\n── row 1 ──\ntime_ (UTC)  2023-11-14 22:13:20.987\ns            "
            "a\\xff\n"},
       {"-x"}},
  });
}

TEST_CASE("A flag that would change nothing is refused before connecting, with where it works") {
  struct Refused {
    std::vector<std::string> flags;
    std::string what;
    std::string where;
  };
  const Refused refused = GENERATE(
      Refused{{"--human", "-o", "jsonl"}, "--human changes nothing in jsonl", "csv, tsv"},
      Refused{{"--no-header"}, "--no-header changes nothing in jsonl", "table, vertical, csv, tsv"},
      Refused{{"--time-format", "unix"}, "", ""},
      Refused{{"--time-format", "unix", "-o", "table"},
              "--time-format changes nothing in table",
              "jsonl, json-array, csv, tsv"},
      Refused{{"--nan", "string", "-o", "csv"}, "--nan changes nothing in csv", "jsonl"},
      Refused{{"--int64", "string", "-o", "x.csv"}, "--int64 changes nothing in csv", "jsonl"},
      Refused{{"-x", "-o", "csv"}, "--expanded changes nothing in csv", "table, vertical"},
      Refused{{"--table-key", "-o", "table"}, "--table-key changes nothing in table", "jsonl"},
      Refused{{"--force"}, "--force changes nothing on stdout", "-o FILE"},
      Refused{{"--tz", "UTC", "-o", "x.sqlite"}, "--tz changes nothing in a database", "text"},
      Refused{{"--tz", "UTC", "-o", "null"}, "--tz changes nothing in null", "text"},
      Refused{{"--tz", "UTC", "--time-format", "unix"},
              "--tz changes nothing in jsonl with --time-format unix",
              "rfc3339"},
      Refused{
          {"--bytes", "base64", "-o", "markdown"}, "--bytes changes nothing in markdown", "csv"},
      Refused{
          {"--bytes", "base64", "-o", "x.sqlite"}, "--bytes changes nothing in a database", "csv"});
  const fake::Vizier vizier(one_row());
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address(), refused.flags));
  if (refused.what.empty()) {
    CHECK(result.status() == 0);
    return;
  }
  session.check(result, {2, "", {refused.what, refused.where}});
  CHECK(vizier.calls(fake::kExecuteScript).empty());
}

TEST_CASE("A zone that is none is told with the flag or the variable that names it") {
  const fake::Vizier vizier(one_row());
  const Session session;
  SECTION("flag") {
    const auto result = fake::run(session.run_at(vizier.address(), {"--tz", "Mars"}));
    session.check(result, {2, "", {"--tz: no time zone 'Mars'"}});
  }
  SECTION("variable") {
    fake::Command command = session.run_at(vizier.address());
    command.environment["PXQ_TZ"] = "Mars";
    session.check(fake::run(command), {2, "", {"PXQ_TZ: no time zone 'Mars'"}});
  }
  SECTION("the variable is heard") {
    fake::Command command = session.run_at(vizier.address(), {"--columns", "time_"});
    command.environment["PXQ_TZ"] = "-01:00";
    session.check(fake::run(command),
                  {.out = "{\"time_\":\"2023-11-14T21:13:20.987654321-01:00\"}\n"});
  }
  SECTION("local is the zone of TZ") {
    fake::Command command =
        session.run_at(vizier.address(), {"--columns", "time_", "--tz", "local"});
    command.environment["TZ"] = "<+0530>-5:30";
    session.check(fake::run(command),
                  {.out = "{\"time_\":\"2023-11-15T03:43:20.987654321+05:30\"}\n"});
  }
}

TEST_CASE("Bytes that are not UTF-8 go into csv as received, and are told at the end") {
  const fake::Table t = fake::Table("t").string("good").string("odd");
  const fake::Vizier vizier(
      fake::Script()
          .send(t.metadata())
          .send(t.batch().string({"ä", "b", "c"}).string({"\xff", "ö", "long enough \xc3"}).eos())
          .send(fake::stats()));
  const Session session;
  const std::string told = "table 't', column 'odd': 2 cells have bytes that are not UTF-8";
  const auto raw = fake::run(session.run_at(vizier.address(), {"-o", "csv"}));
  session.check(raw, {.out = "good,odd\nä,\xff\nb,ö\nc,long enough \xc3\n", .err = {told}});
  CHECK(count(raw.err, "not UTF-8") == 1);
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"-o", "csv", "--bytes", "replace"},
        {"-o", "jsonl"},
        {"-o", "csv", "--columns", "good"}}) {
    const auto result = fake::run(session.run_at(vizier.address(), flags));
    CHECK(result.status() == 0);
    CHECK_THAT(result.err, !Catch::Contains("UTF-8"));
  }
}

TEST_CASE("The shortest form of times is what jq's fromdate reads") {
  const fake::Vizier vizier(one_row());
  const Session session;
  fake::Command jq;
  jq.program = "/usr/bin/jq";
  jq.arguments = {".time_|fromdate"};
  jq.input = fake::run(session.run_at(vizier.address(), {"--time-format", "rfc3339_s"})).out;
  CHECK(fake::run(jq).out == "1700000000\n");
}

TEST_CASE("A locale without UTF-8 gets tables and last words in ASCII") {
  const fake::Table table =
      fake::Table("t").int64("latency", fake::pb::ST_DURATION_NS).string("text");
  const fake::Vizier vizier(fake::Script()
                                .send(table.metadata())
                                .send(table.batch().int64({1500, 2500}).string({"a\nb", "c"}))
                                .send(table.end())
                                .send(fake::stats()));
  const Session session;
  fake::Command command = session.run_at(vizier.address(), {"-o", "table", "--stats"});
  const auto is_ascii = [](const std::string& text) {
    return std::all_of(text.begin(), text.end(),
                       [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
  };
  const fake::ProcessResult usual = fake::run(command);
  CHECK_FALSE(is_ascii(usual.out));
  command.environment["LC_ALL"] = "C";
  const fake::ProcessResult plain = fake::run(command);
  CHECK(plain.status() == 0);
  CHECK(is_ascii(plain.out));
  CHECK(is_ascii(plain.err));
  CHECK_THAT(plain.out, Catch::Contains("us"));
  command.environment["LC_ALL"] = "en_US.UTF-8";
  CHECK(fake::run(command).out == usual.out);
}

}  // namespace
}  // namespace pxq::app
