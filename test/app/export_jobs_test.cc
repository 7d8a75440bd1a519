// `pxq jobs`, and what keeps a job one job: its identity, its tables, its state.

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/digest.h"
#include "cloud_session.h"
#include "export_session.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

fake::ProcessResult jobs(const CronJob& job, std::vector<std::string> words) {
  words.insert(words.begin(), "jobs");
  words.insert(words.end(), {"--state", job.dir().path("state")});
  return fake::run(job.session().command(std::move(words)));
}

std::string state_file(const CronJob& job) {
  for (const std::string& name : job.dir().list()) {
    if (name.starts_with("state/") && name.ends_with(".json")) return name;
  }
  return {};
}

json list(const CronJob& job) {
  const fake::ProcessResult result = jobs(job, {"-o", "json-array"});
  INFO(result.err);
  REQUIRE(result.status() == 0);
  return json::parse(result.out);
}

Script holding_table(std::string_view name, const std::vector<Event>& events) {
  const fake::Table table = events_table(name);
  return Script()
      .send(table.metadata())
      .send(events_batch(table, events))
      .send(table.end())
      .send(fake::stats());
}

TEST_CASE("pxq jobs lists exports, how far they are and how they ended") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  CHECK(list(job) == json::array());
  job.flags = {"--job", "nightly"};
  REQUIRE(job.run().status() == 0);
  vizier.answer_from_now_on(Script().send(events_table().metadata()).finish(0));
  REQUIRE(job.run().status() == 8);
  const json all = list(job);
  REQUIRE(all.size() == 1);
  CHECK(all[0]["job"] == "nightly");
  CHECK(all[0]["to"] == job.dir().path(job.to));
  CHECK(all[0]["verdict"] == "incomplete");
  CHECK_FALSE(all[0]["error"].get<std::string>().empty());
  CHECK(all[0]["lag_s"].get<int64_t>() >= 0);
  CHECK(all[0]["lag_s"].get<int64_t>() < 60);
  const fake::ProcessResult one = jobs(job, {"nightly", "-o", "table"});
  CHECK_THAT(one.out, Catch::Contains("events"));
  CHECK_THAT(one.out, Catch::Contains(state_file(job)));
  CHECK_THAT(one.out, Catch::Contains("committed"));
  job.session().check(jobs(job, {"nightli"}), {2, "", {"no job 'nightli'", "nightly"}});
  job.session().check(jobs(job, {"nightly", "remove"}), {2});
  job.session().check(jobs(job, {"nightly", "skip-to"}), {2, "", {"skip-to"}});
}

TEST_CASE("a job that is reset exports what is held once more and destroys nothing") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = GENERATE("{table}-{run}.csv", "all.sqlite");
  job.flags = {"--job", "nightly"};
  REQUIRE(job.run().status() == 0);
  const std::vector<std::string> before = job.dir().list();
  job.session().check(jobs(job, {"nightly", "reset"}), {0, "", {"begins anew", "before-reset"}});
  for (const std::string& name : before) {
    if (!name.starts_with("state/")) CHECK(job.dir().has(name));
  }
  job.session().check(jobs(job, {"nightly", "reset"}), {2, "", {"no state"}});
  vizier.answer_from_now_on(holding(three_and({now_ns(), 4})));
  REQUIRE(job.run().status() == 0);
  CHECK(job.summary()["tables"][0]["exported"]["rows"] == 4);
}

TEST_CASE("a job whose state is torn can be reset") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = "{table}-{run}.csv";
  job.flags = {"--job", "nightly"};
  REQUIRE(job.run().status() == 0);
  const std::string state = state_file(job);
  job.dir().write(state, "{");
  job.session().check(job.run(), {2, "", {"torn", "pxq jobs"}});
  CHECK(list(job)[0]["verdict"] == "state refused");
  REQUIRE(jobs(job, {"nightly", "reset"}).status() == 0);
  CHECK(job.dir().read(state + ".before-reset") == "{");
  CHECK(job.run().status() == 0);
}

