// Exports of many clusters over several runs: a state of each, and what becomes of them where a run
// is killed, meets another one, or writes to an object store.

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fleet_session.h"
#include "object_store.h"

namespace pxq::app {
namespace {

bool all_cancelled(const std::vector<fake::Call>& calls) {
  return std::ranges::all_of(calls, [](const fake::Call& call) {
    return call.method != fake::kExecuteScript || call.cancelled;
  });
}

bool three_asked(const std::vector<fake::Call>& calls) {
  return std::ranges::count_if(calls, [](const fake::Call& call) {
           return call.method == fake::kExecuteScript;
         }) == 3;
}

TEST_CASE("An export of several clusters keeps a state of each") {
  FleetJob job;
  const auto first = job.run({"--all-clusters", "--summary", job.dir.path("{cluster}.json")});
  job.cloud.session.check_manners(first);
  CHECK(first.status() == 0);
  CHECK(job.jobs().size() == 3);
  CHECK(nlohmann::json::parse(job.dir.read("b.json"))["cluster"] == "b");

  SECTION("their next runs are told beforehand") {
    const auto told = job.run({"-c", "[ab]", "--dry-run"});
    CHECK(told.status() == 0);
    CHECK(count(told.out, "window ") == 2);
  }
  SECTION("one that fails is behind for itself alone, and goes on with the next run") {
    job.cloud.vizier.answer_from_now_on(holding(three_events()));
    job.cloud.vizier.answer(fake::Script().finish(7, "no")).answer(holding(three_events()));
    const auto second = job.run({"-c", "a", "-c", "b", "-c", "c", "-c", id_of(1)});
    job.cloud.session.check_manners(second);
    CHECK(second.status() == 4);
    CHECK_THAT(second.err, Catch::Contains("b: pxq: error: "));
    CHECK_THAT(second.err, Catch::Contains("1 of 3 clusters failed: b (exit 4)"));
    CHECK(job.jobs().size() == 3);
    CHECK(job.verdict_on("a") == "complete");
    CHECK(job.verdict_on("b") == "auth");
    CHECK(job.verdict_on("c") == "complete");
    CHECK(job.run({"-c", "b"}).status() == 0);
    CHECK(job.jobs().size() == 3);
    CHECK(job.verdict_on("b") == "complete");
  }
}

TEST_CASE("A cluster that was never ready has a job that says so, and goes on once it is") {
  auto clusters = clusters_named({"a", "b"});
  clusters[1].status = px::cloudapi::CS_DISCONNECTED;
  FleetJob job{.cloud = Cloud(listed(clusters), holding(three_events())), .dir = {}};
  const auto result = job.run({"--all-clusters"});
  INFO(result.err);
  CHECK(result.status() == 6);
  nlohmann::json all = job.jobs();
  REQUIRE(all.size() == 2);
  const auto& waiting = all[0]["cluster"] == "a" ? all[1] : all[0];
  CHECK(waiting["cluster"] == id_of(1));
  CHECK(waiting["verdict"] == "server");
  CHECK_THAT(waiting["error"].get<std::string>(), Catch::Contains("disconnected"));
  CHECK(waiting["exported_to"] == "");
  CHECK(waiting["script"] == "-e import px");
  clusters[1].status = px::cloudapi::CS_HEALTHY;
  job.cloud.vizier.answer(fake::kGetClusterInfo, listed(clusters));
  CHECK(job.run({"--all-clusters"}).status() == 0);
  CHECK(job.jobs().size() == 2);
  CHECK(job.verdict_on("b") == "complete");
}

TEST_CASE("What several clusters would write to the same place is refused") {
  FleetJob job;
  const Session& session = job.cloud.session;
  session.check(job.cloud.run({"export", "-e", "import px", "--all-clusters", "--to",
                               job.dir.path("{start}.csv")}),
                {2, "", {"--to '", "{cluster}"}});
  session.check(job.cloud.run({"export", "--snapshot", job.dir.path("kept"), "--all-clusters"}),
                {2, "", {"--snapshot '", "{cluster}"}});
  session.check(job.run({"--all-clusters", "--metrics", job.dir.path("x.prom")}),
                {2, "", {"--metrics '", "{cluster}"}});
  session.check(job.run({"--all-clusters", "--summary", job.dir.path("x.json")}),
                {2, "", {"--summary '", "{cluster}"}});
  CHECK(job.cloud.vizier.calls(fake::kExecuteScript).empty());
}

TEST_CASE("A job of a jobs file may be of several clusters") {
  FleetJob job;
  job.cloud.session.home().write(
      "jobs.toml", fmt::format("[jobs.nightly]\nscript = \"s.pxl\"\nto = \"{}\"\nstate = \"{}\"\n"
                               "cluster = [\"a\", \"[bc]\"]\nno-e2e = true\n",
                               job.dir.path("{cluster}-{start}.csv"), job.dir.path("state")));
  job.cloud.session.home().write("s.pxl", "import px");
  job.cloud.session.allow("jobs.toml").allow("s.pxl");
  const auto result = job.cloud.run({"export", "--job-file", "jobs.toml"});
  job.cloud.session.check_manners(result);
  CHECK(result.status() == 0);
  std::vector<std::string> names;
  for (const auto& one : job.jobs()) names.push_back(one["job"]);
  std::ranges::sort(names);
  CHECK(names == std::vector<std::string>{"nightly a", "nightly b", "nightly c"});
}

TEST_CASE(
    "A run of many clusters that is killed takes its children along, and the next has each row") {
  FleetJob job;
  job.cloud.vizier.answer_from_now_on(holding_back(three_events()));
  const int signal = GENERATE(SIGKILL, SIGTERM);
  fake::Process run(job.command({"--all-clusters", "--parallel", "3"}));
  REQUIRE(job.cloud.vizier.wait_until(three_asked));
  run.signal(signal);
  CHECK(run.wait().signal == signal);
  CHECK(job.cloud.vizier.wait_until(all_cancelled));
  for (const std::string cluster : {"a", "b", "c"}) CHECK(job.rows_of(cluster).empty());
  job.cloud.vizier.answer_from_now_on(holding(three_events()));
  const fake::ProcessResult next = job.run({"--all-clusters", "--if-locked", "wait"});
  INFO(next.err);
  CHECK(next.status() == 0);
  for (const std::string cluster : {"a", "b", "c"}) {
    CHECK(job.rows_of(cluster) == lines_of(three_events()));
  }
}

TEST_CASE("Of two runs of the same clusters at once the second takes nothing") {
  FleetJob job;
  job.cloud.vizier.answer_from_now_on(holding_back(three_events()));
  fake::Process first(job.command({"--all-clusters", "--parallel", "3"}));
  REQUIRE(job.cloud.vizier.wait_until(three_asked));
  const fake::ProcessResult second = job.run({"--all-clusters", "--parallel", "3"});
  INFO(second.err);
  CHECK(second.status() == 10);
  CHECK_THAT(second.err, Catch::Contains("3 of 3 clusters failed: a (exit 10), b (exit 10), c"));
  CHECK(job.run({"--all-clusters", "--if-locked", "skip"}).status() == 0);
  CHECK(three_asked(job.cloud.vizier.calls()));
  job.cloud.vizier.open("go");
  CHECK(first.wait().status() == 0);
  for (const std::string cluster : {"a", "b", "c"}) {
    CHECK(job.rows_of(cluster) == lines_of(three_events()));
  }
}

TEST_CASE("Many clusters go to an object store, one that fails later", "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  FleetJob job;
  job.cloud.vizier.answer(fake::Script().finish(7, "no")).answer(holding(three_events()));
  const auto run = [&] {
    fake::Command command = job.command({"--all-clusters"});
    *std::ranges::find(command.arguments, job.dir.path("{cluster}-{start}.csv")) =
        "s3://rows/{cluster}/{table}-{start}.csv";
    store->let_in(command);
    return fake::run(command, std::chrono::seconds(60));
  };
  const fake::ProcessResult first = run();
  INFO(first.err);
  CHECK(first.status() == 4);
  CHECK(store->rows().size() == 6);
  const fake::ProcessResult second = run();
  INFO(second.err);
  CHECK(second.status() == 0);
  std::multiset<std::string> thrice;
  for (int cluster = 0; cluster < 3; ++cluster) thrice.merge(lines_of(three_events()));
  CHECK(store->rows() == thrice);
  std::set<std::string> folders;
  const fake::TempDir saved;
  for (const std::string& key : store->save(saved.path("o"))) {
    folders.insert(key.substr(0, key.find('/')));
  }
  CHECK(folders == std::set<std::string>{"a", "b", "c"});
  CHECK(job.verdict_on("b") == "complete");
}

}  // namespace
}  // namespace pxq::app
