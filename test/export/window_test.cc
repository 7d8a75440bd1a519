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
  WindowSink sink(state, window, options, collect);
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

TEST_CASE("an idle table's last row is asked for again, and decides whether there is a gap") {
  const WindowOptions later{.now_ns = 200, .overlap = 20ns};
  const auto idle = run({}, {.now_ns = 100, .overlap = 20ns}, {{10, 1}});
  CHECK(plan_window(idle.next, later).query_start_ns == 10);
  CHECK(run(idle.next, later, {{10, 1}}).gaps.empty());
  CHECK(run(idle.next, later, {{10, 1}, {150, 2}}).gaps.empty());
  const auto evicted = run(idle.next, later, {{150, 2}});
  REQUIRE(evicted.gaps.size() == 1);
  CHECK(evicted.gaps[0].certain);
  CHECK(evicted.gaps[0].from_ns == 100);
  CHECK(evicted.gaps[0].to_ns == 150);
  CHECK(run(evicted.next, {.now_ns = 300, .overlap = 20ns}, {{150, 2}}).gaps.empty());
  // Nothing is held: the row may as well have been forgotten alone. Told once.
  const auto gone = run(idle.next, later, {});
  REQUIRE(gone.gaps.size() == 1);
  CHECK_FALSE(gone.gaps[0].certain);
  CHECK(run(gone.next, {.now_ns = 300, .overlap = 20ns}, {}).gaps.empty());
}

TEST_CASE("a table's very first rows are no certain gap") {
  const auto empty = run({}, {.now_ns = 100, .overlap = 20ns}, {});
  const auto first = run(empty.next, {.now_ns = 200, .overlap = 20ns}, {{150, 1}});
  REQUIRE(first.gaps.size() == 1);
  CHECK_FALSE(first.gaps[0].certain);
  CHECK(first.gaps[0].missing_rows == 0);
}

TEST_CASE("one node that forgets beside one that remembers is a certain gap") {
  std::vector<Row> both;
  std::vector<Row> kept;
  for (int64_t time = 80; time < 200; ++time) {
    both.push_back({time, time % 2});
    if (time % 2 == 0 || time >= 150) kept.push_back({time, time % 2});
  }
  const auto first = run({}, {.now_ns = 100, .overlap = 20ns}, both);
  const auto next = run(first.next, {.now_ns = 200, .overlap = 20ns}, kept);
  REQUIRE(next.gaps.size() == 1);
  CHECK(next.gaps[0].certain);
  CHECK(next.gaps[0].from_ns <= 100);
  CHECK(next.gaps[0].to_ns >= 150);
  CHECK(next.tables[0].dedup_rows == 20);
  CHECK(next.tables[0].dedup_rows_missing == 10);
  const auto after = run(next.next, {.now_ns = 210, .overlap = 20ns}, kept);
  CHECK(after.gaps.empty());
}

TEST_CASE("a gap reaches as far as late rows may hide it") {
  const auto first = run({}, {.now_ns = 100, .overlap = 60ns}, {{90, 1}, {95, 1}});
  // The store forgot all that came before 165; {110, 7} had come later than that.
  const auto next = run(first.next, {.now_ns = 300, .overlap = 60ns},
                        {{110, 7}, {166, 1}, {170, 1}, {120, 8}, {180, 1}});
  REQUIRE(next.gaps.size() == 1);
  CHECK(next.gaps[0].to_ns == 160);  // 110 and the 50 that {120, 8} was late
}

TEST_CASE("rows that came later than the overlap are counted, once") {
  const auto first = run({}, {.now_ns = 100, .overlap = 10ns}, {{85, 1}, {95, 1}});
  const std::vector<Row> held = {{85, 1}, {86, 2}, {95, 1}, {101, 3}};
  const auto next = run(first.next, {.now_ns = 103, .overlap = 10ns}, held);
  CHECK(next.exported == std::vector<Row>{{101, 3}});
  CHECK(next.tables[0].too_late == 1);
  CHECK(next.tables[0].outside == 1);
  CHECK(run(next.next, {.now_ns = 105, .overlap = 10ns}, held).tables[0].too_late == 0);
}

TEST_CASE("rows that change from query to query are refused, unless they may come twice") {
  std::vector<Row> held;
  std::vector<Row> other;
  for (int64_t time = 80; time < 100; ++time) {
    held.push_back({time, 1});
    other.push_back({time, 2});
  }
  WindowOptions options{.now_ns = 100, .overlap = 10ns};
  const auto first = run({}, options, held);
  options.now_ns = 120;
  options.dedup = GENERATE(true, false);
  Collect collect;
  WindowSink sink(first.next, plan_window(first.next, options), options, collect);
  const Schema schema = timed_schema();
  sink.begin(schema);
  sink.rows(schema, batch_of(other));
  sink.end({});
  CHECK(sink.status().ok() == !options.dedup);
  if (!options.dedup) return;
  CHECK(sink.status().code() == Code::kLimit);
  CHECK(sink.status().hint().find("--dedup off") != std::string::npos);
}

