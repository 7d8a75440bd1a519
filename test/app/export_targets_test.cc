// What exports go to, and the surroundings in which cron runs them.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

TEST_CASE("an export into a database keeps its state there") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = "all.sqlite";
  REQUIRE(job.run().status() == 0);
  const std::vector<Event> more = three_and({now_ns(), 4});
  vizier.answer_from_now_on(holding(more));
  REQUIRE(job.run().status() == 0);
  const fake::ProcessResult read =
      fake::run({.arguments = {job.dir().path("all.sqlite"),
                               "SELECT id FROM events ORDER BY id; SELECT count(*) FROM _pxq_runs "
                               "WHERE verdict = 'complete'"},
                 .program = "/usr/bin/sqlite3"});
  CHECK(read.out == "1\n2\n3\n4\n2\n");
}

TEST_CASE("an export can add to one file") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = "{table}.csv";
  job.flags = {"--append"};
  REQUIRE(job.run().status() == 0);
  const std::vector<Event> more = three_and({now_ns(), 4});
  vizier.answer_from_now_on(holding(more));
  REQUIRE(job.run().status() == 0);
  CHECK(job.rows() == lines_of(more));
  CHECK(count(job.dir().read("events.csv"), "time_,id\n") == 1);
}

TEST_CASE("the schema beside exported rows is that of the last run") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = GENERATE("{table}-{start}.csv", "{table}.csv", "all.sqlite");
  job.flags = {"--schema", job.dir().path("schema.json")};
  if (job.to == "{table}.csv") job.flags.push_back("--append");
  REQUIRE(job.run().status() == 0);
  const std::string schema = job.dir().read("schema.json");
  CHECK(count(schema, "TIME64NS") == 1);
  job.dir().write("schema.json", "another");
  job.session().check(job.run(), {});
  CHECK(job.dir().read("schema.json") == schema);
  const json files = job.summary()["files"];
  const auto listed = std::find_if(files.begin(), files.end(), [&](const json& file) {
    return file["path"] == job.dir().path("schema.json");
  });
  REQUIRE(listed != files.end());
  CHECK((*listed)["bytes"] == schema.size());
  CHECK((*listed)["sha256"].get<std::string>().size() == 64);

  // A run that fails leaves the old one.
  vizier.answer_from_now_on(Script().send(events_table().metadata()).finish(0));
  job.dir().write("schema.json", "another");
  CHECK(job.run().status() == 8);
  CHECK(job.dir().read("schema.json") == "another");
}

TEST_CASE("an export works in cron's bare surroundings, the same bytes in any locale and zone") {
  const Vizier vizier(holding(three_events()));
  const std::map<std::string, std::string> surroundings =
      GENERATE(values<std::map<std::string, std::string>>(
          {{},
           {{"PATH", ""}},
           {{"LANG", "tr_TR.UTF-8"}, {"LC_ALL", "de_DE.UTF-8"}, {"TZ", "Asia/Kathmandu"}}}));
  CronJob job(vizier.address());
  fake::Command command = job.command();
  command.environment = surroundings;
  const fake::ProcessResult result = fake::run(command);
  CHECK(result.out.empty());
  CHECK(result.err.empty());
  CHECK(result.status() == 0);
  CHECK(job.rows() == lines_of(three_events()));
  command = job.command();
  command.environment = surroundings;
  const auto at = std::find(command.arguments.begin(), command.arguments.end(), "--state");
  command.arguments.erase(at, at + 2);
  CHECK(fake::run(command).status() == 2);  // without a home there is no place for the state
}

}  // namespace
}  // namespace pxq::app
