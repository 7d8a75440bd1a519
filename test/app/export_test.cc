// `pxq export`: each row once over all runs of a job, and every loss named.

#include <signal.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/digest.h"
#include "export_session.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

TEST_CASE("each run of an export adds what is new, and is silent") {
  Vizier vizier;
  CronJob job(vizier.address());
  vizier.answer_from_now_on(holding(three_events()));
  job.session().check(job.run(), {});
  CHECK(job.rows() == lines_of(three_events()));

  const std::vector<Event> more = three_and({now_ns(), 4});
  vizier.answer_from_now_on(holding(more));
  job.session().check(job.run(), {});
  CHECK(job.rows() == lines_of(more));
  CHECK(job.summary()["tables"][0]["exported"]["rows"] == 1);
  CHECK(job.summary()["exit"] == 0);
  CHECK(job.summary()["verdict"] == "complete");
}

TEST_CASE("the window is in the request where the script can be told") {
  Vizier vizier;
  vizier.answer_from_now_on(holding(three_events()));
  CronJob job(vizier.address());
  SECTION("by px.plugin") {
    job.script = "import px\ndf = px.DataFrame('t', start_time=px.plugin.start_time)";
    job.flags = {"--start", std::to_string(kThen - 1)};
    REQUIRE(job.run().status() == 0);
    const auto first = vizier.calls().at(0).script_request().configs().plugin_config();
    CHECK(first.start_time_ns() == kThen - 1);
    CHECK(first.end_time_ns() > kThen);
    vizier.answer_from_now_on(holding({}));
    REQUIRE(job.run().status() == 0);
    const auto next = vizier.calls().at(1).script_request().configs().plugin_config();
    CHECK(next.start_time_ns() == kThen + 9);  // the last row, which is older than the overlap
  }
  SECTION("by arguments") {
    const fake::TempDir script;
    script.write("a.pxl", "import px\n");
    script.write("vis.json", R"({"variables": [
      {"name": "start_time", "type": "PX_STRING", "defaultValue": "-5m"},
      {"name": "end_time", "type": "PX_STRING", "defaultValue": ""}],
      "globalFuncs": [{"outputName": "o", "func": {"name": "f", "args": [
        {"name": "start_time", "variable": "start_time"},
        {"name": "end_time", "variable": "end_time"}]}}]})");
    fake::Command command = job.command();
    command.arguments[1] = "-f";
    command.arguments[2] = script.path();
    command.arguments.insert(command.arguments.end(), {"--start", "2026-11-23T10:00:00Z"});
    REQUIRE(fake::run(command).status() == 0);
    const auto request = vizier.calls().back().script_request();
    REQUIRE(request.exec_funcs_size() == 2);
    CHECK(request.exec_funcs(0).func_name() == "f");
    CHECK(request.exec_funcs(1).output_table_prefix() == "pxq_clock");
    std::map<std::string, std::string> values;
    for (const auto& value : request.exec_funcs(0).arg_values()) {
      values[std::string(value.name())] = std::string(value.value());
    }
    CHECK(values["start_time"] == "2026-11-23 10:00:00.000000000 +0000");
    CHECK(values["end_time"].ends_with(" +0000"));
  }
}

TEST_CASE("a stream that was cut exports nothing, and the next run has it all") {
  const fake::Table table = events_table();
  const Script cut =
      Script().send(table.metadata()).send(events_batch(table, three_events())).finish(0);
  Vizier vizier(cut);
  CronJob job(vizier.address());
  const fake::ProcessResult result = job.run();
  job.session().check(result, {8});
  CHECK(job.rows().empty());
  CHECK(job.summary()["exit"] == 8);
  CHECK(job.summary()["verdict"] == "incomplete");
  CHECK(job.summary()["error"]["retryable"].is_boolean());
  vizier.answer_from_now_on(holding(three_events()));
  REQUIRE(job.run().status() == 0);
  CHECK(job.rows() == lines_of(three_events()));
}

