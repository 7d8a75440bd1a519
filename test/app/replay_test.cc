// A run that is recorded, and its replays: the same bytes, the same verdict, no server.

#include <signal.h>
#include <sys/stat.h>
#include <zstd.h>

#include <chrono>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "session.h"

namespace pxq::app {
namespace {

const fake::Table kT = numbers();

fake::Script begun() { return fake::Script().send(kT.metadata()).send(kT.batch().int64({1})); }

// Every type, awkward values, a table of its own, batches of several sizes.
fake::Script rich() {
  const fake::Table all =
      fake::Table("all").time("time_").boolean("b").int64("i").uint128("u").float64("f").string(
          "s");
  const auto row = [&](int64_t i, double f, const std::string& s) {
    return all.batch()
        .time({i})
        .boolean({i % 2 == 0})
        .int64({i})
        .uint128({{1, 2}})
        .float64({f})
        .string({s});
  };
  return fake::Script()
      .send(all.metadata())
      .send(row(1, 0.1, "plain"))
      .send(all.heartbeat())
      .send(row(1'700'000'000'000'000'000, 1e300, "\"quotes\", \x1b[31m and\nlines"))
      .send(row(-9'007'199'254'740'993, -0.0, "\xff\xfe 007"))
      .send(all.end())
      .send(fake::stats());
}

std::string without_time(const std::string& text) {
  std::string kept = text;
  const size_t at = kept.find(" in ");
  const size_t end = kept.find(" s", at);
  if (at != std::string::npos && end != std::string::npos) kept.erase(at, end - at);
  return kept;
}

// The records of a recording, which begin behind its first 12 bytes.
std::string unpacked(const std::string& file) {
  std::string bytes(1 << 20, '\0');
  const size_t size =
      ZSTD_decompress(bytes.data(), bytes.size(), file.data() + 12, file.size() - 12);
  REQUIRE(ZSTD_isError(size) == 0);
  bytes.resize(size);
  return bytes;
}

TEST_CASE("A replay prints what the live run printed, in every format") {
  Session session;
  session.allow("r.pxrec");
  const std::vector<std::string> formats = {"jsonl", "json-array", "csv",      "tsv",
                                            "table", "vertical",   "markdown", "null"};
  for (const std::string& format : formats) {
    INFO(format);
    fake::Vizier vizier(rich());
    const fake::ProcessResult live = fake::run(session.run_at(
        vizier.address(), {"-o", format, "--record", "r.pxrec", "--force", "--stats"}));
    session.check_manners(live);
    CHECK(live.status() == 0);
    vizier.stop();
    const fake::ProcessResult again =
        fake::run(session.command({"replay", "r.pxrec", "-o", format, "--stats"}));
    session.check_manners(again);
    CHECK(again.status() == 0);
    CHECK(again.out == live.out);
    CHECK(without_time(again.err) == without_time(live.err));
  }
}

TEST_CASE("One recording renders in any format and to any output") {
  fake::Vizier vizier(rich());
  Session session;
  session.allow("r.pxrec");
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "null", "--record", "r.pxrec"})),
                {});
  const auto live = fake::run(session.run_at(vizier.address(), {"-o", "csv", "--columns", "i,s"}));
  vizier.stop();
  CHECK(fake::run(session.command({"replay", "r.pxrec", "-o", "csv", "--columns", "i,s"})).out ==
        live.out);
  session.allow("out.csv");
  session.check(
      fake::run(session.command({"replay", "r.pxrec", "-o", "out.csv", "--columns", "i,s"})), {});
  CHECK(session.home().read("out.csv") == live.out);
}

TEST_CASE("A run that failed is recorded too, and fails again in the same words") {
  const std::vector<StreamCase> cases = {
      {"cut by the server", begun().finish(14, "gone"), {8, "{\"a\":1}\n", {"INCOMPLETE"}}},
      {"no end", begun(), {8, "{\"a\":1}\n", {"INCOMPLETE"}}},
      {"failed", begun().finish(13, "inside"), {6, "{\"a\":1}\n", {"INCOMPLETE", "inside"}}},
      {"not permitted", fake::Script().finish(16, "who"), {4}},
      {"silent",
       begun().silence(),
       {7, "{\"a\":1}\n", {"INCOMPLETE"}},
       {"--idle-timeout", "300ms"}},
      {"compile error",
       fake::Script().send(fake::compile_error(1, 8, "no such thing")),
       {3, "", {"<inline>:1:8", "no such thing"}}},
  };
  for (const StreamCase& one : cases) {
    DYNAMIC_SECTION(one.name) {
      const fake::Vizier vizier(one.script);
      Session session;
      session.allow("r.pxrec");
      std::vector<std::string> flags = {"--record", "r.pxrec"};
      flags.insert(flags.end(), one.flags.begin(), one.flags.end());
      const fake::ProcessResult live = fake::run(session.run_at(vizier.address(), flags));
      session.check(live, one.expected);
      const fake::ProcessResult again = fake::run(session.command({"replay", "r.pxrec"}));
      session.check(again, one.expected);
      if (one.expected.status != 3) CHECK(again.err == live.err);  // the script is not kept
    }
  }
}

