// `pxq export`: each row once over all runs of a job, and every loss named.

#include <signal.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

const int64_t kThen = now_ns() - 3600 * kSecondNs;  // long enough ago for any lag

std::vector<Event> three_events() { return {{kThen, 1}, {kThen + 5, 2}, {kThen + 9, 3}}; }

std::vector<Event> three_and(const Event& fourth) {
  std::vector<Event> events = three_events();
  events.push_back(fourth);
  return events;
}

/// A run of a job that has asked, and waits for its three events until it may finish.
class HeldRun {
 public:
  HeldRun(Vizier& vizier, const CronJob& job)
      : vizier_(vizier.answer_from_now_on(holding_back(three_events()))), process_(job.command()) {
    REQUIRE(vizier_.wait_for_calls(1));
  }

  fake::ProcessResult finish() {
    vizier_.open("go");
    return process_.wait();
  }

 private:
  Vizier& vizier_;
  fake::Process process_;
};

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
    CHECK(next.start_time_ns() == first.end_time_ns() - kMinuteNs);  // less the overlap
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
    REQUIRE(request.exec_funcs_size() == 1);
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

TEST_CASE("rows that were gone before they could be exported are named, once") {
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

TEST_CASE("a second run at the same time takes nothing") {
  Vizier vizier;
  CronJob job(vizier.address());
  HeldRun first(vizier, job);
  SECTION("and says so") {
    const fake::ProcessResult second = job.run();
    job.session().check(second, {10, "", {"--if-locked"}});
  }
  SECTION("or does not mind") {
    job.flags = {"--if-locked", "skip"};
    job.session().check(job.run(), {});
  }
  CHECK(vizier.calls().size() == 1);
  CHECK_FALSE(job.dir().has("summary.json"));
  CHECK(first.finish().status() == 0);
  CHECK(job.rows() == lines_of(three_events()));
}

TEST_CASE("a second run may wait for the first") {
  Vizier vizier;
  CronJob job(vizier.address());
  HeldRun first(vizier, job);
  vizier.answer_from_now_on(holding(three_events()));
  job.flags = {"--if-locked", "wait"};
  fake::Process second(job.command());
  CHECK(first.finish().status() == 0);
  CHECK(second.wait().status() == 0);
  CHECK(vizier.calls().size() == 2);
}

TEST_CASE("a lock dies with its run") {
  Vizier vizier;
  vizier.answer_from_now_on(Script().send(events_table().metadata()).silence());
  CronJob job(vizier.address());
  fake::Process first(job.command());
  REQUIRE(vizier.wait_for_calls(1));
  first.signal(SIGKILL);
  first.wait();
  vizier.answer_from_now_on(holding(three_events()));
  CHECK(job.run().status() == 0);
  CHECK(job.rows() == lines_of(three_events()));
}

TEST_CASE("K03 a run whose lock was removed gives way to one that may hold a new one") {
  Vizier vizier;
  CronJob job(vizier.address());
  const std::string to = GENERATE("{table}-{run}.csv", "{table}.csv", "all.sqlite");
  job.to = to;
  if (to == "{table}.csv") job.flags = {"--append"};
  job.flags.insert(job.flags.end(), {"--if-locked", "skip"});  // this run found no lock held
  HeldRun first(vizier, job);
  for (const std::string& name : job.dir().list()) {
    if (name.ends_with(".lock")) std::filesystem::remove(job.dir().path(name));
  }
  const bool second_run = to != "all.sqlite";  // whose own lock keeps it out
  if (second_run) {
    vizier.answer_from_now_on(holding(three_events()));
    REQUIRE(job.run().status() == 0);
  }
  job.session().check(first.finish(), {10, "", {"was removed while"}});
  vizier.answer_from_now_on(holding(three_events()));
  REQUIRE(job.run().status() == 0);
  if (second_run) CHECK(job.rows() == lines_of(three_events()));
  CHECK(job.summary()["exit"] == 0);
}

TEST_CASE("K07 a run that outlasts its interval leaves no gap and no double row") {
  Vizier vizier;
  CronJob job(vizier.address());
  HeldRun first(vizier, job);
  CHECK(job.run().status() == 10);
  const std::vector<Event> more = three_and({now_ns(), 4});  // behind the first window's end
  REQUIRE(first.finish().status() == 0);
  const std::string first_end = job.summary()["window"]["end"];
  vizier.answer_from_now_on(holding(more));
  REQUIRE(job.run().status() == 0);
  CHECK(job.summary()["window"]["start"] == first_end);
  CHECK(job.rows() == lines_of(more));
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

TEST_CASE("the local Vizier has no past to export") {
  const fake::TempDir dir;
  const Session session;
  session.check(
      fake::run(session.command({"export", "--local", "-e", "import px", "--to",
                                 dir.path("{table}-{start}.csv"), "--state", dir.path("state")})),
      {2, "", {"no past", "--append"}});
  CHECK(dir.list().empty());
}

TEST_CASE("a state that cannot be trusted is refused") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.flags = {"--job", "nightly"};
  REQUIRE(job.run().status() == 0);
  const auto rows = job.rows();
  std::string state;
  for (const std::string& name : job.dir().list()) {
    if (name.ends_with(".json") && name.starts_with("state/")) state = name;
  }
  REQUIRE_FALSE(state.empty());
  const std::string good = job.dir().read(state);
  SECTION("torn") {
    job.dir().write(state, good.substr(0, good.size() / 2));
    job.session().check(job.run(), {2, "", {"torn"}});
  }
  SECTION("changed by hand") {
    std::string changed = good;
    changed.replace(changed.find("watermark_ns\":1"), 15, "watermark_ns\":2");
    job.dir().write(state, changed);
    job.session().check(job.run(), {2, "", {"checksum"}});
  }
  SECTION("of another cluster") {
    const Vizier other(holding(three_events()));
    fake::Command command = job.command();
    *std::find(command.arguments.begin(), command.arguments.end(), vizier.address()) =
        other.address();
    job.session().check(fake::run(command), {2, "", {"belongs to the cluster"}});
  }
  CHECK(job.rows() == rows);
}

TEST_CASE("what cannot be an export is refused before anything is asked") {
  const Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  struct Refused {
    std::string to;
    std::vector<std::string> flags;
    std::string why;
  };
  const Refused refused = GENERATE(values<Refused>({
      {"{table}.csv", {}, "{start}"},
      {"{tabel}-{start}.csv", {}, "no placeholder {tabel}"},
      {"{table}-{start}.xlsx", {}, ".sqlite"},
      {"{date}.sqlite", {}, "same database"},
      {"{table}.json", {"--append"}, "cannot be added to"},
      {"{table}-{start}.csv", {"--end", "5m"}, "--end"},
      {"{table}-{start}.csv", {"--lag", "soon"}, "--lag"},
      {"{table}-{start}.csv", {"--start", "5m", "--since", "5m"}, "twice"},
  }));
  job.to = refused.to;
  job.flags = refused.flags;
  job.session().check(job.run(), {2, "", {refused.why}});
  CHECK(vizier.calls().empty());
}

TEST_CASE("tables without a time cannot be exported, but others of the script can") {
  const fake::Table counts = numbers("counts");
  const fake::Table events = events_table();
  const Vizier vizier(Script()
                          .send(counts.metadata())
                          .send(events.metadata())
                          .send(counts.batch().int64({1}).eos())
                          .send(events_batch(events, three_events()).eos())
                          .send(fake::stats()));
  CronJob job(vizier.address());
  job.session().check(job.run(), {2, "", {"counts", "time_"}});
  CHECK(job.rows().empty());
  job.flags = {"-t", "events", "--columns", "id"};
  REQUIRE(job.run().status() == 0);
  CHECK(job.rows() == std::multiset<std::string>{"1", "2", "3"});
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

// A server on which rows arrive late and are forgotten after a while.
class ForgetfulServer {
 public:
  ForgetfulServer(uint64_t seed, int64_t start_ns, int64_t end_ns) : random_(seed) {
    for (int64_t time = start_ns, id = 0; time < end_ns; ++id) {
      time += between(1, 40) * kSecondNs;
      const int64_t delay = chance(10) ? between(30, 70) : between(0, 8);
      rows_.push_back({{time, id}, time + delay * kSecondNs});
      if (chance(20)) rows_.push_back(rows_.back());  // equal rows are rows of their own
    }
  }

  std::vector<Event> held(int64_t now, int64_t retention) const {
    std::vector<Event> rows;
    for (const auto& [event, arrival] : rows_) {
      if (arrival <= now && event.time_ns >= now - retention) rows.push_back(event);
    }
    return rows;
  }

  std::vector<Event> all_before(int64_t end, int64_t asked) const {
    std::vector<Event> rows;
    for (const auto& [event, arrival] : rows_) {
      if (event.time_ns < end && arrival <= asked) rows.push_back(event);
    }
    return rows;
  }

  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
  }
  bool chance(int64_t percent) { return between(1, 100) <= percent; }

 private:
  struct Held {
    Event event;
    int64_t arrival_ns = 0;
  };

  std::mt19937_64 random_;
  std::vector<Held> rows_;
};

Script cut_after(const std::vector<Event>& events, size_t count, bool with_error) {
  const fake::Table table = events_table();
  Script script;
  script.send(table.metadata());
  const auto end = events.begin() + static_cast<std::ptrdiff_t>(std::min(count, events.size()));
  script.send(events_batch(table, {events.begin(), end}));
  return with_error ? script.finish(14, "the agent went away") : script.finish(0);
}

int64_t parse_rfc3339(const std::string& text) {
  struct tm parts = {};
  ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  return int64_t{::timegm(&parts)} * kSecondNs + std::stoll(text.substr(20, 9));
}

TEST_CASE("a day of cron: every row that was held is exported once, every loss is named") {
  const int64_t step = 30 * kMinuteNs;
  const int64_t day = 48 * step;
  const int64_t begin = now_ns() - day - step;
  ForgetfulServer server(GENERATE(20261123u, 7u), begin, begin + day);
  Vizier vizier;
  CronJob job(vizier.address());
  job.to = "{date}/{table}-{start}.csv";
  job.flags = {"--start", std::to_string(begin), "--retries", "0"};

  int64_t exported_to = begin;
  int64_t asked = begin;
  int failures = 0;
  std::vector<std::pair<int64_t, int64_t>> gaps;
  for (int64_t at = begin + step; at <= begin + day; at += step) {
    const bool off = at > begin + 20 * step && at < begin + 28 * step;  // longer than rows are held
    if (off) continue;
    const std::vector<Event> held = server.held(at, 3 * 60 * kMinuteNs);
    const bool cut = server.chance(20);
    vizier.answer_from_now_on(
        cut ? cut_after(held, static_cast<size_t>(server.between(0, 200)), server.chance(50))
            : holding(held));
    const int64_t lag_ms = (now_ns() - at + 30 * kSecondNs) / 1'000'000;
    const fake::ProcessResult result = job.run(lag_ms);
    INFO(result.err);
    REQUIRE((result.status() == 0) == !cut);
    const json summary = job.summary();
    REQUIRE(summary["exit"] == result.status());
    if (cut) {
      ++failures;
      continue;
    }
    asked = at;
    exported_to = parse_rfc3339(summary["window"]["end"]);
    for (const json& gap : summary["gaps"]) {
      gaps.emplace_back(parse_rfc3339(gap["from"]), parse_rfc3339(gap["to"]));
      CHECK((!gap["certain"] || count(result.err, "gone before") == 1));
    }
  }
  CHECK(failures > 2);
  CHECK_FALSE(gaps.empty());

  const std::multiset<std::string> exported = job.rows();
  std::multiset<std::string> expected;
  size_t lost = 0;
  for (const Event& event : server.all_before(exported_to, asked)) {
    const std::string line = *lines_of({event}).begin();
    const bool named = std::any_of(gaps.begin(), gaps.end(), [&](const auto& gap) {
      return event.time_ns >= gap.first && event.time_ns < gap.second;
    });
    if (named) {
      ++lost;
      CHECK(exported.count(line) == 0);
    } else {
      expected.insert(line);
    }
  }
  CHECK(lost > 0);
  std::vector<std::string> missing;
  std::set_difference(expected.begin(), expected.end(), exported.begin(), exported.end(),
                      std::back_inserter(missing));
  CHECK(missing == std::vector<std::string>{});
  std::vector<std::string> doubled;
  std::set_difference(exported.begin(), exported.end(), expected.begin(), expected.end(),
                      std::back_inserter(doubled));
  CHECK(doubled == std::vector<std::string>{});
}

}  // namespace
}  // namespace pxq::app
