// Tables without rows that leave no trace.

#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "export_session.h"
#include "python_csv.h"
#include "session.h"

namespace pxq::app {
namespace {

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

TEST_CASE("The flag --skip-empty makes no file of a table without rows, and the summary says so") {
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

TEST_CASE("The flag --skip-empty makes no file when there is no row at all") {
  const fake::Vizier vizier(nothing());
  const std::string file = GENERATE("t.csv", "t.jsonl", "t.json", "t.parquet", "t.txt");
  const Session session;
  session.check(fake::run(session.run_at(vizier.address(), {"-o", file, "--skip-empty"})), {});
}

TEST_CASE("The flag --skip-empty leaves a table out of a database") {
  const fake::Vizier vizier(one_of_two());
  Session session;
  session.allow("t.sqlite");
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "t.sqlite", "--skip-empty"})),
                {});
  CHECK(python("import sqlite3\nc = sqlite3.connect('" + session.home().path("t.sqlite") +
               "')\nprint([n for n, in c.execute(\"select name from sqlite_master where type = "
               "'table' and name in ('full', 'empty')\")])") == "['full']\n");
}

TEST_CASE("The flag --skip-empty prints nothing of a table without rows") {
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

TEST_CASE("The flag --skip-empty adds nothing to a file, and the file's header is still compared") {
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

}  // namespace
}  // namespace pxq::app
