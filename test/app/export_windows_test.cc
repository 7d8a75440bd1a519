// `pxq export`: by whose clock windows are cut, how a window that is too large is halved, and how
// the first one is named.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_server.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

std::vector<std::string> files_of(const CronJob& job) {
  std::vector<std::string> found;
  for (const std::string& name : job.dir().list()) {
    if (name.ends_with(".csv")) found.push_back(name);
  }
  return found;
}

fake::ProcessResult run_loud(const CronJob& job, int64_t lag_ms = 0) {
  fake::Command command = job.command(lag_ms);
  std::erase(command.arguments, "-q");
  return fake::run(command);
}

TEST_CASE("windows are cut by the server's clock, whatever the client's says") {
  const int64_t ahead_s = GENERATE(-600, -120, -5, 0, 5, 120, 600);
  INFO("the server's clock is ahead by " << ahead_s << " s");
  // Rows come every 100 ms, by the server's clock, from some time ago to now.
  const int64_t first = now_ns() + ahead_s * kSecondNs - 30 * kSecondNs;
  ExportServer server;
  server.ahead_ns = ahead_s * kSecondNs;
  server.held = [&] {
    std::vector<Event> rows;
    for (int64_t id = 0; first + id * kSecondNs / 10 <= now_ns() + server.ahead_ns; ++id) {
      rows.push_back({first + id * kSecondNs / 10, id});
    }
    return rows;
  };
  Vizier vizier(answering(server));
  CronJob job(vizier.address());
  job.script = kPinned;
  job.to = "{table}-{end}.csv";
  const bool loud = std::abs(ahead_s) > 2;
  int64_t reached = 0;
  for (int run = 0; run < 4; ++run) {
    const fake::ProcessResult result = run_loud(job, 2000);
    INFO(result.err);
    REQUIRE(result.status() == 0);
    CHECK((count(result.err, "the cluster's clock") == 1) == loud);
    const json summary = job.summary();
    CHECK(std::abs(summary["clock_ahead_ns"].get<int64_t>() - server.ahead_ns) < 2 * kSecondNs);
    CHECK(count(job.dir().read("summary.json"), "pxq_clock") == 0);
    reached = std::max(reached, summary["tables"][0]["rows"].get<int64_t>());
  }
  // Every row that the server held up to the newest exported one is there, once.
  const std::multiset<std::string> rows = job.rows();
  REQUIRE_FALSE(rows.empty());
  std::multiset<std::string> expected;
  const std::vector<Event> held = server.held();
  for (const Event& event : held) {
    if (*lines_of({event}).begin() <= *rows.rbegin()) {
      expected.insert(*lines_of({event}).begin());
    }
  }
  CHECK(rows == expected);
  // Nothing younger than the lag by the server's clock was taken.
  CHECK(*rows.rbegin() < *lines_of({{now_ns() + server.ahead_ns - kSecondNs, 0}}).begin());
  for (const auto& name : files_of(job)) CHECK(name.find("clock") == std::string::npos);
}

TEST_CASE("a server that does not tell its time is exported from by this machine's") {
  ExportServer server;
  server.knows_clock = false;
  server.held = three_events;
  Vizier vizier(answering(server));
  CronJob job(vizier.address());
  job.script = kPinned;
  const fake::ProcessResult result = run_loud(job);
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK(count(result.err, "process_stats") == 0);
  CHECK(job.rows() == lines_of(three_events()));
  CHECK(job.summary()["clock_ahead_ns"].is_null());
}

TEST_CASE("a clock that was put back does not end an export") {
  ExportServer server;
  server.ahead_ns = 600 * kSecondNs;
  const int64_t first = now_ns() + 590 * kSecondNs;
  server.held = [&] { return std::vector<Event>{{first, 1}, {first + kSecondNs, 2}}; };
  Vizier vizier(answering(server));
  CronJob job(vizier.address());
  job.script = kPinned;
  job.to = "{table}-{end}.csv";
  REQUIRE(job.run(1000).status() == 0);
  REQUIRE(job.run(1000).status() == 0);
  CHECK(job.rows() == lines_of(server.held()));
}

TEST_CASE("a window that a limit cuts is halved until it fits, and all of it is exported") {
  std::vector<Event> all;
  const int64_t first = now_ns() - 1000 * kSecondNs;
  for (int64_t id = 0; id < 900; ++id) all.push_back({first + id * kSecondNs, id});
  ExportServer server;
  server.head = 100;
  server.held = [&] { return all; };
  Vizier vizier(answering(server));
  CronJob job(vizier.address());
  job.script = kPinned;
  job.to = GENERATE("{table}-{start}.csv", "{table}.csv");
  job.flags = {"--max-rows", "100"};
  if (job.to == "{table}.csv") job.flags.push_back("--append");
  const fake::ProcessResult result = job.run(0, "1s");
  job.session().check(result, {});
  CHECK(job.rows() == lines_of(all));
  const json summary = job.summary();
  CHECK(summary["tables"][0]["exported"]["rows"] == 900);
  CHECK(summary["committed"] == true);
  all.push_back({now_ns(), 900});
  REQUIRE(job.run(0, "1s").status() == 0);
  CHECK(job.rows() == lines_of(all));
}

