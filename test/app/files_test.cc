// Files that a run makes: by template, packed, added to.

#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"
#include "tool.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::stats;
using fake::Table;
using fake::Vizier;

Script two_tables() {
  const Table one = numbers("one");
  const Table two = numbers("two");
  return Script()
      .send(one.metadata())
      .send(two.metadata())
      .send(one.batch().int64({1}))
      .send(two.batch().int64({2}))
      .send(one.batch().int64({3}).eos())
      .send(two.end())
      .send(stats());
}

TEST_CASE("each table goes to a file of its own") {
  const Vizier vizier(two_tables());
  const Session session;
  const fake::TempDir dir;
  const auto result = fake::run(
      session.run_at(vizier.address(), {"-o", dir.path("out/{script}/{table}.csv"), "--schema",
                                        dir.path("s.json"), "--summary", dir.path("sum.json")}));
  session.check(result, {});
  CHECK(dir.read("out/inline/one.csv") == "a\n1\n3\n");
  CHECK(dir.read("out/inline/two.csv") == "a\n2\n");
  const json schema = json::parse(dir.read("s.json"));
  CHECK(schema["tables"].size() == 2);
  CHECK(schema["tables"][0]["columns"][0]["type"] == "INT64");
  const json files = json::parse(dir.read("sum.json"))["files"];
  REQUIRE(files.size() == 3);  // the schema was known first
  CHECK(files[0]["path"] == dir.path("s.json"));
  CHECK(files[1]["bytes"] == 6);
  CHECK(files[1]["sha256"] ==
        tool("/usr/bin/sha256sum", {dir.path("out/inline/one.csv")}).substr(0, 64));
}

TEST_CASE("a failing run makes none of its files") {
  const Table one = numbers("one");
  const Vizier vizier(Script().send(one.metadata()).send(one.batch().int64({1})).finish(0));
  const Session session;
  const fake::TempDir dir;
  session.check(fake::run(session.run_at(vizier.address(), {"-o", dir.path("{table}.csv"),
                                                            "--schema", dir.path("s.json")})),
                {8});
  CHECK(dir.list().empty());
}

TEST_CASE("S33 names of tables never leave the directory") {
  const Table bad = numbers("../../up\x1b[31m/x");
  const Vizier vizier(
      Script().send(bad.metadata()).send(bad.batch().int64({1}).eos()).send(stats()));
  const Session session;
  const fake::TempDir dir;
  session.check(fake::run(session.run_at(vizier.address(), {"-o", dir.path("in/{table}.csv")})),
                {});
  REQUIRE(dir.list().size() == 2);
  CHECK(dir.list()[1] == "in/%2E._.._up%1B[31m_x.csv");
}

TEST_CASE("what cannot be written is refused before anything is asked") {
  struct Refused {
    std::vector<std::string> flags;
    int status = 2;
    std::string why;
  };
  const Refused refused = GENERATE(values<Refused>({
      {{"-o", "x/{tabel}.csv"}, 2, "{table}"},
      {{"-o", "a.xlsx"}, 2, ".sqlite"},
      {{"-o", "a.csb"}, 2, "did you mean 'csv'"},
      {{"-o", "a.zst"}, 2, "names no format"},
      {{"-o", "{table}.sqlite"}, 2, "holds all tables"},
      {{"-o", "csv", "--append"}, 2, "--append needs a file"},
      {{"-o", "here.csv"}, 9, "--force"},
      {{"-o", "b.csv", "--schema", "here.csv"}, 9, "--force"},
      {{"-o", "none/b.csv"}, 9, "none"},
      {{"--fail-if", "rows"}, 2, "--fail-if"},
      {{"--summary", "none/s.json"}, 9, "none"},
      {{"-o", "b.json", "--schema", "./b.json", "--force"}, 2, "two files"},
      {{"-o", "b.csv", "--record", "none/../b.csv", "--force"}, 2, "two files"},
      {{"-o", "here.csv", "--summary", "./here.csv", "--force"}, 2, "two files"},
  }));
  const Vizier vizier(whole());
  Session session;
  session.allow("here.csv");
  session.home().write("here.csv", "precious\n");
  session.check(fake::run(session.run_at(vizier.address(), refused.flags)),
                {refused.status, "", {refused.why}});
  CHECK(session.home().read("here.csv") == "precious\n");
  CHECK(vizier.calls().empty());
}

