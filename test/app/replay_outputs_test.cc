// Replays into files and databases, which are the recorded run's, and their summaries.

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "session.h"

namespace pxq::app {
namespace {

const fake::Table kT = numbers();

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

}  // namespace
}  // namespace pxq::app
