// Streams of unusual shapes: many tables, wide ones, odd names and bytes, heartbeats.

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::app {
namespace {

using fake::Batch;
using fake::Script;
using fake::stats;
using fake::Table;

const Table kT = numbers();

TEST_CASE("Tables of one script are told apart") {
  const Table first = numbers().id("1");
  const Table second = numbers().id("2");
  const Script two = Script()
                         .send(first.metadata())
                         .send(second.metadata())
                         .send(second.batch().int64({2}))
                         .send(first.batch().int64({1}))
                         .send(second.end())
                         .send(first.end())
                         .send(stats());
  check_cases(std::vector<StreamCase>{
      {"S04 two tables of one name",
       two,
       {.out = "{\"_table_\":\"t#2\",\"a\":2}\n{\"_table_\":\"t\",\"a\":1}\n"}},
      {"two tables into one CSV", two, {2, "", {"t", "-t", "{table}"}}, {"-o", "csv"}},
  });
}

TEST_CASE("S28 fifty interleaved tables keep their rows and the order of each") {
  constexpr int kTables = 50;
  constexpr int kBatches = 20;
  Script script;
  const auto name = [](int table) { return "t" + std::to_string(table); };
  for (int table = 0; table < kTables; ++table) script.send(numbers(name(table)).metadata());
  for (int batch = 0; batch < kBatches; ++batch) {
    for (int table = 0; table < kTables; ++table) {
      script.send(numbers(name((table * 7 + batch) % kTables)).batch().int64({batch}));
    }
  }
  for (int table = 0; table < kTables; ++table) script.send(numbers(name(table)).end());
  const fake::Vizier vizier(script.send(stats()));
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address()));
  CHECK(result.status() == 0);
  CHECK(count(result.out, "\n") == size_t{kTables} * kBatches);
  size_t at = 0;
  for (int batch = 0; batch < kBatches; ++batch) {
    at = result.out.find("{\"_table_\":\"t9\",\"a\":" + std::to_string(batch) + "}\n", at);
    REQUIRE(at != std::string::npos);
  }
}

TEST_CASE("S29 too many tables are refused in time and memory") {
  Script script;
  for (int table = 0; table < 20'000; ++table) {
    script.send(numbers("t" + std::to_string(table)).metadata());
  }
  const fake::Vizier vizier(script.silence());
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address()));
  CHECK(result.status() == 11);
  session.check_manners(result);
}

TEST_CASE("S30 wide tables and long names are shown or refused, in time") {
  Table wide("t");
  Batch row = wide.batch();
  for (int column = 0; column < 10'000; ++column) {
    wide.int64("c" + std::to_string(column));
    row.int64({column});
  }
  const Table long_name = Table("t").int64(std::string(1'000'000, 'n'));
  for (const Script& script : {Script().send(wide.metadata()).send(row.eos()).send(stats()),
                               Script()
                                   .send(long_name.metadata())
                                   .send(numbers().batch().int64({1}).eos())
                                   .send(stats())}) {
    const fake::Vizier vizier(script);
    const Session session;
    const fake::ProcessResult result = fake::run(session.run_at(vizier.address()));
    INFO(result.err.substr(0, 500));
    CHECK((result.status() == 0 || result.status() == 11));
    CHECK(result.err.size() < 10'000);
    session.check_manners(result);
  }
}

TEST_CASE("S31 exactly the server's cap of rows is doubted aloud") {
  const auto rows = GENERATE(9'999, 10'000, 10'001);
  const fake::Vizier vizier(
      Script()
          .send(kT.metadata())
          .send(kT.batch().int64(std::vector<int64_t>(static_cast<size_t>(rows), 1)).eos())
          .send(stats()));
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address()));
  CHECK(result.status() == 0);
  CHECK(count(result.out, "\n") == static_cast<size_t>(rows));
  CHECK((result.err.find("--max-rows") != std::string::npos) == (rows == 10'000));
  session.check_manners(result);
}

TEST_CASE("S32 names of columns are keys, whatever is in them") {
  const Table t = Table("t").int64("").int64("a").int64("a").int64("x\ny\"").int64("\x1b").int64(
      std::string("\0", 1));
  check_cases(std::vector<StreamCase>{
      {"S32",
       Script()
           .send(t.metadata())
           .send(t.batch().int64({1}).int64({2}).int64({3}).int64({4}).int64({5}).int64({6}).eos())
           .send(stats()),
       {.out = "{\"\":1,\"a\":2,\"a#2\":3,\"x\\ny\\\"\":4,\"\\u001b\":5,\"\\u0000\":6}\n"}}});
}

TEST_CASE("S36 no byte of the data drives the terminal") {
  const std::string evil = "\x1b]0;owned\x07\x1b[2J\rover\x9b\x31m\xc2\x9b\xe2\x80\xae";
  const Table t = Table(evil).string(evil);
  const fake::Vizier vizier(
      Script().send(t.metadata()).send(t.batch().string({evil}).eos()).send(stats()));
  const Session session;
  fake::Command command = session.run_at(vizier.address(), {"--color", "never", "--limit", "5"});
  const auto format = GENERATE(as<std::string>(), "table", "vertical", "markdown");
  command.arguments.insert(command.arguments.end(), {"-o", format});
  command.out = fake::Destination::terminal();
  command.environment["TERM"] = "xterm";
  const fake::ProcessResult result = fake::run(command);
  INFO(result.err);
  CHECK(result.status() == 0);
  std::string shown = result.out;
  shown.erase(std::remove(shown.begin(), shown.end(), '\r'), shown.end());  // the tty's own
  CHECK(count(shown, "owned") > 0);
  CHECK_FALSE(has_control_bytes(shown));
  CHECK(count(shown, "\xe2\x80\xae") == 0);
  CHECK(count(shown,
              "\x9b"
              "1m") == 0);
}

TEST_CASE("S44 heartbeats keep an idle stream alive and print nothing") {
  fake::Vizier vizier(
      Script().send(kT.metadata()).endless(kT.heartbeat(), std::chrono::milliseconds(50)));
  const Session session;
  fake::Process process(session.run_at(vizier.address(), {"--idle-timeout", "500ms"}));
  REQUIRE(vizier.wait_for_messages(25));
  process.signal(SIGINT);
  session.check(process.wait(), {130});
  CHECK(vizier.wait_for_cancel());
}

}  // namespace
}  // namespace pxq::app