// A row with a process's id, whose upper part is its node.
Schema node_schema(bool wide) {
  Schema schema = timed_schema();
  schema.columns.push_back({.name = "upid",
                            .type = DataType::kUint128,
                            .semantic = SemanticType::kUpid,
                            .description = ""});
  if (wide) schema.columns.push_back({.name = "more", .type = DataType::kInt64, .description = ""});
  return schema;
}

struct NodeRow {
  int64_t time = 0;
  int64_t value = 0;
  uint64_t node = 0;
};

struct NodeRun {
  std::vector<Row> exported;
  ExportState next;
  std::vector<Gap> gaps;
  WindowedTable table;
  bool unlike = false;
  Status status;
};

NodeRun run_nodes(const ExportState& state, const WindowOptions& options,
                  const std::vector<NodeRow>& held, bool wide = false) {
  const Window window = plan_window(state, options);
  Collect collect;
  WindowSink sink(state, window, options, collect);
  const Schema schema = node_schema(wide);
  sink.begin(schema);
  for (const NodeRow& row : held) {
    if (row.time < window.query_start_ns || row.time >= window.end_ns) continue;
    RowBatch batch = batch_of({{row.time, row.value}});
    batch.columns.emplace_back(Uint128Column{{.high = row.node << 32, .low = 1}});
    if (wide) batch.columns.emplace_back(Int64Column{row.value});
    sink.rows(schema, batch);
  }
  sink.end({});
  return {collect.seen,     sink.next_state(), sink.gaps(),
          sink.tables()[0], sink.unlike(),     sink.status()};
}

TEST_CASE("rows of a node whose clock is behind are exported once, as far as they are") {
  const WindowOptions at_1000{.now_ns = 1000, .overlap = 10ns};
  std::vector<NodeRow> held = {{990, 1, 1}, {400, 2, 2}};
  const auto first = run_nodes({}, at_1000, held);
  CHECK(first.next.tables.at("http").behind.size() == 1);
  held.push_back({1050, 3, 1});
  held.push_back({450, 4, 2});
  const WindowOptions at_1100{.now_ns = 1100, .overlap = 10ns};
  const auto second = run_nodes(first.next, at_1100, held);
  CHECK(second.exported == std::vector<Row>{{1050, 3}, {450, 4}});
  CHECK(second.gaps.empty());
  const auto third = run_nodes(second.next, {.now_ns = 1200, .overlap = 10ns}, held);
  CHECK(third.exported.empty());
  // Forgotten, with what came since: from its own last row on.
  const auto lost = run_nodes(second.next, {.now_ns = 1200, .overlap = 10ns},
                              {{990, 1, 1}, {1050, 3, 1}, {550, 5, 2}});
  REQUIRE(lost.gaps.size() == 1);
  CHECK(lost.gaps[0].from_ns == 451);
  CHECK(lost.gaps[0].to_ns == 550);
  CHECK(lost.gaps[0].certain);
}

TEST_CASE("a node that was idle for a while is not taken for one that is behind") {
  const WindowOptions options{.now_ns = 1000, .overlap = 10ns};
  auto state = run_nodes({}, options, {{985, 1, 1}, {990, 2, 2}}).next;
  CHECK(state.tables.at("http").behind.empty());
  state =
      run_nodes(state, {.now_ns = 1100, .overlap = 10ns}, {{985, 1, 1}, {990, 2, 2}, {1090, 3, 1}})
          .next;
  CHECK(state.tables.at("http").behind.empty());
  CHECK(plan_window(state, {.now_ns = 1200, .overlap = 10ns}).query_start_ns == 1080);
}

TEST_CASE("rows of an edited script are known by their time where their cells are not the same") {
  const WindowOptions options{.now_ns = 100, .overlap = 20ns, .script = "a"};
  const std::vector<NodeRow> held = {{90, 1, 1}, {95, 2, 1}};
  const auto first = run_nodes({}, options, held);
  WindowOptions next{.now_ns = 200, .overlap = 20ns, .script = "a"};
  CHECK_FALSE(run_nodes(first.next, next, held).unlike);
  next.script = "b";
  CHECK_FALSE(run_nodes(first.next, next, held).unlike);  // a comment, say
  next.script = "a";
  const auto unlike =
      run_nodes(first.next, next, held, true);  // as after an upgrade of the cluster
  CHECK(unlike.unlike);
  CHECK(unlike.status.code() == Code::kLimit);
  next.known_by_time = true;
  std::vector<NodeRow> more = held;
  more.push_back({92, 3, 1});  // late, or changed: nobody knows which
  more.push_back({150, 4, 1});
  const auto again = run_nodes(first.next, next, more, true);
  CHECK(again.status.ok());
  CHECK(again.exported == std::vector<Row>{{150, 4}});
  CHECK(again.table.by_time == 3);
  CHECK(again.table.doubled == 2);
  CHECK(again.table.too_late == 1);
  CHECK(again.gaps.empty());
  // From now on they are known by their cells.
  next.now_ns = 205;
  next.known_by_time = false;
  const auto third = run_nodes(again.next, next, more, true);
  CHECK(third.exported.empty());
  CHECK_FALSE(third.unlike);
  CHECK(third.gaps.empty());
}

