// Days of exports from a cluster of several nodes, each with a store of its own that forgets, while
// clocks differ, tables are renamed and states are removed. The oracle is what the stores held, row
// by row, whatever the program under test has asked for or said of itself.

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"
#include "vizierapi.pb.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

struct Row {
  int64_t time_ns = 0;
  int64_t node = 0;
  int64_t id = 0;
};

/// One node's store: rows in the order of their arrival, the oldest forgotten when it is full.
struct Store {
  std::vector<Row> rows = {};  // all that ever came
  size_t capacity = 0;

  std::vector<Row> held(int64_t now_ns) const {
    const auto end = std::partition_point(rows.begin(), rows.end(),
                                          [&](const Row& row) { return row.time_ns <= now_ns; });
    const auto count = static_cast<size_t>(end - rows.begin());
    return {end - static_cast<std::ptrdiff_t>(std::min(count, capacity)), end};
  }
};

struct World {
  std::vector<Store> nodes;
  int64_t now_ns = 0;    // by the cluster's clock
  int64_t clock_ns = 0;  // what it says when it is asked
  std::string table = "events";
  std::set<int64_t> ever_held;  // ids, at the time of some run
  std::map<int64_t, int64_t> time_of;

  std::vector<Row> held() {
    std::vector<Row> all;
    for (const Store& node : nodes) {
      const std::vector<Row> rows = node.held(now_ns);
      all.insert(all.end(), rows.begin(), rows.end());
    }
    return all;
  }
};

fake::Table rows_table(const std::string& name) {
  return fake::Table(name).time("time_").uint128("upid").int64("id");
}

Script answer_from(World& world) {
  const fake::Table table = rows_table(world.table);
  const fake::Table clock = fake::Table("pxq_clock").time("time_");
  Script script;
  script.send(table.metadata()).send(clock.metadata());
  script.reply([&world, table](const std::string& bytes) {
    px::api::vizierpb::ExecuteScriptRequest request;
    request.ParseFromString(bytes);
    const auto& window = request.configs().plugin_config();
    std::vector<int64_t> times;
    std::vector<std::pair<uint64_t, uint64_t>> upids;
    std::vector<int64_t> ids;
    for (const Row& row : world.held()) {
      if (row.time_ns < window.start_time_ns() || row.time_ns >= window.end_time_ns()) continue;
      times.push_back(row.time_ns);
      upids.emplace_back(static_cast<uint64_t>(row.node + 1) << 32 | 77u, 5u);
      ids.push_back(row.id);
    }
    return table.batch().time(times).uint128(upids).int64(ids).response().SerializeAsString();
  });
  script.reply([&world, clock](const std::string&) {
    return clock.batch().time({world.clock_ns}).response().SerializeAsString();
  });
  return script.send(table.end()).send(clock.end()).send(fake::stats());
}

int64_t parse_rfc3339(const std::string& text) {
  struct tm parts = {};
  ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  return int64_t{::timegm(&parts)} * kSecondNs + std::stoll(text.substr(20, 9));
}

std::map<int64_t, int> exported_ids(const fake::TempDir& dir) {
  std::map<int64_t, int> found;
  for (const std::string& name : dir.list()) {
    if (!name.ends_with(".csv")) continue;
    std::ifstream file(dir.path(name));
    std::string line;
    for (std::getline(file, line); std::getline(file, line);) {
      ++found[std::stoll(line.substr(line.rfind(',') + 1))];
    }
  }
  return found;
}

struct Scenario {
  int64_t rows_a_second = 2;
  int64_t ahead_s = 0;     // the cluster's clock before the client's
  bool forgetful = false;  // one node holds less than a run's stretch
  bool renamed = false;    // the table, in the middle
  bool reset = false;      // the state, by `pxq jobs`, in the middle
};

