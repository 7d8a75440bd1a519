#include "export/window.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

using namespace pxq;
using namespace std::chrono_literals;

namespace {

struct Row {
  int64_t time = 0;
  int64_t value = 0;
  auto operator<=>(const Row&) const = default;
};

Schema timed_schema(const std::string& name = "http") {
  return {.name = name,
          .id = name,
          .columns = {{.name = "time_", .type = DataType::kTime64Ns, .description = ""},
                      {.name = "value", .type = DataType::kInt64, .description = ""}}};
}

RowBatch batch_of(const std::vector<Row>& rows) {
  Time64Column times;
  Int64Column values;
  for (const Row& row : rows) {
    times.push_back({row.time});
    values.push_back(row.value);
  }
  RowBatch batch;
  batch.num_rows = rows.size();
  batch.columns.emplace_back(std::move(times));
  batch.columns.emplace_back(std::move(values));
  return batch;
}

class Collect final : public ResultSink {
 public:
  void begin(const Schema&) override {}
  void rows(const Schema&, const RowBatch& batch) override {
    for (size_t i = 0; i < batch.num_rows; ++i) {
      seen.push_back({std::get<Time64Column>(batch.columns[0])[i].ns,
                      std::get<Int64Column>(batch.columns[1])[i]});
    }
  }
  void end(const Summary&) override { ++ends; }

  std::vector<Row> seen;
  int ends = 0;
};

struct Run {
  std::vector<Row> exported;
  ExportState next;
  std::vector<Gap> gaps;
  std::vector<WindowedTable> tables;
};

/// A run that asks for what its window names, of `held` rows.
Run run(const ExportState& state, const WindowOptions& options, const std::vector<Row>& held) {
  const Window window = plan_window(state, options);
  Collect collect;
  WindowSink sink(state, window, options.overlap, collect);
  const Schema schema = timed_schema();
  sink.begin(schema);
  for (const Row& row : held) {
    if (row.time >= window.query_start_ns) sink.rows(schema, batch_of({row}));
  }
  sink.end({});
  REQUIRE(sink.status().ok());
  REQUIRE(collect.ends == 1);
  return {collect.seen, sink.next_state(), sink.gaps(), sink.tables()};
}

}  // namespace

TEST_CASE("windows are half-open, adjacent and end before the lag") {
  const auto first =
      run({}, {.now_ns = 110, .lag = 10ns, .overlap = 0ns}, {{1, 1}, {99, 2}, {100, 3}, {105, 4}});
  CHECK(first.exported == std::vector<Row>{{1, 1}, {99, 2}});
  CHECK(first.next.tables.at("http").watermark_ns == 100);
  const auto second = run(first.next, {.now_ns = 120, .lag = 10ns, .overlap = 0ns},
                          {{99, 2}, {100, 3}, {105, 4}, {110, 5}});
  CHECK(second.exported == std::vector<Row>{{100, 3}, {105, 4}});
}

TEST_CASE("a run so soon after the last that nothing is due has an empty window") {
  const auto first = run({}, {.now_ns = 110, .lag = 10ns}, {});
  CHECK(plan_window(first.next, {.now_ns = 110, .lag = 10ns}).empty());
  CHECK(plan_window(first.next, {.now_ns = 105, .lag = 10ns}).empty());
  CHECK_FALSE(plan_window(first.next, {.now_ns = 111, .lag = 10ns}).empty());
}

TEST_CASE("the first run starts where it is told, and later ones never go before that") {
  const WindowOptions options{.now_ns = 100, .overlap = 80ns, .first_start_ns = 50};
  const auto first = run({}, options, {{40, 1}, {50, 2}});
  CHECK(first.exported == std::vector<Row>{{50, 2}});
  const auto second =
      run(first.next, {.now_ns = 110, .overlap = 80ns}, {{40, 1}, {45, 9}, {50, 2}, {60, 3}});
  CHECK(second.exported == std::vector<Row>{{60, 3}});
}

TEST_CASE("rows that arrive late are exported once, rows that were there are not again") {
  const WindowOptions at_100{.now_ns = 100, .overlap = 20ns};
  const auto first = run({}, at_100, {{70, 1}, {85, 2}, {85, 2}});
  CHECK(first.exported.size() == 3);
  // A third equal row and another one have come late; {70, 1} is older than the overlap.
  const auto second = run(first.next, {.now_ns = 130, .overlap = 20ns},
                          {{70, 9}, {85, 2}, {85, 2}, {85, 2}, {90, 7}, {110, 3}});
  CHECK(second.exported == std::vector<Row>{{85, 2}, {90, 7}, {110, 3}});
  CHECK(second.tables[0].late_rows == 2);
  CHECK(second.tables[0].doubled == 2);
  CHECK(second.tables[0].first_ns == 85);
  CHECK(second.tables[0].last_ns == 110);
}