TEST_CASE("An interrupted run leaves a recording that replays as incomplete") {
  const fake::Vizier vizier(begun().silence());
  Session session;
  session.allow("r.pxrec");
  fake::Process run(session.run_at(vizier.address(), {"--record", "r.pxrec"}));
  REQUIRE(run.wait_for_out("{\"a\":1}"));
  run.signal(SIGINT);
  CHECK(run.wait().status() == 130);
  session.check(fake::run(session.command({"replay", "r.pxrec"})),
                {8, "{\"a\":1}\n", {"INCOMPLETE", "interrupted"}});
}

TEST_CASE("A recording that is cut or altered is told from a whole one") {
  const fake::Vizier vizier(whole());
  Session session;
  session.allow("r.pxrec");
  session.check(fake::run(session.run_at(vizier.address(), {"--record", "r.pxrec"})),
                {.out = kWholeRows});
  const std::string bytes = session.home().read("r.pxrec");
  session.allow("bad.pxrec");
  session.home().write("bad.pxrec", bytes.substr(0, bytes.size() - 1));
  session.check(fake::run(session.command({"replay", "bad.pxrec"})),
                {8, kWholeRows, {"INCOMPLETE", "cut"}});
  std::string altered = bytes;
  altered[altered.size() / 2] ^= 4;
  session.home().write("bad.pxrec", altered);
  const auto result = fake::run(session.command({"replay", "bad.pxrec"}));
  CHECK(result.status() == 8);
  CHECK(kWholeRows.starts_with(result.out));
}

// Of two tables, as they come.
fake::Script two_tables() {
  const fake::Table u = numbers("u");
  return fake::Script()
      .send(kT.metadata())
      .send(u.metadata())
      .send(kT.batch().int64({1}))
      .send(u.batch().int64({2}).eos())
      .send(kT.batch().int64({3}).eos())
      .send(fake::stats());
}

TEST_CASE("A replay fills templates with what the recorded run was") {
  const fake::Vizier vizier(two_tables());
  Session session;
  session.allow("r.pxrec");
  const fake::TempDir dir;
  const std::string path = "{script}/{cluster}/{table}-{start}.csv";
  REQUIRE(
      fake::run(session.run_at(vizier.address(), {"-o", "null", "--record", "r.pxrec"})).status() ==
      0);
  const fake::Command replay =
      session.command({"replay", "r.pxrec", "-o", dir.path(path), "--schema", dir.path("s.json")});
  session.check(fake::run(replay), {});
  std::vector<std::string> files;
  for (const std::string& name : dir.list()) {
    if (name.ends_with(".csv")) files.push_back(name);
  }
  REQUIRE(files.size() == 2);
  CHECK(files[0].starts_with("inline/127.0.0.1:" + std::to_string(vizier.port()) + "/t-20"));
  CHECK(dir.read(files[0]) == "a\n1\n3\n");
  CHECK(dir.read(files[1]) == "a\n2\n");
  CHECK(count(dir.read("s.json"), "INT64") == 2);
  // {start} is the recorded run's: the same again meets the same names.
  session.check(fake::run(session.command({"replay", "r.pxrec", "-o", dir.path(path)})),
                {9, "", {files[0], "--force"}});
}

