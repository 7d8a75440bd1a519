// `pxq export` as cron runs it for months: servers that say nothing, bounds of time and memory,
// what each run leaves to be read.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_server.h"
#include "fake/sanitized.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

fake::ProcessResult run_loud(const CronJob& job, int64_t lag_ms = 0) {
  fake::Command command = job.command(lag_ms);
  std::erase(command.arguments, "-q");
  return fake::run(command);
}

// A server that is alive and has nothing to say.
Script only_heartbeats() {
  const fake::Table table = events_table();
  return Script().send(table.metadata()).endless(table.heartbeat(), std::chrono::milliseconds(20));
}

TEST_CASE("without --timeout a run is given ten minutes") {
  const Vizier vizier(only_heartbeats());
  CronJob job(vizier.address());
  job.flags = {"--dry-run"};
  CHECK_THAT(job.run().out, Catch::Contains("timeout  600 s\n"));
  job.flags = {"--dry-run", "--timeout", "20m"};
  CHECK_THAT(job.run().out, Catch::Contains("timeout  1200 s\n"));
  job.flags = {"--dry-run", "--timeout", "0"};
  CHECK_THAT(job.run().out, Catch::Contains("timeout  none\n"));
}

TEST_CASE("a server that sends only heartbeats is given up after ten minutes", "[.sweep]") {
  const Vizier vizier(only_heartbeats());
  const CronJob job(vizier.address());
  const fake::ProcessResult result = fake::run(job.command(), std::chrono::minutes(12));
  job.session().check(result, {7, "", {"--timeout"}});
  CHECK(result.elapsed > std::chrono::seconds(595));
  CHECK(result.elapsed < std::chrono::seconds(610));
}

TEST_CASE("a server that says nothing is given up in time, and the next run has the lock") {
  Vizier vizier(GENERATE(false, true) ? only_heartbeats()
                                      : Script().send(events_table().metadata()).silence());
  CronJob job(vizier.address());
  job.flags = {"--timeout", "300ms"};
  job.session().check(job.run(), {7, "", {"longer than 0.3 s"}});
  CHECK(job.rows().empty());
  CHECK(job.summary()["committed"] == false);
  vizier.answer_from_now_on(holding(three_events()));
  job.flags = {};
  job.session().check(job.run(), {});
  CHECK(job.rows() == lines_of(three_events()));
}

TEST_CASE("missing directories of rows, state, summary and log are made") {
  const Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = "rows/{date}/{table}-{start}.csv";
  fake::Command command = job.command();
  const auto give = [&](const std::string& flag, const std::string& value) {
    for (size_t i = 0; i < command.arguments.size(); ++i) {
      if (command.arguments[i] == flag) command.arguments[i + 1] = job.dir().path(value);
    }
  };
  give("--summary", "seen/by/people.json");
  give("--state", "kept/here");
  command.arguments.insert(command.arguments.end(),
                           {"--summary-log", job.dir().path("logs/all.jsonl")});
  job.session().check(fake::run(command), {});
  CHECK(json::parse(job.dir().read("seen/by/people.json"))["committed"] == true);
  CHECK(json::parse(job.dir().read("logs/all.jsonl"))["committed"] == true);
  CHECK(job.rows() == lines_of(three_events()));
}

TEST_CASE(
    "the flag -v says in one line when, which job, how many rows of which window, and which "
    "state") {
  const Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.flags = {"--job", "nightly", "-v"};
  const fake::ProcessResult result = run_loud(job);
  CHECK(result.status() == 0);
  const size_t at = result.err.find("job 'nightly': 3 rows from ");
  REQUIRE(at != std::string::npos);
  const size_t begin = result.err.rfind('\n', at) + 1;
  const std::string line = result.err.substr(begin, result.err.find('\n', at) - begin);
  CHECK_THAT(line, Catch::Contains(job.dir().path(job.to)) &&
                       Catch::Contains("state " + job.dir().path("state/nightly-")));
  CHECK_THAT(line, Catch::Matches("(pxq: )?20\\d\\d-.* to 20\\d\\d-.*"));
}

