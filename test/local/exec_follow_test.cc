// Queries whose rows come as time passes.

#include <catch2/catch.hpp>

#include <utility>
#include <vector>

#include "local/exec_vocabulary.h"

namespace pxq::local::test {
namespace {

/// A row a tick, at the times 0, 1, 2 and so on.
FakeTable& add_ticks(TableSet& tables, int64_t rows = 100) {
  Time64Column times;
  Int64Column numbers;
  for (int64_t i = 0; i < rows; ++i) {
    times.push_back({i});
    numbers.push_back(i);
  }
  return add_table(tables, "ticks", {"time_", "n"}, {times, numbers});
}

OperatorPtr streaming(const TableSource& table, std::optional<int64_t> start = {},
                      std::optional<int64_t> end = {}) {
  Operator op = *source(table, start, end);
  std::get<Operator::Source>(op.node).streams = true;
  return std::make_shared<Operator>(std::move(op));
}

Plan stream_of(OperatorPtr input) {
  Plan plan;
  plan.sinks.push_back({"output", std::move(input), true});
  return plan;
}

/// Time that passes by `step` each time the query waits, until it has waited so often.
struct Passing {
  int64_t now = 10;
  int64_t step = 1;
  int waits = 0;
  int most_waits = 3;
  std::vector<size_t> rows_before_wait = {};  // of the first output

  Result<ExecutionCounters> run(const Plan& plan, const TableSet& tables, Collector& rows) {
    const Following following{
        .now = [this] { return now; },
        .wait =
            [&] {
              rows_before_wait.push_back(rows.batches.empty() ? 0 : rows.ints(0, 1).size());
              now += step;
              return ++waits <= most_waits;
            }};
    FunctionContext context;
    context.now_ns = now;
    return execute(plan, tables, context, rows, std::stop_token{}, {}, &following);
  }
};

TEST_CASE("a stream gives the rows that are there, then those that come, each once") {
  TableSet tables;
  add_ticks(tables);
  Collector rows;
  Passing time{.step = 5};
  const auto ended = time.run(stream_of(streaming(*tables.find("ticks"), 8)), tables, rows);
  CHECK(ended.status().code() == Code::kInterrupted);
  CHECK(rows.ints(0, 1) ==
        Int64Column{8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25});
  // They are given before the query waits for the next.
  CHECK(time.rows_before_wait == std::vector<size_t>{3, 8, 13, 18});
  for (const RowBatch& batch : rows.batches[0]) CHECK_FALSE(batch.eos);
}

TEST_CASE("a stream goes through maps and filters") {
  TableSet tables;
  add_ticks(tables);
  Collector rows;
  Passing time{};
  const OperatorPtr large =
      filter(streaming(*tables.find("ticks")),
             call(greater_function(), {column(1, DataType::kInt64), literal(int64_t{10})}));
  const OperatorPtr doubled = map(
      large, {column(0, DataType::kTime64Ns),
              call(add_function(), {column(1, DataType::kInt64), column(1, DataType::kInt64)})});
  CHECK_FALSE(time.run(stream_of(doubled), tables, rows).ok());
  CHECK(rows.ints(0, 1) == Int64Column{22, 24, 26});
}

TEST_CASE("other outputs of a script with a stream end, and come first") {
  TableSet tables;
  add_ticks(tables);
  Collector rows;
  Passing time{};
  Plan plan = stream_of(streaming(*tables.find("ticks"), 10));
  plan.sinks.push_back(
      {"sum", aggregate(source(*tables.find("ticks"), {}, 10), {}, {{&sum_aggregate(), 1}})});
  CHECK_FALSE(time.run(plan, tables, rows).ok());
  CHECK(rows.ints(1, 0) == Int64Column{55});
  CHECK(rows.batches[1].back().eos);
  CHECK(rows.order.front() == 1);
  CHECK(rows.ints(0, 1) == Int64Column{10, 11, 12, 13});
}

TEST_CASE("a stream ends with its window, with its head(), and with data that stand still") {
  TableSet tables;
  add_ticks(tables);
  const TableSource& ticks = *tables.find("ticks");
  SECTION("its window") {
    Collector rows;
    Passing time{};
    REQUIRE(time.run(stream_of(streaming(ticks, 9, 12)), tables, rows).ok());
    CHECK(rows.ints(0, 1) == Int64Column{9, 10, 11, 12});
    CHECK(rows.batches[0].back().eos);
  }
  SECTION("its head()") {
    Collector rows;
    Passing time{};
    REQUIRE(time.run(stream_of(limit(streaming(ticks, 9), 3)), tables, rows).ok());
    CHECK(rows.ints(0, 1) == Int64Column{9, 10, 11});
    CHECK(rows.batches[0].back().eos);
  }
  SECTION("data that stand still") {
    Collector rows;
    FunctionContext context;
    context.now_ns = 10;
    REQUIRE(execute(stream_of(streaming(ticks, 9)), tables, context, rows, {}).ok());
    CHECK(rows.ints(0, 1) == Int64Column{9, 10});
    CHECK(rows.batches[0].back().eos);
  }
}

TEST_CASE("a table without times is given once") {
  TableSet tables;
  const FakeTable& table =
      add_table(tables, "names", {"id", "n"}, {Int64Column{1}, Int64Column{2}});
  Collector rows;
  Passing time{};
  REQUIRE(time.run(stream_of(streaming(table)), tables, rows).ok());
  CHECK(rows.ints(0, 1) == Int64Column{2});
  CHECK(time.waits == 0);
}

TEST_CASE("a stream without rows gives no batch") {
  TableSet tables;
  add_ticks(tables, 5);
  Collector rows;
  Passing time{};
  CHECK_FALSE(time.run(stream_of(streaming(*tables.find("ticks"), 50)), tables, rows).ok());
  CHECK(time.waits == 4);
  CHECK(rows.batches.empty());
}

TEST_CASE("a reader that has had enough ends a stream") {
  TableSet tables;
  add_ticks(tables);
  Collector rows(2);
  Passing time{.most_waits = 1000};
  const auto ended = time.run(stream_of(streaming(*tables.find("ticks"))), tables, rows);
  CHECK(ended.status().code() == Code::kInterrupted);
  CHECK(rows.order.size() == 2);
}

}  // namespace
}  // namespace pxq::local::test