TEST_CASE("G01 an export that gets a signal in a retry's pause exports nothing, the next run all") {
  const int number = GENERATE(SIGINT, SIGTERM, SIGHUP);
  Vizier vizier(Script().finish(14, "the Vizier is not ready yet"));
  CronJob job(vizier.address());
  job.flags = {"--retries", "20", "-v"};
  fake::Command command = job.command();
  std::erase(command.arguments, "-q");
  fake::Process process(command);
  REQUIRE(process.wait_for_err("trying again in"));
  process.signal(number);
  const fake::ProcessResult result = process.wait();
  CHECK(result.signal == number);
  job.session().check(result, {128 + number});
  CHECK(job.summary()["verdict"] == "interrupted");  // it came to its own end
  CHECK(job.rows().empty());
  vizier.answer_from_now_on(holding(three_events()));
  job.flags = {};
  REQUIRE(job.run().status() == 0);
  CHECK(job.rows() == lines_of(three_events()));
}

TEST_CASE("a table that the server has cut is not exported") {
  std::vector<Event> events;
  for (int64_t i = 0; i < 7; ++i) events.push_back({kThen + i, i});
  Vizier vizier(holding(events));
  CronJob job(vizier.address());
  job.flags = {"--max-rows", "7"};
  job.session().check(job.run(), {11, "", {"events", "--max-rows"}});
  CHECK(job.rows().empty());
  job.flags = {"--max-rows", "all"};
  REQUIRE(job.run().status() == 0);
  CHECK(job.rows() == lines_of(events));
}

TEST_CASE("a table as long as a limit of the script itself is not exported") {
  std::vector<Event> events;
  for (int64_t i = 0; i < 12; ++i) events.push_back({kThen + i, i});
  Vizier vizier(holding(events));
  CronJob job(vizier.address());
  SECTION("a head() in its text") {
    job.script = "import px\ndf = px.DataFrame('t')\npx.display(df.head(12))";
    job.session().check(job.run(), {11, "", {"head(12) in line 3"}});
  }
  SECTION("an argument") {
    const fake::TempDir script;
    script.write("a.pxl", "import px\n");
    script.write("vis.json", R"({"variables": [
      {"name": "max_num_records", "type": "PX_INT64", "defaultValue": "12"}],
      "globalFuncs": [{"outputName": "o", "func": {"name": "f", "args": [
        {"name": "num_records", "variable": "max_num_records"}]}}]})");
    fake::Command command = job.command();
    command.arguments[1] = "-f";
    command.arguments[2] = script.path();
    job.session().check(fake::run(command), {11, "", {"max_num_records=12"}});
  }
  CHECK(job.rows().empty());
  CHECK(job.summary()["tables"][0]["capped"] == true);
}

TEST_CASE("an export lifts the server's cap") {
  const Vizier vizier(holding(three_events()));
  const CronJob job(vizier.address());
  REQUIRE(job.run().status() == 0);
  const std::string query(vizier.calls().at(0).script_request().query_str());
  CHECK(query.starts_with("#px:set max_output_rows_per_table=0\nimport px\n"));
  CHECK(count(query, "px.now()") == 1);  // the server's time is asked, too
}

TEST_CASE("rows that change from query to query are refused, unless they may come twice") {
  Vizier vizier;
  const int64_t then = now_ns();
  CronJob job(vizier.address());
  vizier.answer_from_now_on(holding({{then, 1}, {then + 1, 2}}));
  REQUIRE(job.run().status() == 0);
  const auto before = job.rows();
  vizier.answer_from_now_on(holding({{then, 8}, {then + 1, 9}}));
  job.session().check(job.run(), {11, "", {"events", "--dedup off"}});
  CHECK(job.rows() == before);
  job.flags = {"--dedup", "off"};
  REQUIRE(job.run().status() == 0);
  CHECK(job.rows().size() == 4);
}

