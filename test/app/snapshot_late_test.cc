// Growing snapshots of a cluster whose rows arrive late: behind the end of a window but within the
// overlap they are in the next file, once; later than that they are counted and told. What the
// cluster held, and when, decides what must be where.

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/seeds.h"
#include "growing_world.h"

namespace pxq::app {
namespace {

constexpr int64_t kStep = 5 * kMinuteNs;
constexpr int64_t kOverlap = kMinuteNs;

int64_t begin_of_day() { return (kThen / kMinuteNs) * kMinuteNs; }

/// Rows of one node that are seen at once, one in ten seconds, each a little later in them, so that
/// they are no counts of some time.
void add_punctual(World& world, size_t node, int64_t from_ns, int64_t to_ns) {
  if (world.nodes.size() <= node) world.nodes.resize(node + 1);
  for (int64_t time = from_ns; time < to_ns; time += 10 * kSecondNs) {
    const auto id = static_cast<int64_t>(world.nodes[node].rows.size());
    world.nodes[node].rows.push_back({time + kSecondNs, time + id * 1'000'003, node, id});
  }
}

/// A row that is dated then and seen so much later.
void add_late(World& world, size_t node, int64_t time_ns, int64_t late_ns, int64_t id) {
  if (world.nodes.size() <= node) world.nodes.resize(node + 1);
  std::vector<WorldRow>& rows = world.nodes[node].rows;
  rows.push_back({time_ns + late_ns, time_ns, node, id});
  std::ranges::stable_sort(rows, {}, &WorldRow::arrival_ns);
}

TEST_CASE("a row that arrives late within the overlap is in the next file of a snapshot, once") {
  KeptCluster kept;
  const int64_t first_end = begin_of_day() + kStep;
  const int64_t second_end = first_end + kStep;
  add_punctual(kept.world(), 0, begin_of_day(), second_end + kStep);
  const int64_t late = first_end - 40 * kSecondNs;
  add_late(kept.world(), 0, late, 2 * kMinuteNs, 1001);
  // One more that is equal in all cells to one which was there in time.
  const WorldRow twin = kept.world().nodes[0].rows[27];
  REQUIRE(twin.time_ns > first_end - kOverlap);
  add_late(kept.world(), 0, twin.time_ns, 2 * kMinuteNs, twin.id);
  REQUIRE(kept.run(first_end).status() == 0);
  CHECK_FALSE(kept.cells().contains({late, 1001}));
  for (const int64_t end : {second_end, second_end + kStep}) {
    const auto result = kept.run(end);
    INFO(result.err);
    REQUIRE(result.status() == 0);
    CHECK(result.err.empty());
    CHECK(kept.table_summary()["late_rows"] == (end == second_end ? 2 : 0));
    CHECK(kept.table_summary()["rows_too_late"] == 0);
  }
  const Cells all = kept.cells();
  CHECK(all.at({late, 1001}) == 1);
  CHECK(all.at({twin.time_ns, twin.id}) == 2);
  CHECK(all.size() == 91);
  const std::vector<std::string> files = kept.segments();
  REQUIRE(files.size() == 3);
  CHECK_FALSE(kept.cells(files[0]).contains({late, 1001}));
  CHECK(kept.cells(files[1]).at({late, 1001}) == 1);
  CHECK_FALSE(kept.cells(files[2]).contains({late, 1001}));
  // It stands at its own time: a look from before the second window shows it.
  const std::string at = std::to_string((first_end - 10 * kSecondNs) / kSecondNs);
  const Cells then = kept.cells(kept.dir().path("kept"), {"--at", at});
  CHECK(then.contains({late, 1001}));
  CHECK_FALSE(then.contains({first_end + 10 * kSecondNs, 31}));
}

TEST_CASE("a late row of a process that only the later file knows has its names as of its time") {
  KeptCluster kept;
  const int64_t end = begin_of_day() + kStep;
  add_punctual(kept.world(), 0, begin_of_day(), end + kStep);
  const int64_t late = end - 40 * kSecondNs;
  add_late(kept.world(), 1, late, 2 * kMinuteNs, 7);
  REQUIRE(kept.run(end).status() == 0);
  REQUIRE(kept.run(end + kStep).status() == 0);
  const std::string row = "7," + pod_of(1) + "\n";
  CHECK_THAT(kept.shown(kept.dir().path("kept"), "'id', 'pod'"), Catch::Contains(row));
  const std::string at = std::to_string((end - 10 * kSecondNs) / kSecondNs);
  CHECK_THAT(kept.shown(kept.dir().path("kept"), "'id', 'pod'", {"--at", at}),
             Catch::Contains(row));
}

TEST_CASE("a row that arrives later than the overlap is counted and told, and not in a snapshot") {
  const bool strict = GENERATE(false, true);
  KeptCluster kept;
  const int64_t end = begin_of_day() + kStep;
  add_punctual(kept.world(), 0, begin_of_day(), end + 2 * kStep);
  for (const int64_t id : {501, 502}) {
    add_late(kept.world(), 0, end - kOverlap - id * kSecondNs / 20, 3 * kMinuteNs, id);
  }
  if (strict) kept.flags = {"--strict"};
  REQUIRE(kept.run(end).status() == 0);
  const auto second = kept.run(end + kStep);
  INFO(second.err);
  CHECK(second.status() == (strict ? 11 : 0));
  CHECK_THAT(second.err, Catch::Contains("2 rows of table 'ticks' came later than --overlap"));
  CHECK(count("\n" + second.err, "\npxq: error: ") == (strict ? 1 : 0));
  CHECK(kept.table_summary()["rows_too_late"] == 2);
  CHECK(kept.table_summary()["late_rows"] == 0);
  // What was exported stays so: the next run goes on from there.
  const auto third = kept.run(end + 2 * kStep);
  INFO(third.err);
  CHECK(third.status() == 0);
  CHECK(third.err.empty());
  const Cells all = kept.cells();
  CHECK(all.size() == 90);
  CHECK(std::ranges::all_of(all, [](const auto& cell) { return cell.second == 1; }));
}

/// A run: its window, and the moments of the cluster at which it and the one before it looked.
struct Look {
  int64_t start_ns = INT64_MIN;
  int64_t end_ns = 0;
  int64_t before_ns = INT64_MIN;
  int64_t now_ns = 0;
};

/// What a run must bring of a world.
struct Due {
  Cells cells;
  int64_t late = 0;
  int64_t too_late = 0;
};

Due due_at(const World& world, const Look& look) {
  Due due;
  for (const Store& node : world.nodes) {
    for (const WorldRow& row : node.rows) {
      if (row.arrival_ns > look.now_ns || row.time_ns >= look.end_ns) continue;
      const bool in_window = row.time_ns >= look.start_ns;
      if (!in_window && row.arrival_ns <= look.before_ns) continue;
      const int64_t late_ns = in_window ? 0 : look.start_ns - row.time_ns;
      if (late_ns <= kOverlap) ++due.cells[{row.time_ns, row.id}];
      if (late_ns > 0 && late_ns <= kOverlap) ++due.late;
      if (late_ns > kOverlap && late_ns <= 2 * kOverlap) ++due.too_late;
    }
  }
  return due;
}

/// The cells that are there more or less often than they should be, by how much.
std::string difference(const Cells& found, Cells due) {
  for (const auto& [cell, times] : found) due[cell] -= times;
  std::string text;
  for (const auto& [cell, less] : due) {
    if (less == 0) continue;
    text += std::to_string(cell.second) + " of " + std::to_string(cell.first) + " is there " +
            std::to_string(-less) + " times too often\n";
  }
  return text;
}

TEST_CASE("whenever rows arrive, each file of a snapshot has those that are due, once") {
  const uint64_t seed = GENERATE(from_range(fake::seeds(3)));
  std::mt19937_64 random(seed);
  KeptCluster kept;
  constexpr int kRuns = 4;
  const int64_t begin = begin_of_day();
  for (size_t node = 0; node < 2; ++node) {
    add_punctual(kept.world(), node, begin, begin + (kRuns + 1) * kStep);
  }
  for (int64_t id = 10'000; id < 10'200; ++id) {
    const auto within = static_cast<int64_t>(random() % static_cast<uint64_t>(kRuns * kStep));
    const auto late = static_cast<int64_t>(random() % static_cast<uint64_t>(4 * kMinuteNs));
    add_late(kept.world(), id % 2 == 0 ? 0 : 1, begin + within, late, id);
  }
  Cells due_in_all;
  int64_t late_in_all = 0;
  int64_t too_late_in_all = 0;
  Look look;
  for (int run = 1; run <= kRuns; ++run) {
    const auto result = kept.run(begin + run * kStep);
    INFO("seed " << seed << ", run " << run << ": " << result.err);
    REQUIRE(result.status() == 0);
    look.now_ns = kept.world().now_ns;
    look.end_ns = kept.reached_ns();
    const Due due = due_at(kept.world(), look);
    look = {.start_ns = look.end_ns, .before_ns = look.now_ns};
    CHECK(kept.table_summary()["late_rows"] == due.late);
    CHECK(kept.table_summary()["rows_too_late"] == due.too_late);
    CHECK((result.err.find("came later than --overlap") != std::string::npos) ==
          (due.too_late != 0));
    CHECK(difference(kept.cells(kept.segments().back()), due.cells) == "");
    for (const auto& [cell, times] : due.cells) due_in_all[cell] += times;
    late_in_all += due.late;
    too_late_in_all += due.too_late;
  }
  CHECK(late_in_all > 0);
  CHECK(too_late_in_all > 0);
  CHECK(difference(kept.cells(), due_in_all) == "");
}

}  // namespace
}  // namespace pxq::app