TEST_CASE("A cut recording makes no file and changes no database") {
  const fake::Vizier vizier(two_tables());
  Session session;
  session.allow("r.pxrec").allow("cut.pxrec");
  const fake::TempDir dir;
  REQUIRE(fake::run(
              session.run_at(vizier.address(), {"-o", dir.path("a.sqlite"), "--record", "r.pxrec"}))
              .status() == 0);
  const std::string bytes = session.home().read("r.pxrec");
  session.home().write("cut.pxrec", bytes.substr(0, bytes.size() - 1));
  dir.write("old.jsonl", "{\"a\":0}\n");
  const std::string database = dir.read("a.sqlite");
  const std::vector<std::vector<std::string>> outputs = {
      {"-o", dir.path("{table}.csv")},
      {"-o", dir.path("old.jsonl"), "-t", "t", "--force"},
      {"-o", dir.path("old.jsonl"), "-t", "t", "--append"},
      {"-o", dir.path("a.sqlite"), "--append", "--schema", dir.path("s.json")},
      {"-o", dir.path("b.sqlite")},
  };
  for (const auto& flags : outputs) {
    std::vector<std::string> words = {"replay", "cut.pxrec"};
    words.insert(words.end(), flags.begin(), flags.end());
    session.check(fake::run(session.command(words)), {8, "", {"INCOMPLETE", "cut"}});
  }
  CHECK(dir.list() == std::vector<std::string>{"a.sqlite", "old.jsonl"});
  CHECK(dir.read("old.jsonl") == "{\"a\":0}\n");
  CHECK(dir.read("a.sqlite") == database);
}

TEST_CASE("A replay in a database is known as the run that was recorded") {
  const fake::Vizier vizier(two_tables());
  Session session;
  session.allow("r.pxrec");
  const fake::TempDir dir;
  REQUIRE(
      fake::run(session.run_at(vizier.address(), {"-o", "null", "--record", "r.pxrec"})).status() ==
      0);
  const std::string path = dir.path("a.sqlite");
  for (int i = 0; i < 2; ++i) {  // the second replaces the first
    session.check(fake::run(session.command({"replay", "r.pxrec", "-o", path, "--append"})), {});
  }
  const auto read =
      fake::run({.arguments = {path,
                               "SELECT count(*), min(rows), min(verdict), min(script), "
                               "min(cluster) FROM _pxq_runs; SELECT a FROM t; SELECT a FROM "
                               "u"},
                 .program = "/usr/bin/sqlite3"});
  CHECK(read.out == "1|3|complete|<inline>|" + vizier.address() + "\n1\n3\n2\n");
}

TEST_CASE("A replay is judged and summed up as a run is") {
  const fake::Vizier vizier(two_tables());
  Session session;
  session.allow("r.pxrec");
  const fake::TempDir dir;
  const auto summary = [&](const std::string& name) {
    return nlohmann::json::parse(dir.read(name), nullptr, false);
  };
  REQUIRE(fake::run(session.run_at(vizier.address(), {"-o", "null", "--record", "r.pxrec",
                                                      "--summary", dir.path("live.json")}))
              .status() == 0);
  session.check(fake::run(session.command({"replay", "r.pxrec", "-o", dir.path("{table}.csv"),
                                           "--summary", dir.path("again.json")})),
                {});
  const auto live = summary("live.json");
  const auto again = summary("again.json");
  CHECK(again["command"] == "replay");
  CHECK(again["files"].size() == 2);
  for (const char* same : {"exit", "verdict", "script", "target", "query_id", "tables", "server"}) {
    INFO(same);
    CHECK(again[same] == live[same]);
  }
  session.check(fake::run(session.command({"replay", "r.pxrec", "-t", "t", "--fail-if", "t.a > 1",
                                           "--summary", dir.path("judged.json")})),
                {12, "{\"a\":1}\n{\"a\":3}\n", {"row 2 of t: {\"a\":3}"}});
  CHECK(summary("judged.json")["exit"] == 12);
  session.check(
      fake::run(session.command({"replay", "none.pxrec", "--summary", dir.path("none.json")})),
      {2, "", {"none.pxrec"}});
  CHECK(summary("none.json")["exit"] == 2);
}