TEST_CASE("what skip-to leaves out is named as a loss, and the next run begins there") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = GENERATE("{table}-{start}.csv", "all.sqlite");
  job.flags = {"--job", "nightly"};
  REQUIRE(job.run(3'500'000).status() == 0);
  const int64_t skipped = now_ns() - 20 * kMinuteNs;
  const int64_t after = now_ns() - kMinuteNs;
  job.session().check(jobs(job, {"nightly", "skip-to", "10m"}),
                      {0, "", {"events", "skipped and not exported"}});
  job.session().check(jobs(job, {"nightly", "skip-to", "50m"}), {2, "", {"forward"}});
  vizier.answer_from_now_on(holding({{skipped, 7}, {after, 8}}));
  job.session().check(job.run(), {0, "", {"events", "were skipped and are not exported"}});
  REQUIRE_FALSE(job.summary()["gaps"].empty());
  CHECK(job.summary()["gaps"][0]["skipped"] == true);
  CHECK(job.summary()["tables"][0]["exported"]["rows"] == 1);
}

TEST_CASE("a job is the same however its command line spells it") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = "{table}-{run}.csv";
  std::filesystem::create_directory(job.session().home().path("s"));
  job.session().home().write("s/a.pxl", "import px");
  job.session().home().write("s/vis.json", R"({"variables": [
    {"name": "a", "type": "PX_STRING", "defaultValue": "1"},
    {"name": "b", "type": "PX_STRING", "defaultValue": "2"}]})");
  const std::string port = vizier.address().substr(vizier.address().rfind(':'));
  const auto run = [&](const std::string& script, const std::string& host,
                       const std::vector<std::string>& flags) {
    fake::Command command = job.command();
    command.arguments[1] = "-f";
    command.arguments[2] = script;
    *std::find(command.arguments.begin(), command.arguments.end(), vizier.address()) = host + port;
    command.arguments.insert(command.arguments.end(), flags.begin(), flags.end());
    std::erase(command.arguments, "-q");
    return fake::run(command);
  };
  const fake::ProcessResult first = run("./s", "127.0.0.1", {"-a", "a=3", "-a", "b=4"});
  CHECK_THAT(first.err, Catch::Contains("first run of the job"));
  REQUIRE(first.status() == 0);
  for (const auto& [script, host] :
       {std::pair(".//s", "127.0.0.1"), std::pair("s/", "localhost")}) {
    vizier.answer_from_now_on(holding(three_events()));
    const fake::ProcessResult again = run(script, host, {"-a", "b=4", "-a", "a=3"});
    INFO(again.err);
    CHECK(again.status() == 0);
    CHECK(again.err.find("first run") == std::string::npos);
    CHECK(job.summary()["tables"][0]["exported"]["rows"] == 0);
  }
  CHECK(list(job).size() == 1);
  vizier.answer_from_now_on(holding(three_events()));
  CHECK_THAT(run("./s", "127.0.0.1", {"-a", "a=3"}).err, Catch::Contains("first run"));
  vizier.answer_from_now_on(holding(three_events()));
  const fake::ProcessResult defaults = run("./s", "127.0.0.1", {"-a", "a=3", "-a", "b=2"});
  CHECK(defaults.err.find("first run") == std::string::npos);
}

TEST_CASE("a job is the same whether its cluster is named or told by its id") {
  Cloud cloud;
  const fake::TempDir dir;
  const auto run = [&](const std::string& cluster) {
    cloud.vizier.answer_from_now_on(holding(three_events()));
    return cloud.run({"export", "-e", "import px", "-c", cluster, "--no-e2e", "--to",
                      dir.path("{table}-{run}.csv"), "--state", dir.path("state"), "--summary",
                      dir.path("summary.json")});
  };
  const auto exported = [&] {
    return json::parse(dir.read("summary.json"))["tables"][0]["exported"]["rows"].get<int>();
  };
  const fake::ProcessResult first = run("prod");
  INFO(first.err);
  REQUIRE(first.status() == 0);
  CHECK_THAT(first.err, Catch::Contains("first run of the job"));
  CHECK(exported() == 3);
  for (const std::string& cluster : {kProd, std::string("prod")}) {
    const fake::ProcessResult again = run(cluster);
    INFO(again.err);
    CHECK(again.status() == 0);
    CHECK(again.err.find("first run") == std::string::npos);
    CHECK(exported() == 0);
  }
}