TEST_CASE("windows end on multiples, and bins that do not fit the window are refused") {
  constexpr int64_t kBin = 10'000'000'000;
  std::vector<Row> bins;
  for (int64_t i = 1; i < 20; ++i) bins.push_back({i * kBin, i});
  WindowOptions options{.now_ns = 15 * kBin + 7, .overlap = 0ns};
  const auto status = [&] {
    Collect collect;
    WindowSink sink({}, plan_window({}, options), options, collect);
    const Schema schema = timed_schema();
    sink.begin(schema);
    sink.rows(schema, batch_of(bins));
    sink.end({});
    return sink.status();
  };
  CHECK(status().code() == Code::kLimit);
  CHECK(status().hint().find("--align 10s") != std::string::npos);
  options.align = Duration(kBin);
  CHECK(status().ok());
  CHECK(plan_window({}, options).end_ns == 15 * kBin);
}

TEST_CASE("what a state knows of nodes, gaps and clocks comes back from its text") {
  ExportState state{.job = "j", .cluster = "c", .tables = {}};
  state.tables["t"] = {.watermark_ns = 9, .dedup_from_ns = 5, .dedup_window = {{{7, {1, 2}}, 1}}};
  state.tables["t"].last_rows[3] = {7, {1, 2}};
  state.tables["t"].evidence_from_ns = 4;
  state.tables["t"].behind = {3, 9};
  state.tables["t"].shape = "0123456789abcdef";
  state.tables["t"].behind = {3, 9};
  state.tables["t"].shape = "0123456789abcdef";
  state.untold_gaps.push_back({"t", 1, 2, true, 3});
  state.clock_ahead_ns = -600;
  state.began_ns = 11;
  state.skipped = {{20, 30}};
  state.covered = {{1, 5}, {7, 9}};
  const auto read = parse_state(state_text(state), "f");
  REQUIRE(read.ok());
  CHECK(*read == state);
}

TEST_CASE("a backfill is of what nobody has asked for") {
  std::vector<Stretch> covered;
  add_stretch(covered, {10, 20});
  add_stretch(covered, {40, 50});
  add_stretch(covered, {30, 30});
  CHECK(covered == std::vector<Stretch>{{10, 20}, {40, 50}});
  add_stretch(covered, {20, 25});
  CHECK(covered == std::vector<Stretch>{{10, 25}, {40, 50}});
  CHECK(without({0, 100}, covered) == std::vector<Stretch>{{0, 10}, {25, 40}, {50, 100}});
  CHECK(without({12, 45}, covered) == std::vector<Stretch>{{25, 40}});
  CHECK(without({10, 25}, covered).empty());
  add_stretch(covered, {5, 45});
  CHECK(covered == std::vector<Stretch>{{5, 50}});
  CHECK(never_asked({0, 100}, 30, {{50, 60}, {90, 200}}) ==
        std::vector<Stretch>{{0, 30}, {50, 60}, {90, 100}});
  CHECK(never_asked({30, 50}, 30, {{50, 60}}).empty());
}

TEST_CASE("tables that cannot be windowed are refused") {
  Collect collect;
  WindowSink sink({}, {}, {}, collect);
  const Schema no_time{.name = "t", .id = "t", .columns = {}};
  sink.begin(no_time);
  CHECK(sink.status().code() == Code::kUsage);
  WindowSink second({}, {}, {}, collect);
  const Schema schema = timed_schema();
  const Schema same_name = timed_schema();
  second.begin(schema);
  second.begin(same_name);
  CHECK(second.status().code() == Code::kUsage);
}

TEST_CASE("tables that a run did not see keep their watermark") {
  ExportState state;
  state.tables["other"] = {.watermark_ns = 40, .dedup_from_ns = 30, .dedup_window = {}};
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
    state = *parse_state(state_text(result.next), "f");
    REQUIRE(result.gaps.empty());
  }
  std::vector<Row> expected;
  for (const Arriving& one : all) expected.push_back(one.row);
  std::ranges::sort(expected);
  std::ranges::sort(exported);
  CHECK(exported == expected);
}