TEST_CASE("Flag --speed keeps the pace of the recorded run") {
  constexpr std::chrono::milliseconds kPause(150);
  fake::Vizier vizier(fake::Script()
                          .send(kT.metadata())
                          .send(kT.batch().int64({1}))
                          .wait("second")
                          .send(kT.batch().int64({2}).eos())
                          .send(fake::stats()));
  Session session;
  session.allow("r.pxrec");
  fake::Process live(session.run_at(vizier.address(), {"--record", "r.pxrec"}));
  REQUIRE(live.wait_for_out("{\"a\":1}"));
  std::this_thread::sleep_for(kPause);  // what is recorded here
  vizier.open("second");
  REQUIRE(live.wait().status() == 0);

  const auto at = [&](const std::string& speed) {
    return session.command({"replay", "r.pxrec", "--speed", speed});
  };
  const auto paced = fake::run(at("1"));
  session.check(paced, {.out = kWholeRows});
  CHECK(paced.elapsed >= kPause);
  const auto slower = fake::run(at("0.5"));
  session.check(slower, {.out = kWholeRows});
  CHECK(slower.elapsed >= 2 * kPause);
  for (const char* speed : {"1000000", "max"}) {
    session.check(fake::run(at(speed)), {.out = kWholeRows});
  }

  // The second row is many seconds away; a stop does not wait for it.
  fake::Process slow(at("0.02"));
  REQUIRE(slow.wait_for_out("{\"a\":1}"));
  slow.signal(SIGINT);
  session.check(slow.wait(), {130, "{\"a\":1}\n"});
}

TEST_CASE("What cannot be replayed is a usage error") {
  Session session;
  session.allow("x.pxrec");
  session.home().write("x.pxrec", "{\"a\":1}\n");
  session.check(fake::run(session.command({"replay", "x.pxrec"})), {2, "", {"not a recording"}});
  session.check(fake::run(session.command({"replay", "absent.pxrec"})), {2, "", {"absent.pxrec"}});
  session.check(fake::run(session.command({"replay"})), {2});
  session.check(fake::run(session.command({"replay", "x.pxrec", "--speed", "0"})), {2});
  session.check(fake::run(session.command({"replay", "x.pxrec", "--speed", "fast"})), {2});
}

TEST_CASE("Flag --limit leaves a recording that is whole for the same limit") {
  fake::Vizier vizier(fake::Script().send(kT.metadata()).send(kT.batch().int64({1, 2})).silence());
  Session session;
  session.allow("r.pxrec");
  session.check(
      fake::run(session.run_at(vizier.address(), {"--record", "r.pxrec", "--limit", "1"})),
      {.out = "{\"a\":1}\n"});
  session.check(fake::run(session.command({"replay", "r.pxrec", "--limit", "1"})),
                {.out = "{\"a\":1}\n"});
  session.check(fake::run(session.command({"replay", "r.pxrec"})), {8, kWholeRows, {"INCOMPLETE"}});
}

TEST_CASE("The row cap of the recorded run is known to its replay") {
  const fake::Vizier vizier(whole());
  Session session;
  session.allow("r.pxrec");
  session.check(fake::run(session.run_at(vizier.address(),
                                         {"--record", "r.pxrec", "--max-rows", "2", "--strict"})),
                {11, kWholeRows});
  session.check(fake::run(session.command({"replay", "r.pxrec", "--strict"})), {11, kWholeRows});
  session.check(fake::run(session.command({"replay", "r.pxrec"})), {0, kWholeRows, {"warning"}});
}

TEST_CASE("A recording is private, replaces nothing unasked, and names no key") {
  const std::string key = "secret-key-of-this-test";
  fake::Vizier vizier(whole());
  Session session;
  session.allow("r.pxrec");
  fake::Command run = session.run_at(vizier.address(), {"--record", "r.pxrec"});
  run.environment["PX_DIRECT_VIZIER_KEY"] = key;
  run.environment["PX_API_KEY"] = key;
  session.check(fake::run(run), {.out = kWholeRows});
  const std::string first = session.home().read("r.pxrec");
  REQUIRE(vizier.calls().size() == 1);
  CHECK(vizier.calls()[0].header("x-direct-vizier-key") == key);
  const std::string records = unpacked(first);
  CHECK(records.find("<inline>") != std::string::npos);
  CHECK(records.find(key) == std::string::npos);
  struct stat info = {};
  REQUIRE(::stat(session.home().path("r.pxrec").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  session.check(fake::run(run), {9, "", {"r.pxrec exists", "--force"}});
  CHECK(session.home().read("r.pxrec") == first);
}

TEST_CASE("A recording that cannot be written ends the run") {
  const fake::Vizier vizier(whole());
  const Session session;
  session.check(fake::run(session.run_at(vizier.address(), {"--record", "/dev/full"})),
                {9, "", {"/dev/full"}});
  session.check(fake::run(session.run_at(vizier.address(), {"--record", "no/such/r.pxrec"})), {9});
  session.check(fake::run(session.run_at(vizier.address(), {"--record-plaintext"})), {2});
}

}  // namespace
}  // namespace pxq::app