TEST_CASE("a window that cannot be halved any more is refused with words") {
  const int64_t then = now_ns() - 1000 * kSecondNs;
  std::vector<Event> all;
  for (int64_t id = 0; id < 200; ++id) all.push_back({then, id});
  ExportServer server;
  server.head = 100;
  server.held = [&] { return all; };
  Vizier vizier(answering(server));
  CronJob job(vizier.address());
  job.script = kPinned;
  job.flags = {"--max-rows", "100"};
  const fake::ProcessResult result = job.run(0, "0s");
  job.session().check(result, {11, "", {"events", "--max-rows"}});
  CHECK(count(result.err, "error") == 1);
  CHECK(job.rows().empty());
}

TEST_CASE("the first window is named by its first row, and never replaces what is there") {
  Vizier vizier(holding({{1'764'000'000'500'000'000, 1}, {1'764'000'060'000'000'000, 2}}));
  CronJob job(vizier.address());
  job.to = GENERATE("{date}-{table}-{start}.csv", "{date}-{start}.csv");
  const bool named = job.to.find("{table}") != std::string::npos;
  const std::string name =
      named ? "2025-11-24-events-20251124T160000Z" : "2025-11-24-20251124T160000Z";
  REQUIRE(job.run().status() == 0);
  CHECK(files_of(job) == std::vector<std::string>{name + ".csv"});
  const std::string old = job.dir().read(name + ".csv");
  // As somebody does who removes the state.
  std::filesystem::remove_all(job.dir().path("state"));
  job.session().check(job.run(), {});
  CHECK(files_of(job) == std::vector<std::string>{name + "-2.csv", name + ".csv"});
  CHECK(job.dir().read(name + ".csv") == old);
  REQUIRE(job.run().status() == 0);
}

TEST_CASE("a first window without a row is named by its end, and the next one by its own start") {
  Vizier vizier(holding({}));
  CronJob job(vizier.address());
  REQUIRE(job.run().status() == 0);
  REQUIRE(files_of(job).size() == 1);
  CHECK(files_of(job).front().find("1970") == std::string::npos);
  REQUIRE(job.run().status() == 0);
  CHECK(files_of(job).size() == 2);
}

TEST_CASE("rows that are spelled another way do not follow in a growing file") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  const std::string format = GENERATE("csv", "tsv", "jsonl");
  job.to = "{table}." + format;
  job.flags = {"--append"};
  REQUIRE(job.run().status() == 0);
  const std::string before = job.dir().read("events." + format);
  vizier.answer_from_now_on(holding(three_and({now_ns(), 4})));
  fake::Command command = job.command();
  *std::find(command.arguments.begin(), command.arguments.end(), "unix_ns") = "rfc3339";
  job.session().check(fake::run(command),
                      {9, "", {"--time-format=unix_ns there, --time-format=rfc3339 here"}});
  CHECK(job.dir().read("events." + format) == before);
  REQUIRE(job.run().status() == 0);
  CHECK(job.dir().read("events." + format).size() > before.size());
}

TEST_CASE("a growing file of JSON lines takes the strings of --nan again") {
  const fake::Table table = fake::Table("events").time("time_").float64("x");
  const auto with = [&](int64_t time, double x) {
    return Script()
        .send(table.metadata())
        .send(table.batch().time({time}).float64({x}))
        .send(table.end())
        .send(fake::stats());
  };
  Vizier vizier(with(kThen, std::numeric_limits<double>::quiet_NaN()));
  CronJob job(vizier.address());
  job.to = "{table}.jsonl";
  job.flags = {"--append", "--nan", "string"};
  REQUIRE(job.run().status() == 0);
  vizier.answer_from_now_on(with(now_ns(), 1.5));
  job.session().check(job.run(), {});
  CHECK(count(job.dir().read("events.jsonl"), "\n") == 2);
}

TEST_CASE("tables whose names are the same but for case are refused, not crossed") {
  const std::string other = GENERATE("events", "Events");
  const fake::Table one = events_table("events");
  fake::Table two = events_table(other);
  two.id("another");
  Vizier vizier(Script()
                    .send(one.metadata())
                    .send(two.metadata())
                    .send(events_batch(one, three_events()))
                    .send(one.end())
                    .send(two.end())
                    .send(fake::stats()));
  CronJob job(vizier.address());
  job.to = GENERATE("{table}-{start}.csv", "all.sqlite");
  job.session().check(job.run(), {2, "", {other, "px.display()"}});
  CHECK(job.rows().empty());
}

