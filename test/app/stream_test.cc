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
      {"S07 a column without a kind",
       with(kT.batch().unset().rows(1)),
       {8, "", {"'t'", "a newer server needs a newer pxq"}}},
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

}  // namespace
}  // namespace pxq::app