// Many rows, made when they are sent, so that this process stays small.
Script evenly(int64_t rows, int64_t first_ns, int64_t apart_ns) {
  constexpr int64_t kBatch = 20'000;
  const fake::Table table = events_table();
  Script script;
  script.send(table.metadata());
  for (int64_t at = 0; at < rows; at += kBatch) {
    script.reply([=](const std::string&) {
      std::vector<Event> events;
      for (int64_t id = at; id < at + kBatch; ++id)
        events.push_back({first_ns + id * apart_ns, id});
      return events_batch(table, events).response().SerializeAsString();
    });
  }
  return script.send(table.end()).send(fake::stats());
}

uint64_t state_size(const CronJob& job) {
  for (const std::string& name : job.dir().list()) {
    if (name.starts_with("state/") && name.ends_with(".json")) return job.dir().read(name).size();
  }
  return 0;
}

// The first one.
std::string exported_file(const CronJob& job) {
  for (const std::string& name : job.dir().list()) {
    if (name.ends_with(".csv")) return name;
  }
  return {};
}

TEST_CASE("the rows that a state keeps in mind are bounded, and so is memory") {
  constexpr int64_t kRows = fake::kSanitized ? 600'000 : 2'000'000;  // of which 500 000 are kept
  const int64_t first = now_ns() - 55 * kSecondNs;
  const Vizier vizier(evenly(kRows, first, 50 * kSecondNs / kRows));
  CronJob job(vizier.address());
  const fake::ProcessResult result = run_loud(job);
  INFO(result.err);
  REQUIRE(result.status() == 0);
  CHECK_THAT(result.err, Catch::Contains("late rows from before the youngest 500000"));
  CHECK(state_size(job) > 13'000'000);
  CHECK(state_size(job) < 14'500'000);
  CHECK((fake::kSanitized ||
         result.peak_rss_bytes < 260'000'000));  // all of them in mind would take 400
  // Those that are known come again and are left out; the others are, too.
  const fake::ProcessResult again = run_loud(job);
  INFO(again.err);
  REQUIRE(again.status() == 0);
  CHECK(job.summary()["tables"][0]["exported"]["rows"] == 0);
  CHECK(job.summary()["tables"][0]["exported"]["seam_rows_missing"] == 0);
  CHECK((fake::kSanitized || again.peak_rss_bytes < 320'000'000));
  std::ifstream file(job.dir().path(exported_file(job)));
  CHECK(std::count(std::istreambuf_iterator<char>(file), {}, '\n') == kRows + 1);
}

TEST_CASE("what five minutes of 20 000 rows a second cost", "[.measure]") {
  constexpr int64_t kRows = 6'000'000;
  const int64_t first = now_ns() - 330 * kSecondNs;
  const Vizier vizier(evenly(kRows, first, 300 * kSecondNs / kRows));
  const CronJob job(vizier.address());
  for (const char* which : {"first", "next"}) {
    const fake::ProcessResult result = fake::run(job.command(30'000), std::chrono::minutes(5));
    REQUIRE(result.status() == 0);
    WARN(which << " run: state " << state_size(job) << " bytes, memory " << result.peak_rss_bytes
               << " bytes, " << std::chrono::duration<double>(result.cpu).count()
               << " s of one core");
  }
}

TEST_CASE("a clock that was put back holds windows back until it has caught up, and that is told") {
  ExportServer server;
  const int64_t step = 300 * kSecondNs;
  server.ahead_ns = step;
  const int64_t early = now_ns() + step - 20 * kSecondNs;
  std::vector<Event> rows = {{early, 1}};
  server.held = [&] { return rows; };
  Vizier vizier(answering(server));
  CronJob job(vizier.address());
  job.script = kPinned;
  job.to = "{table}-{end}.csv";
  REQUIRE(job.run(1000).status() == 0);
  CHECK(job.rows() == lines_of(rows));
  // The cluster's clock is set right: its rows bear times that have been exported already.
  server.ahead_ns = 0;
  rows.push_back({now_ns() - 10 * kSecondNs, 2});
  const fake::ProcessResult put_back = run_loud(job, 1000);
  INFO(put_back.err);
  CHECK(put_back.status() == 0);
  CHECK_THAT(put_back.err, Catch::Contains("put back"));
  CHECK(job.rows() == lines_of({{early, 1}}));
}

}  // namespace
}  // namespace pxq::app
