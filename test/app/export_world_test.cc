// Days of exports from a cluster of several nodes, each with a store and a clock of its own, while
// people edit scripts and remove what they should not. The oracle is what the stores held, row by
// row, whatever the program under test has asked for or said of itself.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "export_world.h"

namespace pxq::app {
namespace {

using fake::Vizier;

enum class Edit { kNone, kComment, kColumnAdded, kColumnRemoved, kWider, kNarrower, kRenamed };
enum class Removed { kNothing, kByReset, kState, kFiles };

struct Scenario {
  int64_t rows_a_second = 2;
  ScriptKind kind = ScriptKind::kPlain;
  int64_t ahead_s = 0;                             // the cluster's clock before the client's
  std::vector<int64_t> nodes_ahead_s = {0, 0, 0};  // each node's before the cluster's
  int forgetful = -1;  // the node that holds less than comes between two runs
  Edit edit = Edit::kNone;
  Removed removed = Removed::kNothing;
  bool append = false;
};

constexpr int kRuns = 8;
constexpr int kEditAt = 4;
constexpr int kRemoveAt = 5;
constexpr int64_t kStep = 5 * kMinuteNs;

class Day {
 public:
  explicit Day(const Scenario& scenario) : scenario_(scenario), job_(vizier_.address()) {
    std::mt19937_64 random(20261129);
    world_.kind = scenario.kind;
    world_.wide = scenario.edit == Edit::kColumnRemoved;
    world_.only_each = scenario.edit == Edit::kWider ? 2 : 1;
    world_.nodes.resize(scenario.nodes_ahead_s.size());
    const int64_t total = scenario.rows_a_second * (kRuns + 1) * 300;
    const int64_t apart = (kRuns + 1) * kStep / total;
    for (int64_t id = 0; id < total; ++id) {
      const size_t node = random() % world_.nodes.size();
      const int64_t arrival = begin_ + ahead() + id * apart + static_cast<int64_t>(random() % 1000);
      const int64_t time = arrival + scenario.nodes_ahead_s[node] * kSecondNs;
      world_.nodes[node].rows.push_back({arrival, time, node, id});
    }
    for (Store& node : world_.nodes) node.capacity = node.rows.size();
    // What one node sees in two and a half of the five minutes between runs.
    if (scenario.forgetful >= 0) {
      world_.nodes[static_cast<size_t>(scenario.forgetful)].capacity =
          static_cast<size_t>(scenario.rows_a_second * 150) / world_.nodes.size();
    }
    if (scenario.append) job_.to = "{table}.csv";
    job_.flags = {"--job", "day"};
    if (scenario.append) job_.flags.push_back("--append");
  }

  World& world() { return world_; }
  CronJob& job() { return job_; }
  int64_t at(int run) const { return begin_ + run * kStep; }

  /// The script as the run's user has it.
  fake::Command command(int run) {
    const std::string comment = scenario_.edit != Edit::kNone && run >= kEditAt ? "# edited\n" : "";
    fake::Command command = job_.command((now_ns() - at(run) + 30 * kSecondNs) / 1'000'000);
    if (scenario_.kind == ScriptKind::kData) {
      std::filesystem::create_directory(job_.session().home().path("data"));
      job_.session().home().write("data/data.pxl", comment + kDataScript);
      job_.session().home().write("data/vis.json", kDataVis);
      command.arguments[1] = "-f";
      command.arguments[2] = job_.session().home().path("data");
    } else if (scenario_.kind == ScriptKind::kBins) {
      command.arguments[2] = comment + kBinScript;
    } else if (comment.empty()) {
      command.arguments.erase(command.arguments.begin() + 1);
      command.arguments[1] = "pxq/export/http_events";
    } else {
      command.arguments[2] = comment + std::string(kPinned);
    }
    return command;
  }

  fake::ProcessResult run(int run) {
    world_.now_ns = at(run) + ahead();
    world_.clock_ns = now_ns() + ahead();  // the lag makes it `at`
    for (const WorldRow& row : world_.held()) held_.insert(row.id);
    if (run == kEditAt) edit();
    if (run == kRemoveAt) remove();
    vizier_.answer_from_now_on(answer_from(world_));
    const fake::ProcessResult result = fake::run(command(run));
    if (result.status() != 0) return result;
    const json summary = job_.summary();
    for (const json& gap : summary["gaps"]) {
      gaps_.emplace_back(parse_time_text(gap["from"]), parse_time_text(gap["to"]));
    }
    if (run == kEditAt) edited_from_ = reached_;
    reached_ = parse_time_text(summary["window"]["end"]);
    if (begun_ == 0) begun_ = world_.now_ns;
    asked_ = world_.now_ns;
    return result;
  }

  void run_all() {
    for (int i = 1; i <= kRuns; ++i) {
      const fake::ProcessResult result = run(i);
      INFO("run " << i << ": " << result.err);
      REQUIRE(result.status() == 0);
    }
  }