// The file as the first pxq wrote it.
std::string first_state(const std::string& job, const std::string& cluster,
                        const std::vector<Event>& known, int64_t watermark_ns) {
  using Ordered = nlohmann::ordered_json;
  Ordered seam = Ordered::array();
  for (const Event& event : known) {
    std::string bytes;
    const auto put = [&](char type, int64_t value) {
      bytes.push_back(type);
      for (int i = 0; i < 8; ++i) {
        bytes.push_back(static_cast<char>(static_cast<uint64_t>(value) >> (8 * i)));
      }
    };
    put(5, event.time_ns);
    put(1, event.id);
    seam.push_back(Ordered::array({event.time_ns, sha256_hex(bytes).substr(0, 32), 1}));
  }
  Ordered document = {{"version", 1}, {"job", job}, {"cluster", cluster}};
  document["tables"] = Ordered::array({{{"name", "events"},
                                        {"watermark_ns", watermark_ns},
                                        {"seam_from_ns", watermark_ns - kMinuteNs},
                                        {"seam", seam}}});
  document["checksum"] = sha256_hex(document.dump());
  return document.dump() + "\n";
}

TEST_CASE("the state of an older pxq is taken over, not begun anew") {
  Vizier vizier(holding(three_and({kThen + kSecondNs, 4})));
  CronJob job(vizier.address());
  const std::string details = "sha256:" + sha256_hex(job.script) + "\n\n\n\n" + vizier.address() +
                              "\n\n\n" + job.dir().path(job.to);
  const std::string name = "inline " + vizier.address() + " " + sha256_hex(details).substr(0, 16);
  std::string file = name;
  std::replace(file.begin(), file.end(), '/', '_');
  std::filesystem::create_directory(job.dir().path("state"));
  job.dir().write("state/" + file.substr(0, 60) + "-" + sha256_hex(name).substr(0, 12) + ".json",
                  first_state(name, vizier.address(), three_events(), kThen + 10));
  REQUIRE(job.run().status() == 0);
  CHECK(job.rows() == lines_of({{kThen + kSecondNs, 4}}));
  CHECK(list(job).size() == 1);
  CHECK_THAT(job.dir().read(state_file(job)), Catch::Contains("\"version\":2"));
}

TEST_CASE("a table that the script has no longer does not hold the windows back") {
  Vizier vizier(holding_table("events", three_events()));
  CronJob job(vizier.address());
  const bool append = GENERATE(false, true);
  if (append) job.to = "{table}.csv";
  if (append) job.flags = {"--append"};
  REQUIRE(job.run(1000).status() == 0);
  const std::string end = job.summary()["window"]["end"];
  const auto loud = [&] {
    fake::Command command = job.command();
    std::erase(command.arguments, "-q");
    return fake::run(command);
  };
  vizier.answer_from_now_on(holding_table("renamed", {}));
  const fake::ProcessResult told = loud();
  CHECK_THAT(told.err, Catch::Contains("no table 'events' any more"));
  CHECK(told.status() == 0);
  CHECK(job.summary()["window"]["start"] == end);
  const std::string next = job.summary()["window"]["end"];
  const int64_t fourth = now_ns();
  vizier.answer_from_now_on(holding_table("renamed", {{fourth, 4}}));
  const fake::ProcessResult silent = loud();
  CHECK(silent.err.find("any more") == std::string::npos);
  CHECK(job.summary()["window"]["start"] == next);
  const std::string third = job.summary()["window"]["end"];
  vizier.answer_from_now_on(holding_table("events", {{kThen, 1}, {now_ns(), 5}}));
  REQUIRE(loud().status() == 0);
  CHECK(job.summary()["window"]["start"] == third);
  CHECK(job.summary()["tables"][0]["exported"]["rows"] == 1);  // not the old row once more
}