TEST_CASE("packed files are unpacked by their own tools") {
  const Vizier vizier(whole());
  const Session session;
  const fake::TempDir dir;
  for (const char* ending : {".gz", ".zst"}) {
    const std::string path = dir.path("a.csv") + ending;
    REQUIRE(fake::run(session.run_at(vizier.address(), {"-o", path})).status() == 0);
    REQUIRE(fake::run(session.run_at(vizier.address(), {"-o", path, "--append"})).status() == 0);
  }
  CHECK(tool("/usr/bin/gzip", {"-dc", dir.path("a.csv.gz")}) == "a\n1\n2\n1\n2\n");
  if (std::filesystem::exists("/usr/bin/zstd")) {
    CHECK(tool("/usr/bin/zstd", {"-dcq", dir.path("a.csv.zst")}) == "a\n1\n2\n1\n2\n");
  }
}

TEST_CASE("rows are added to a file of the same schema, whatever the line format") {
  const std::string ending = GENERATE(".csv", ".tsv", ".jsonl");
  const Vizier vizier(whole());
  const Session session;
  const fake::TempDir dir;
  const std::string path = dir.path("a" + ending);
  const std::vector<std::string> flags = {"-o", path, "--append"};
  REQUIRE(fake::run(session.run_at(vizier.address(), flags)).status() == 0);
  const std::string once = dir.read("a" + ending);
  REQUIRE(fake::run(session.run_at(vizier.address(), flags)).status() == 0);
  const std::string rows = ending == ".jsonl" ? once : "1\n2\n";
  CHECK(dir.read("a" + ending) == once + rows);

  SECTION("another schema is refused") {
    const Table other = Table("t").int64("b");
    const Vizier second(
        Script().send(other.metadata()).send(other.batch().int64({1}).eos()).send(stats()));
    session.check(fake::run(session.run_at(second.address(), flags)), {9, "", {path}});
  }
  SECTION("a torn last line is named") {
    dir.write("a" + ending, once + "1");
    session.check(fake::run(session.run_at(vizier.address(), flags)), {9, "", {path}});
    CHECK(dir.read("a" + ending) == once + "1");
    return;
  }
  SECTION("a failing run adds nothing") {
    const Vizier broken(
        Script().send(numbers().metadata()).send(numbers().batch().int64({9})).finish(0));
    session.check(fake::run(session.run_at(broken.address(), flags)), {8});
  }
  CHECK(dir.read("a" + ending) == once + rows);
}

// Also where nothing is there yet: cron's second run would fail, and each one after it.
TEST_CASE("formats with an end cannot be added to") {
  const Vizier vizier(whole());
  const Session session;
  const fake::TempDir dir;
  const std::string name = GENERATE(as<std::string>(), "a.json", "b.json", "{table}.md", "a.html",
                                    "b.parquet", "a.txt.gz");
  dir.write("a.json", "[]\n");
  session.check(fake::run(session.run_at(vizier.address(), {"-o", dir.path(name), "--append"})),
                {2, "", {"cannot be added to"}});
  CHECK(vizier.calls().empty());
  CHECK(dir.list() == std::vector<std::string>{"a.json"});
}

TEST_CASE("a database can be added to, and replays replace themselves") {
  const Vizier vizier(whole());
  const Session session;
  const fake::TempDir dir;
  const std::string path = dir.path("a.sqlite");
  const auto rows = [&] { return tool("/usr/bin/sqlite3", {path, "SELECT count(*) FROM t"}); };
  REQUIRE(fake::run(session.run_at(vizier.address(), {"-o", path, "--record", dir.path("r.pxrec")}))
              .status() == 0);
  CHECK(fake::run(session.run_at(vizier.address(), {"-o", path})).status() == 9);
  REQUIRE(fake::run(session.run_at(vizier.address(), {"-o", path, "--append"})).status() == 0);
  CHECK(rows() == "4\n");
  for (int i = 0; i < 2; ++i) {
    REQUIRE(fake::run(session.command({"replay", dir.path("r.pxrec"), "-o", path, "--append"}))
                .status() == 0);
    CHECK(rows() == "6\n");
  }
  REQUIRE(fake::run(session.run_at(vizier.address(), {"-o", path, "--force"})).status() == 0);
  CHECK(rows() == "2\n");
}

TEST_CASE("hundreds of tables need no more than the system allows") {
  Script script;
  std::vector<Table> tables;
  for (int i = 0; i < 400; ++i) tables.push_back(numbers("t" + std::to_string(i)));
  for (const Table& table : tables) script.send(table.metadata());
  for (const Table& table : tables) script.send(table.batch().int64({1}).eos());
  const Vizier vizier(script.send(stats()));
  const Session session;
  const fake::TempDir dir;
  const fake::Command command =
      session.run_at(vizier.address(), {"-o", dir.path("{table}.csv.gz")});
  session.check(fake::run(limited(command, {"--nofile=256:4096"})), {});
  CHECK(dir.list().size() == 400);
}

}  // namespace
}  // namespace pxq::app