  /// Every row that the script gives is exported as often as it should be, or named as lost.
  void check() {
    const auto exported = exported_cells(job_.dir());
    std::vector<int64_t> unnamed;
    std::vector<int64_t> doubled;
    size_t lost = 0;
    for (const Store& node : world_.nodes) {
      for (const WorldRow& row : node.rows) {
        const auto [least, most] = expected(row);
        const auto found = exported.find({row.time_ns, row.id});
        const int times = found == exported.end() ? 0 : found->second;
        if (times > most) doubled.push_back(row.id);
        if (times >= least) continue;
        ++lost;
        if (!named(row.time_ns)) unnamed.push_back(row.id);
      }
    }
    CHECK(unnamed == std::vector<int64_t>{});
    CHECK(doubled == std::vector<int64_t>{});
    CHECK((lost != 0) == (scenario_.forgetful >= 0));
    // Nothing was made up either.
    for (const auto& [cells, times] : exported) CHECK(held_.contains(cells.second));
  }

  /// Each bin is exported once, with all that was in it.
  void check_bins() {
    std::map<std::pair<int64_t, int64_t>, int> expected;
    std::map<int64_t, int64_t> bins;
    for (const Store& node : world_.nodes) {
      for (const WorldRow& row : node.rows) ++bins[row.time_ns / kBinNs * kBinNs];
    }
    for (const auto& [time, count] : bins) {
      if (time < reached_) expected[{time, count}] = 1;
    }
    CHECK(exported_cells(job_.dir()) == expected);
  }

 private:
  static constexpr const char* kDataScript =
      "import px\n"
      "def http_data(start_time: str, num_records: int):\n"
      "    df = px.DataFrame(table='http_events', start_time=start_time)\n"
      "    df.pod = px.script_reference(df.ctx['pod'], 'px/pod', {'start_time': start_time})\n"
      "    return df.head(num_records)\n";
  static constexpr const char* kDataVis = R"({"variables": [
      {"name": "start_time", "type": "PX_STRING", "defaultValue": "-5m"},
      {"name": "max_num_records", "type": "PX_INT64", "defaultValue": "1000"}],
      "globalFuncs": [{"outputName": "http_events", "func": {"name": "http_data", "args": [
        {"name": "start_time", "variable": "start_time"},
        {"name": "num_records", "variable": "max_num_records"}]}}]})";
  static constexpr const char* kBinScript =
      "import px\n"
      "df = px.DataFrame('http_events', start_time=px.plugin.start_time, "
      "end_time=px.plugin.end_time)\n"
      "df.time_ = px.bin(df.time_, px.seconds(10))\n"
      "px.display(df.groupby('time_').agg(id=('time_', px.count)), 'http_events')\n";

  int64_t ahead() const { return scenario_.ahead_s * kSecondNs; }

  void edit() {
    if (scenario_.edit == Edit::kRenamed) world_.table = "renamed";
    if (scenario_.edit == Edit::kColumnAdded) world_.wide = true;
    if (scenario_.edit == Edit::kColumnRemoved) world_.wide = false;
    if (scenario_.edit == Edit::kWider) world_.only_each = 1;
    if (scenario_.edit == Edit::kNarrower) world_.only_each = 2;
  }

  void remove() {
    again_before_ = reached_;
    if (scenario_.removed == Removed::kByReset) {
      REQUIRE(fake::run(job_.session().command(
                            {"jobs", "day", "reset", "--state", job_.dir().path("state")}))
                  .status() == 0);
    } else if (scenario_.removed == Removed::kState) {
      std::filesystem::remove_all(job_.dir().path("state"));
    } else {
      again_before_ = INT64_MIN;
    }
    if (scenario_.removed != Removed::kFiles) return;
    std::filesystem::create_directory(job_.dir().path("archive"));
    for (const std::string& name : job_.dir().list()) {
      if (!name.ends_with(".csv")) continue;
      std::filesystem::rename(job_.dir().path(name), job_.dir().path("archive/" + name));
    }
  }

  // How often a row must be exported, and may be at most.
  std::pair<int, int> expected(const WorldRow& row) const {
    // A job that begins anew exports what is held once more: that is what its user asked for.
    const int most = row.time_ns < again_before_ ? 2 : 1;
    if (row.time_ns >= reached_) return {0, 0};
    if (row.arrival_ns > asked_) return {0, 0};
    // What no store had any more when the job began was never its own to lose.
    if (row.arrival_ns < begun_ && !held_.contains(row.id)) return {0, 0};
    const bool odd = row.id % 2 != 0;
    if (odd && scenario_.edit == Edit::kNarrower && row.time_ns >= edited_from_) return {0, 0};
    // Rows of before the edit that come only now may be late ones, as far as the overlap.
    if (odd && scenario_.edit == Edit::kWider && row.time_ns < edited_from_) {
      return {0, row.time_ns < edited_from_ - kMinuteNs ? 0 : 1};
    }
    return {1, most};
  }

  bool named(int64_t time_ns) const {
    return std::any_of(gaps_.begin(), gaps_.end(), [&](const auto& gap) {
      return time_ns >= gap.first && time_ns < gap.second;
    });
  }

  Scenario scenario_;
  int64_t begin_ = now_ns() - (kRuns + 2) * kStep;  // by the client's clock
  Vizier vizier_;
  CronJob job_;
  World world_;
  std::set<int64_t> held_;  // ids that some run could see
  std::vector<std::pair<int64_t, int64_t>> gaps_;
  int64_t begun_ = 0;    // when the first run asked, by the cluster's clock
  int64_t asked_ = 0;    // when the last one did
  int64_t reached_ = 0;  // the end of its window
  int64_t edited_from_ = 0;
  int64_t again_before_ = INT64_MIN;
};

