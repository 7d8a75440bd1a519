// What a Vizier may send, contradictions included (the stream of messages over a sound transport).

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
namespace pb = fake::pb;

const Table kT = numbers();

// Metadata of kT, then what is given, then a good end.
Script with(const Batch& batch) {
  return Script().send(kT.metadata()).send(batch).send(kT.end()).send(stats());
}

TEST_CASE("A whole stream is exit 0 and its rows") {
  const Table other = Table("u").time("time_").string("s").uint128("id").float64("f").boolean("b");
  check_cases(std::vector<StreamCase>{
      {"one table", whole(), {.out = kWholeRows}},
      {"rows in the last batch",
       Script().send(kT.metadata()).send(kT.batch().int64({7}).eos()).send(stats()),
       {.out = "{\"a\":7}\n"}},
      {"stats before the last end of stream",
       Script().send(kT.metadata()).send(stats()).send(kT.batch().int64({7}).eos()),
       {.out = "{\"a\":7}\n"}},
      {"an end without columns",
       Script().send(kT.metadata()).send(kT.batch().eos()).send(stats()),
       {}},
      {"heartbeats between", with(kT.heartbeat()), {}},
      {"every type",
       Script()
           .send(other.metadata())
           .send(other.batch()
                     .time({-1, 1601694759495000123})
                     .string({"007", "\"\xff\n"})
                     .uint128({{~0ULL, ~0ULL}, {7ULL << 32 | 42, 123}})
                     .float64({std::numeric_limits<double>::quiet_NaN(), 5e-324})
                     .boolean({true, false})
                     .eos())
           .send(stats()),
       {.out = "{\"time_\":\"1969-12-31T23:59:59.999999999Z\",\"s\":\"007\","
               "\"id\":\"ffffffff-ffff-ffff-ffff-ffffffffffff\",\"f\":null,\"b\":true}\n"
               "{\"time_\":\"2020-10-03T03:12:39.495000123Z\",\"s\":\"\\\"\xf4\x8f\xbf\xbf\\n\","
               "\"id\":\"00000007-0000-002a-0000-00000000007b\",\"f\":5e-324,\"b\":false}\n"}},
      {"the widest integers",
       with(kT.batch().int64(
           {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()})),
       {.out = "{\"a\":-9223372036854775808}\n{\"a\":9223372036854775807}\n"}},
      {"S12 a table without columns",
       Script().send(Table("empty").metadata()).send(Table("empty").batch().eos()).send(stats()),
       {}},
      {"S13 no rows as CSV", with(kT.heartbeat()), {.out = "a\n"}, {"-o", "csv"}},
      {"S03 the same metadata twice",
       Script().send(kT.metadata()).send(kT.metadata()).send(kT.end()).send(stats()),
       {}},
      {"S41 absurd statistics",
       Script()
           .send(kT.metadata())
           .send(kT.end())
           .send(stats({.execution_time_ns = std::numeric_limits<int64_t>::min(),
                        .compilation_time_ns = std::numeric_limits<int64_t>::max(),
                        .bytes_processed = -1,
                        .records_processed = std::numeric_limits<int64_t>::max()})),
       {.err = {"complete"}},
       {"--stats"}},
      {"an unknown semantic type",
       Script()
           .send(Table("t").column("a", pb::INT64, static_cast<pb::SemanticType>(77)).metadata())
           .send(kT.batch().int64({1}).eos())
           .send(stats()),
       {.out = "{\"a\":1}\n"}},
      {"S39 booleans of any size",
       Script()
           .send(Table("t").id("i").boolean("b").metadata())
           .raw(std::string("\x1a\x12\x0a\x10\x0a\x07\x0a\x05\x0a\x03\x02\xff\x01\x10\x02\x20\x01"
                            "\x2a\x01i",
                            20))
           .send(stats()),
       {.out = "{\"b\":true}\n{\"b\":true}\n"}},
      {"an empty message", Script().raw("").send(kT.metadata()).send(kT.end()).send(stats()), {}},
  });
}