TEST_CASE("a gap that a killed run could not tell is told by the next one, once") {
  const int64_t then = now_ns() - 3600 * kSecondNs;
  Vizier vizier(holding({{then, 1}}));
  CronJob job(vizier.address());
  REQUIRE(job.run(3'570'000).status() == 0);
  const auto state_file = [&] {
    for (const std::string& name : job.dir().list()) {
      if (name.starts_with("state/") && name.ends_with(".json")) return name;
    }
    return std::string();
  }();
  vizier.answer_from_now_on(holding({{now_ns(), 2}}));
  job.session().check(job.run(), {0, "", {"gone before"}});
  // As a run leaves it that dies between its commit and its last words.
  std::string state = job.dir().read(state_file);
  CHECK(state.find("untold_gaps") == std::string::npos);
  auto document = nlohmann::ordered_json::parse(state);
  document.erase("checksum");
  document["untold_gaps"] = {{{"table", "events"},
                              {"from_ns", then},
                              {"to_ns", then + 9},
                              {"certain", true},
                              {"missing_rows", 1}}};
  document["checksum"] = sha256_hex(document.dump());
  job.dir().write(state_file, document.dump() + "\n");
  vizier.answer_from_now_on(holding({{now_ns(), 2}}));
  const fake::ProcessResult result = job.run();
  job.session().check(result, {0, "", {"events", "gone before"}});
  REQUIRE_FALSE(job.summary()["gaps"].empty());
  CHECK(job.summary()["gaps"][0]["missing_rows"] == 1);
}

TEST_CASE("one store that forgets beside one that remembers is told, with what is missing") {
  const int64_t then = now_ns() - 3600 * kSecondNs;
  std::vector<Event> held;
  std::vector<Event> left;
  for (int64_t i = 0; i < 40; ++i) {
    held.push_back({then + i * kSecondNs, i});
    if (i % 2 == 0) left.push_back(held.back());
  }
  Vizier vizier(holding(held));
  CronJob job(vizier.address());
  const bool strict = GENERATE(false, true);
  if (strict) job.flags = {"--strict"};
  REQUIRE(job.run((now_ns() - then - 40 * kSecondNs) / 1'000'000).status() == 0);
  vizier.answer_from_now_on(holding(left));
  job.session().check(job.run(), {strict ? 11 : 0, "", {"events", "gone before"}});
  CHECK(job.summary()["gaps"][0]["certain"] == true);
  CHECK(job.summary()["tables"][0]["exported"]["seam_rows_missing"] == 20);
  CHECK(job.summary()["tables"][0]["exported"]["seam_rows"] == 40);
}

TEST_CASE("K09 rows that were gone before they could be exported are named, once") {
  const bool strict = GENERATE(false, true);
  const int64_t then = now_ns() - 3600 * kSecondNs;
  Vizier vizier(holding({{then - 10, 1}, {then, 2}}));
  CronJob job(vizier.address());
  if (strict) job.flags = {"--strict"};
  REQUIRE(job.run(3'570'000).status() == 0);  // up to half a minute later
  const int64_t later = now_ns();
  vizier.answer_from_now_on(holding({{later, 3}}));
  const fake::ProcessResult result = job.run();
  job.session().check(result, {strict ? 11 : 0, "", {"events", "gone before"}});
  CHECK(job.rows() == lines_of({{then - 10, 1}, {then, 2}, {later, 3}}));
  const json gaps = job.summary()["gaps"];
  REQUIRE(gaps.size() == 1);
  CHECK(gaps[0]["table"] == "events");
  CHECK(gaps[0]["certain"] == true);
  vizier.answer_from_now_on(holding({{later, 3}}));
  REQUIRE(job.run().status() == 0);
  CHECK(job.summary()["gaps"].empty());
}

TEST_CASE("rows that are all younger than the window are left, and that is said") {
  Vizier vizier(holding({{now_ns() + kMinuteNs, 1}}));
  CronJob job(vizier.address());
  fake::Command command = job.command();
  std::erase(command.arguments, "-q");
  job.session().check(fake::run(command), {0, "", {"warning", "events", "--lag"}});
  CHECK(job.summary()["tables"][0]["exported"]["rows_outside"] == 1);
  job.session().check(job.run(), {});
  CHECK(job.rows().empty());
}

}  // namespace
}  // namespace pxq::app