TEST_CASE("windows that are aligned hold whole bins, each exported once") {
  // A script that counts rows by ten seconds: the last bin is counted in part while it lasts.
  const int64_t bin = 10 * kSecondNs;
  int64_t now = (now_ns() - 600 * kSecondNs) / bin * bin + 4 * kSecondNs;
  const int64_t first = now / bin * bin - 20 * bin;
  ExportServer server;
  server.heeds_window = false;
  server.held = [&] {
    std::vector<Event> bins;
    for (int64_t at = first; at <= now; at += bin) {
      bins.push_back({at, std::min<int64_t>(10, (now - at) / kSecondNs + 1)});
    }
    return bins;
  };
  Vizier vizier(answering(server));
  CronJob job(vizier.address());
  job.script = "import px\n# bins\n";
  const auto run = [&] { return job.run((now_ns() - now) / 1'000'000); };
  job.session().check(run(), {11, "", {"multiples of 10", "--align 10"}});
  CHECK(job.rows().empty());
  job.flags = {"--align", "10s"};
  for (int i = 0; i < 3; ++i, now += 17 * kSecondNs) {
    const fake::ProcessResult result = run();
    INFO(result.err);
    REQUIRE(result.status() == 0);
  }
  now -= 17 * kSecondNs;
  std::multiset<std::string> whole;
  for (int64_t at = first; at + bin <= now; at += bin) whole.insert(*lines_of({{at, 10}}).begin());
  CHECK(job.rows() == whole);
}

TEST_CASE("cells that are script references are compared by their label") {
  const fake::Table table =
      fake::Table("events").time("time_").string("pod", px::api::vizierpb::ST_SCRIPT_REFERENCE);
  const int64_t then = now_ns() - kSecondNs;
  const auto holding_links = [&](const std::string& start, const std::string& label) {
    const std::string link = R"({"label": ")" + label +
                             R"(", "script": "px/pod", "args": {"start_time": ")" + start +
                             R"("}})";
    return Script()
        .send(table.metadata())
        .send(table.batch().time({then, then + 1}).string({link, link}))
        .send(table.end())
        .send(fake::stats());
  };
  Vizier vizier(holding_links("-5m", "shop/cart"));
  CronJob job(vizier.address());
  REQUIRE(job.run().status() == 0);
  vizier.answer_from_now_on(holding_links("-10m", "shop/cart"));
  job.session().check(job.run(), {});
  CHECK(job.rows().size() == 2);
  CHECK(job.summary()["tables"][0]["exported"]["doubled_rows_dropped"] == 2);
  vizier.answer_from_now_on(holding_links("-10m", "shop/other"));
  job.session().check(job.run(), {11, "", {"--dedup off"}});
}

TEST_CASE("a script is judged before it is exported, and by its first run") {
  const Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  const auto check = [&](const std::string& script) {
    return fake::run(job.session().command({"export", "-e", script, "--check"}));
  };
  job.session().check(check(std::string(kPinned)),
                      {0,
                       "script   <inline>\nwindow   pinned by px.plugin\n"
                       "verdict  its rows can be exported exactly\n"});
  const fake::ProcessResult cut = check("import px\npx.display(px.DataFrame('t').head(1000))");
  CHECK(cut.status() == 11);
  CHECK_THAT(cut.out, Catch::Contains("head(1000) in line 2") &&
                          Catch::Contains("cannot be exported exactly"));
  const std::string bins =
      "import px\ndf = px.DataFrame('t', start_time='-5m')\n"
      "df.time_ = px.bin(df.time_, px.seconds(10))\n"
      "px.display(df.groupby('time_').agg(n=('time_', px.count)))";
  CHECK_THAT(check(bins).out, Catch::Contains("--align") && Catch::Contains("a start of its own"));
  CHECK(fake::run(job.session().command({"export", "-e", bins, "--check", "--align", "10s"}))
            .status() == 0);
  const fake::ProcessResult grouped = check(
      "import px\ndf = px.DataFrame('t')\n"
      "px.display(df.groupby('s').agg(last=('time_', px.max)))");
  CHECK(grouped.status() == 0);
  CHECK_THAT(grouped.out, Catch::Contains("exactly, of tables that keep time_"));
  CHECK(vizier.calls().empty());
  job.script = "import px\npx.display(px.DataFrame('t').head(1000))";
  CHECK_THAT(run_loud(job).err, Catch::Contains("warning") && Catch::Contains("head(1000)"));
  const fake::ProcessResult again = run_loud(job);
  CHECK(count(again.err, "head(1000)") == 0);
}

TEST_CASE("each run can add its summary as a line to a log") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.flags = {"--summary-log", job.dir().path("logs/runs.jsonl")};
  REQUIRE(job.run().status() == 0);
  vizier.answer_from_now_on(Script().send(events_table().metadata()).finish(0));
  REQUIRE(job.run().status() == 8);
  std::istringstream lines(job.dir().read("logs/runs.jsonl"));
  std::vector<json> runs;
  for (std::string line; std::getline(lines, line);) runs.push_back(json::parse(line));
  REQUIRE(runs.size() == 2);
  CHECK(runs[0]["committed"] == true);
  CHECK(runs[0]["tables"][0]["exported"]["rows"] == 3);
  CHECK(runs[1]["verdict"] == "incomplete");
}

}  // namespace
}  // namespace pxq::app