TEST_CASE("A stream that is not proven whole is exit 8, with the rows that came") {
  const Script begun = Script().send(kT.metadata()).send(kT.batch().int64({1}));
  const std::string row = "{\"a\":1}\n";
  check_cases(std::vector<StreamCase>{
      {"S14 no end of stream", Script(begun).send(stats()), {8, row, {"end of stream", "'t'"}}},
      {"S15 no statistics", Script(begun).send(kT.end()), {8, row, {"statistics"}}},
      {"S18 a table without a batch",
       Script()
           .send(kT.metadata())
           .send(numbers("u").metadata())
           .send(kT.batch().int64({1}).eos())
           .send(stats()),
       {8, "{\"_table_\":\"t\",\"a\":1}\n", {"'u'"}}},
      {"nothing at all", Script(), {8, "", {"no results"}}},
      {"only an empty message", Script().raw(""), {8, "", {"no results"}}},
      {"H13 an undecodable message, then OK", Script(begun).raw("\xff\xff\xff"), {8, row}},
      {"H13 an undecodable message, then more",
       Script(begun).raw("\xff\xff\xff").send(kT.end()).send(stats()),
       {8, row}},
      {"H13 an undecodable message, then silence",
       Script(begun).raw("\xff\xff\xff").silence(),
       {8, row}},
  });
}

TEST_CASE("A batch that breaks the protocol is exit 8 and none of its rows is shown") {
  check_cases(std::vector<StreamCase>{
      {"S01 data before metadata",
       Script().send(kT.batch().int64({1})),
       {8, "", {"unknown table"}}},
      {"S02 an unknown table",
       Script().send(kT.metadata()).send(kT.batch().int64({1})).send(Batch("other").int64({2})),
       {8, "{\"a\":1}\n", {"unknown table", "other"}}},
      {"S03 one id, two relations",
       Script().send(kT.metadata()).send(Table("t").string("a").metadata()),
       {8, "", {"'t'"}}},
      {"S05 more columns", with(kT.batch().int64({1}).int64({2})), {8, "", {"'t'"}}},
      {"S05 fewer columns",
       Script().send(Table("t").int64("a").int64("b").metadata()).send(kT.batch().int64({1})),
       {8, "", {"'t'"}}},
      {"S06 another type", with(kT.batch().string({"x"})), {8, "", {"t", "a", "INT64", "STRING"}}},
      {"S07 a column without a kind", with(kT.batch().unset().rows(1)), {8, "", {"'t'"}}},
      {"S08 columns of unequal length",
       Script()
           .send(Table("t").int64("a").string("s").metadata())
           .send(kT.batch().int64({1, 2}).string({"x"})),
       {8, "", {"'t'"}}},
      {"S09 one row too many", with(kT.batch().int64({1}).rows(2)), {8, "", {"'t'"}}},
      {"S09 one row too few", with(kT.batch().int64({1, 2}).rows(1)), {8, "", {"'t'"}}},
      {"S10 minus one row", with(kT.batch().int64({1}).rows(-1)), {8, "", {"'t'"}}},
      {"S10 the fewest rows",
       with(kT.batch().int64({1}).rows(std::numeric_limits<int64_t>::min())),
       {8, "", {"'t'"}}},
      {"S10 the most rows",
       with(kT.batch().int64({1}).rows(std::numeric_limits<int64_t>::max())),
       {11, "", {"'t'"}}},  // refused by its size before it is found to be a lie
      {"S11 rows without columns",
       Script().send(Table("t").metadata()).send(kT.batch().rows(1'000'000'000'000)),
       {8, "", {"'t'"}}},
      {"S16 data after the end",
       Script().send(kT.metadata()).send(kT.end()).send(kT.batch().int64({1})),
       {8, "", {"end of stream"}}},
      {"S17 two ends",
       Script().send(kT.metadata()).send(kT.end()).send(kT.end()).send(stats()),
       {8, "", {"end of stream"}}},
      {"S25 encrypted although not asked",
       Script().send(kT.metadata()).send(fake::encrypted("x.y")),
       {8, "", {"encrypted"}}},
      {"S27 another query id",
       Script().send(kT.metadata()).send(fake::with_query_id(kT.end(), "other")),
       {8, "", {"query"}}},
      {"S40 an unknown data type",
       Script().send(Table("t").column("a", static_cast<pb::DataType>(77)).metadata()),
       {8, "", {"a"}}},
      {"S40 no data type",
       Script().send(Table("t").column("a", pb::DATA_TYPE_UNKNOWN).metadata()),
       {8, "", {"a"}}},
  });
}