void check_day(const Scenario& scenario) {
  INFO(scenario.rows_a_second << " rows a second, clock ahead by " << scenario.ahead_s
                              << " s, forgetful " << scenario.forgetful << ", renamed "
                              << scenario.renamed << ", reset " << scenario.reset);
  constexpr int kRuns = 8;
  const int64_t step = 5 * kMinuteNs;
  const int64_t ahead = scenario.ahead_s * kSecondNs;
  const int64_t begin = now_ns() - (kRuns + 2) * step;  // by the client's clock
  std::mt19937_64 random(20261129);
  World world;
  world.nodes.resize(3);
  int64_t id = 0;
  const int64_t total = scenario.rows_a_second * (kRuns + 1) * 300;
  const int64_t apart = (kRuns + 1) * step / total;
  for (int64_t i = 0; i < total; ++i) {
    const auto node = static_cast<size_t>(random() % 3);
    const int64_t time = begin + ahead + i * apart + static_cast<int64_t>(random() % 1000);
    world.nodes[node].rows.push_back({time, static_cast<int64_t>(node), id});
    world.time_of[id++] = time;
  }
  for (Store& node : world.nodes) node.capacity = node.rows.size();
  // What one node sees in two and a half of the five minutes between runs.
  if (scenario.forgetful) {
    world.nodes[1].capacity = static_cast<size_t>(scenario.rows_a_second * 150 / 3);
  }

  Vizier vizier;
  CronJob job(vizier.address());
  job.script =
      "import px\ndf = px.DataFrame('t', start_time=px.plugin.start_time, "
      "end_time=px.plugin.end_time)\npx.display(df, 'events')\n";
  job.flags = {"--job", "day"};
  std::vector<std::pair<int64_t, int64_t>> gaps;
  int64_t reached = 0;
  int64_t reset_before = 0;
  int64_t begun = 0;  // the end of the first window that had rows
  for (int run = 1; run <= kRuns; ++run) {
    const int64_t at = begin + run * step;
    world.now_ns = at + ahead;
    world.clock_ns = now_ns() + ahead;  // the lag below makes it `at`
    for (const Row& row : world.held()) world.ever_held.insert(row.id);
    if (scenario.renamed && run == 4) world.table = "renamed";
    if (scenario.reset && run == 5) {
      reset_before = reached;
      REQUIRE(fake::run(job.session().command(
                            {"jobs", "day", "reset", "--state", job.dir().path("state")}))
                  .status() == 0);
    }
    vizier.answer_from_now_on(answer_from(world));
    const fake::ProcessResult result = job.run((now_ns() - at + 30 * kSecondNs) / 1'000'000);
    INFO(result.err);
    REQUIRE(result.status() == 0);
    const json summary = job.summary();
    reached = parse_rfc3339(summary["window"]["end"]);
    const bool exports = summary["tables"][0]["exported"]["rows"] > 0;
    if (begun == 0 && exports) begun = reached;
    for (const json& gap : summary["gaps"]) {
      gaps.emplace_back(parse_rfc3339(gap["from"]), parse_rfc3339(gap["to"]));
    }
  }

  const std::map<int64_t, int> exported = exported_ids(job.dir());
  std::vector<int64_t> unnamed;
  std::vector<int64_t> doubled;
  size_t lost = 0;
  for (const auto& [row, time] : world.time_of) {
    if (time >= reached) continue;
    // What no store had any more when the job began was never its own to lose.
    if (time < begun && !world.ever_held.contains(row)) continue;
    const auto found = exported.find(row);
    const int times = found == exported.end() ? 0 : found->second;
    // A job that begins anew exports what is held once more; that is what its user asked for.
    if (times > (time < reset_before ? 2 : 1)) doubled.push_back(row);
    if (times != 0) continue;
    ++lost;
    const bool named = std::any_of(gaps.begin(), gaps.end(), [&](const auto& gap) {
      return time >= gap.first && time < gap.second;
    });
    if (!named) unnamed.push_back(row);
  }
  CHECK(unnamed == std::vector<int64_t>{});
  CHECK(doubled == std::vector<int64_t>{});
  CHECK((lost != 0) == scenario.forgetful);
  // Nothing was made up either.
  for (const auto& [row, times] : exported) CHECK(world.ever_held.contains(row));
}

TEST_CASE("days of three nodes: each row is exported once, or named as lost") {
  check_day({.rows_a_second = GENERATE(2, 10)});
  check_day({.rows_a_second = 10, .forgetful = true});
}

TEST_CASE("the same at 500 rows a second") { check_day({.rows_a_second = 500}); }

TEST_CASE("the same while the clocks differ by up to ten minutes") {
  check_day({.ahead_s = GENERATE(-600, -120, 120, 600)});
  check_day({.ahead_s = -600, .forgetful = true});
  check_day({.ahead_s = 600, .forgetful = true});
}

TEST_CASE("the same while a table is renamed, and while a job is begun anew") {
  check_day({.renamed = true});
  check_day({.reset = true});
  check_day({.ahead_s = 600, .reset = true});
}

}  // namespace
}  // namespace pxq::app