TEST_CASE("a larger or smaller overlap next time doubles nothing") {
  const auto first = run({}, {.now_ns = 100, .overlap = 10ns}, {{80, 1}, {95, 2}});
  const auto larger =
      run(first.next, {.now_ns = 120, .overlap = 60ns}, {{80, 1}, {95, 2}, {105, 3}});
  CHECK(larger.exported == std::vector<Row>{{105, 3}});
  const auto smaller =
      run(larger.next, {.now_ns = 140, .overlap = 5ns}, {{80, 1}, {95, 2}, {105, 3}, {119, 4}});
  CHECK(smaller.exported == std::vector<Row>{{119, 4}});
}

TEST_CASE("a row that one answer left out and the next has again is not exported twice") {
  const auto first = run({}, {.now_ns = 100, .overlap = 50ns}, {{90, 1}});
  const auto without = run(first.next, {.now_ns = 110, .overlap = 50ns}, {});
  const auto again = run(without.next, {.now_ns = 120, .overlap = 50ns}, {{90, 1}});
  CHECK(again.exported.empty());
}

TEST_CASE("data that was evicted before it was read is a gap with its ends") {
  const auto first = run({}, {.now_ns = 100, .overlap = 20ns}, {{90, 1}});
  const auto fine = run(first.next, {.now_ns = 200, .overlap = 20ns}, {{90, 1}, {150, 2}});
  CHECK(fine.gaps.empty());
  const auto evicted = run(first.next, {.now_ns = 200, .overlap = 20ns}, {{150, 2}});
  REQUIRE(evicted.gaps.size() == 1);
  CHECK(evicted.gaps[0].from_ns == 100);
  CHECK(evicted.gaps[0].to_ns == 150);
  CHECK(evicted.gaps[0].certain);
  const auto all_gone = run(first.next, {.now_ns = 200, .overlap = 20ns}, {});
  REQUIRE(all_gone.gaps.size() == 1);
  CHECK(all_gone.gaps[0].to_ns == 200);
}

TEST_CASE("an idle table is not a certain gap") {
  const auto idle = run({}, {.now_ns = 100, .overlap = 20ns}, {{10, 1}});
  CHECK(run(idle.next, {.now_ns = 200, .overlap = 20ns}, {}).gaps.empty());
  const auto later = run(idle.next, {.now_ns = 200, .overlap = 20ns}, {{150, 2}});
  REQUIRE(later.gaps.size() == 1);
  CHECK_FALSE(later.gaps[0].certain);
}

TEST_CASE("tables that cannot be windowed are refused") {
  Collect collect;
  WindowSink sink({}, {}, 0ns, collect);
  const Schema no_time{.name = "t", .id = "t", .columns = {}};
  sink.begin(no_time);
  CHECK(sink.status().code() == Code::kUsage);
  WindowSink second({}, {}, 0ns, collect);
  const Schema schema = timed_schema();
  const Schema same_name = timed_schema();
  second.begin(schema);
  second.begin(same_name);
  CHECK(second.status().code() == Code::kUsage);
}

TEST_CASE("tables that a run did not see keep their watermark") {
  ExportState state;
  state.tables["other"] = {.watermark_ns = 40, .seam_from_ns = 30, .seam = {}};
  const auto after = run(state, {.now_ns = 100}, {{50, 1}});
  CHECK(after.next.tables.at("other") == state.tables.at("other"));
  CHECK(after.next.tables.at("http").watermark_ns == 100);
}

TEST_CASE("extreme times and overlaps do not overflow") {
  const auto first =
      run({}, {.now_ns = INT64_MAX, .overlap = Duration::max()}, {{INT64_MAX - 1, 1}, {5, 2}});
  CHECK(first.exported.size() == 2);
  const Window window = plan_window(first.next, {.now_ns = INT64_MAX, .overlap = Duration::max()});
  CHECK(window.query_start_ns <= 0);
}

TEST_CASE("a day of runs with late rows, lost runs and any batches exports each row once") {
  std::mt19937_64 random(7);
  constexpr int64_t kLate = 60;
  struct Arriving {
    Row row;
    int64_t arrives = 0;
  };
  std::vector<Arriving> all;
  for (int64_t i = 0; i < 20'000; ++i) {
    const int64_t time = static_cast<int64_t>(random() % 86'400);
    // Few values, so that equal rows are common.
    all.push_back({{time, static_cast<int64_t>(random() % 3)},
                   time + static_cast<int64_t>(random() % kLate)});
  }
  ExportState state;
  std::vector<Row> exported;
  for (int64_t now = 300; now <= 87'000; now += 300) {
    std::vector<Row> held;
    for (const Arriving& one : all) {
      if (one.arrives <= now && one.row.time > now - 7200) held.push_back(one.row);
    }
    std::shuffle(held.begin(), held.end(), random);
    const auto result = run(state, {.now_ns = now, .lag = 10ns, .overlap = Duration(kLate)}, held);
    if (random() % 5 == 0) continue;  // the stream was cut: neither rows nor state are kept
    exported.insert(exported.end(), result.exported.begin(), result.exported.end());
    state = *parse_state(state_text(result.next), "f", "", "", now);
    REQUIRE(result.gaps.empty());
  }
  std::vector<Row> expected;
  for (const Arriving& one : all) expected.push_back(one.row);
  std::ranges::sort(expected);
  std::ranges::sort(exported);
  CHECK(exported == expected);
}