TEST_CASE("A batch beside an encrypted one is refused") {
  pb::ExecuteScriptResponse both = kT.batch().int64({1}).response();
  both.mutable_data()->set_encrypted_batch("x.y");
  check_cases(std::vector<StreamCase>{
      {"S25", Script().send(kT.metadata()).send(both), {8, "", {"encrypted"}}}});
}

TEST_CASE("A failure that the server reports in the stream") {
  const Script begun = Script().send(kT.metadata()).send(kT.batch().int64({1}));
  const std::string row = "{\"a\":1}\n";
  pb::ExecuteScriptResponse with_data = kT.batch().int64({9}).response();
  with_data.mutable_status()->set_code(13);
  with_data.mutable_status()->set_message("boom");
  check_cases(std::vector<StreamCase>{
      {"S19 first of all", Script().send(fake::status(13, "boom")), {6, "", {"boom"}}},
      {"S20 after rows, then OK", Script(begun).send(fake::status(13, "boom")), {6, row, {"boom"}}},
      {"S20 after rows, then the same error",
       Script(begun).send(fake::status(13, "boom")).finish(13, "boom"),
       {6, row, {"boom"}}},
      {"S21 code 0 with a message",
       Script(begun).send(fake::status(0, "boom")),
       {6, row, {"boom"}}},
      {"S21 code 99", Script(begun).send(fake::status(99, "boom")), {6, row, {"boom"}}},
      {"S21 code -5", Script(begun).send(fake::status(-5, "boom")), {6, row, {"boom"}}},
      {"S23 beside data", Script().send(kT.metadata()).send(with_data), {6, "", {"boom"}}},
      {"an error after a whole stream",
       Script(whole()).finish(13, "boom"),
       {6, kWholeRows, {"boom"}}},
      {"a message with escape sequences",
       Script().send(fake::status(13, "a\x1b[2J\nb\x9b")),
       {6, "", {"a\\x1b[2J"}}},
      {"not signed in", Script().finish(16, "no"), {4}},
      {"not permitted", Script().finish(7, "no"), {4}},
      {"the cloud's way to say so",
       Script().finish(13, "Auth middleware failed: failed to fetch token - unauthenticated"),
       {4}},
      {"clocks that differ",
       Script().finish(16, "invalid auth token: iat not satisfied"),
       {4, "", {"clock"}}},
      {"no such service", Script().finish(12, "unknown service"), {5}},
  });
}

TEST_CASE("A failure is told once, although it comes twice") {
  const fake::Vizier vizier(Script().send(fake::status(13, "boom")).finish(13, "boom"));
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address()));
  CHECK(count(result.err, "boom") == 1);
}

TEST_CASE("A script that the compiler rejects is exit 3 with its places") {
  check_cases(std::vector<StreamCase>{
      {"S19 one error",
       Script().send(fake::compile_error(1, 8, "no module 'px'")).finish(3),
       {3, "", {"no module 'px'", ":1:8", "import px"}}},
      {"two errors",
       Script().send(fake::compile_errors({{1, 1, "first"}, {1, 2, "second"}})).finish(3),
       {3, "", {"first", "second", ":1:2"}}},
      {"S22 no place",
       Script().send(fake::compile_error(0, 0, "argument missing")).finish(3),
       {3, "", {"argument missing"}}},
      {"S22 places beyond the script",
       Script()
           .send(fake::compile_errors({{99, 1, "far"}, {1, 99999, "wide"}, {~0ULL, ~0ULL, "off"}}))
           .finish(3),
       {3, "", {"far", "wide", "off"}}},
      {"the text of an agent that stands alone",
       Script().finish(3, "Failed to compile script with error='no'"),
       {3, "", {"no"}}},
  });
}

TEST_CASE("S22 a hundred thousand compile errors are told as twenty and a count") {
  const std::vector<fake::CompileError> errors(100'000, {.line = 1, .column = 1, .message = "bad"});
  const fake::Vizier vizier(Script().send(fake::compile_errors(errors)).finish(3));
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address()));
  CHECK(result.status() == 3);
  CHECK(count(result.err, "pxq: error: ") == 20);
  CHECK_THAT(result.err, Catch::Contains("99980 more") || Catch::Contains("99 980 more"));
  session.check_manners(result);
}

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