void check_day(const Scenario& scenario) {
  INFO(scenario.rows_a_second << " rows a second, clock ahead by " << scenario.ahead_s
                              << " s, nodes' by " << scenario.nodes_ahead_s[0] << ", "
                              << scenario.nodes_ahead_s[1] << ", " << scenario.nodes_ahead_s[2]
                              << " s, forgetful " << scenario.forgetful << ", edit "
                              << static_cast<int>(scenario.edit) << ", removed "
                              << static_cast<int>(scenario.removed) << ", append "
                              << scenario.append);
  Day day(scenario);
  day.run_all();
  day.check();
}

TEST_CASE("days of three nodes: each row is exported once, or named as lost") {
  check_day({.rows_a_second = GENERATE(2, 10)});
  check_day({.rows_a_second = 10, .forgetful = GENERATE(0, 1, 2)});
}

TEST_CASE("the same at 500 rows a second") {
  check_day({.rows_a_second = 500, .forgetful = GENERATE(-1, 1)});
}

TEST_CASE("the same while the clocks differ by up to ten minutes") {
  const int64_t ahead_s = GENERATE(-600, -120, 120, 600);
  check_day({.ahead_s = ahead_s, .forgetful = GENERATE(-1, 1)});
}

TEST_CASE("the same while each node has a clock of its own") {
  const std::vector<int64_t> clocks = GENERATE(values<std::vector<int64_t>>(
      {{0, -600, 600}, {-600, -600, -600}, {-45, 0, -100}, {600, 0, -20}}));
  const int64_t ahead_s = GENERATE(0, -600, 600);
  check_day({.ahead_s = ahead_s, .nodes_ahead_s = clocks});
}

TEST_CASE("the same while nodes with clocks of their own forget") {
  // But for a node that has forgotten its rows before their time has come.
  check_day({.nodes_ahead_s = {0, -600, 600}, .forgetful = GENERATE(0, 1)});
  check_day({.nodes_ahead_s = {600, 0, -20}, .forgetful = GENERATE(1, 2)});
}

TEST_CASE("the same while people edit the script") {
  const Edit edit = GENERATE(Edit::kComment, Edit::kColumnAdded, Edit::kColumnRemoved, Edit::kWider,
                             Edit::kNarrower, Edit::kRenamed);
  check_day({.edit = edit});
  check_day({.rows_a_second = 10, .nodes_ahead_s = {0, 30, -20}, .edit = edit});
}

TEST_CASE("the same while a job is begun anew, or its state or its files are removed") {
  const Removed removed = GENERATE(Removed::kByReset, Removed::kState, Removed::kFiles);
  check_day({.removed = removed, .append = GENERATE(false, true)});
  check_day({.ahead_s = 600, .removed = removed});
}

TEST_CASE("the same of a script that ends in head(), as long as its rows are fewer") {
  check_day({.rows_a_second = 2, .kind = ScriptKind::kData});
  check_day({.rows_a_second = 2, .kind = ScriptKind::kData, .ahead_s = 600, .forgetful = 1});
}

TEST_CASE("a script that ends in head() is refused where its rows are more") {
  Day day({.rows_a_second = GENERATE(10, 500), .kind = ScriptKind::kData});
  for (int run = 1; run <= 3; ++run) {
    const fake::ProcessResult result = day.run(run);
    INFO(result.err);
    CHECK(result.status() == 11);
    CHECK_THAT(result.err, Catch::Contains("1000 rows of the argument max_num_records=1000"));
  }
  CHECK(exported_cells(day.job().dir()).empty());
}

TEST_CASE("the same of a script that counts by time, if windows are aligned, else it is refused") {
  const int64_t rate = GENERATE(2, 10, 500);
  Day day({.rows_a_second = rate, .kind = ScriptKind::kBins});
  const fake::ProcessResult refused = day.run(1);
  CHECK(refused.status() == 11);
  CHECK_THAT(refused.err, Catch::Contains("--align 10"));
  CHECK(exported_cells(day.job().dir()).empty());
  day.job().flags.insert(day.job().flags.end(), {"--align", "10s"});
  day.run_all();
  day.check_bins();
}

}  // namespace
}  // namespace pxq::app