TEST_CASE("a dry run says what would be done, and asks and changes nothing") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.flags = {"--dry-run"};
  const fake::ProcessResult first = job.run();
  CHECK_THAT(first.out, Catch::Contains("the first: all that is held"));
  CHECK(first.status() == 0);
  CHECK(vizier.calls().empty());
  CHECK(job.dir().list().empty());
  job.flags = {};
  REQUIRE(job.run().status() == 0);
  const std::string end = job.summary()["window"]["end"];
  const auto files = job.dir().list();
  job.flags = {"--dry-run"};
  const fake::ProcessResult next = job.run();
  CHECK_THAT(next.out, Catch::Contains(job.dir().path(state_file(job))));
  CHECK_THAT(next.out, Catch::Contains("events exported up to " + end.substr(0, 10)));
  CHECK(vizier.calls().size() == 1);
  CHECK(job.dir().list() == files);
}

TEST_CASE("paths that several runs would share are refused at once") {
  const Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = GENERATE("{date}/{table}.csv", "{date}-{hour}-{table}.csv", "{table}.csv");
  const bool force = GENERATE(false, true);
  if (force) job.flags = {"--force"};
  job.session().check(job.run(), {2, "", {"{start}", "--append"}});
  job.to = "all.sqlite";
  if (force) job.session().check(job.run(), {2, "", {"--force"}});
  CHECK((vizier.calls().empty() || !force));
}

TEST_CASE("two runs with different directories of states export to one database once") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = "all.sqlite";
  REQUIRE(job.run().status() == 0);
  vizier.answer_from_now_on(holding(three_and({kThen + kSecondNs, 4})));
  job.flags = {"--state", job.dir().path("other")};
  fake::Command command = job.command();
  const auto state = std::find(command.arguments.begin(), command.arguments.end(), "--state");
  command.arguments.erase(state, state + 2);
  REQUIRE(fake::run(command).status() == 0);
  const fake::ProcessResult read =
      fake::run({.arguments = {job.dir().path("all.sqlite"), "SELECT id FROM events ORDER BY id"},
                 .program = "/usr/bin/sqlite3"});
  CHECK(read.out == "1\n2\n3\n");
}

TEST_CASE("a run that waited for another one's database does not add the same rows again") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = "all.sqlite";
  REQUIRE(job.run(3'600'000).status() == 0);
  vizier.answer_from_now_on(holding_back(three_events()));
  fake::Process first(job.command());
  REQUIRE(vizier.wait_for_calls(2));
  fake::Command command = job.command();
  *(std::find(command.arguments.begin(), command.arguments.end(), "--state") + 1) =
      job.dir().path("other");
  fake::Process second(command);
  vizier.open("go");
  CHECK(first.wait().status() == 0);
  const int status = second.wait().status();
  CHECK((status == 0 || status == 10));
  const fake::ProcessResult read =
      fake::run({.arguments = {job.dir().path("all.sqlite"), "SELECT id FROM events ORDER BY id"},
                 .program = "/usr/bin/sqlite3"});
  CHECK(read.out == "1\n2\n3\n");
}

TEST_CASE("a run whose summary cannot be written has committed, and says so") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.flags = {"--job", "nightly"};
  fake::Command command = job.command();
  *(std::find(command.arguments.begin(), command.arguments.end(), "--summary") + 1) = "/dev/full";
  job.session().check(fake::run(command), {9, "", {"/dev/full", "rows are written"}});
  CHECK(job.rows() == lines_of(three_events()));
  CHECK(list(job)[0]["verdict"] == "output");
  REQUIRE(job.run().status() == 0);
  CHECK(job.rows() == lines_of(three_events()));
}

TEST_CASE("a summary says whether the run is committed") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  REQUIRE(job.run().status() == 0);
  CHECK(job.summary()["committed"] == true);
  vizier.answer_from_now_on(Script().send(events_table().metadata()).finish(0));
  REQUIRE(job.run().status() == 8);
  CHECK(job.summary()["committed"] == false);
}

}  // namespace
}  // namespace pxq::app
