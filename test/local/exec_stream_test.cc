// How the executor reads: as little as is wanted, as few times as possible, batch by batch.

#include <catch2/catch.hpp>

#include "local/exec_vocabulary.h"

namespace pxq::local::test {
namespace {

using How = Operator::Join::How;

/// Rows with a time, a key of three and a number.
FakeTable& add_events(TableSet& tables, std::string name, int64_t rows, size_t batch_rows) {
  Time64Column times;
  StringColumn keys;
  Int64Column numbers;
  static constexpr std::string_view kKeys[] = {"a", "b", "c"};
  for (int64_t i = 0; i < rows; ++i) {
    times.push_back({i});
    keys.push_back(kKeys[i * i % 3]);
    numbers.push_back(i);
  }
  FakeTable& table =
      add_table(tables, std::move(name), {"time_", "key", "n"}, {times, keys, numbers});
  table.batch_rows = batch_rows;
  return table;
}

TEST_CASE("a limit reads no further than it must") {
  TableSet tables;
  const FakeTable& events = add_events(tables, "events", 1000, 10);
  Collector rows;
  REQUIRE(run(plan_of({limit(source(events), 15), limit(source(events), 3)}), tables, rows).ok());
  CHECK(events.reads == 1);
  CHECK(events.batches == 1);  // and the second, which was refused
  CHECK(rows.ints(0, 2).size() == 15);
  CHECK(rows.ints(1, 2) == Int64Column{0, 1, 2});
}

TEST_CASE("what nobody wants is not read at all") {
  TableSet tables;
  const FakeTable& events = add_events(tables, "events", 10, 10);
  Collector rows;
  REQUIRE(run(plan_of({limit(source(events), 0)}), tables, rows).ok());
  CHECK(events.reads == 0);
  CHECK(rows.batches.at(0).back().eos);
}

TEST_CASE("the size of a table's batches changes no row") {
  const size_t batch_rows = GENERATE(size_t{1}, size_t{2}, size_t{7}, size_t{1000});
  TableSet tables;
  const FakeTable& left = add_events(tables, "left", 50, batch_rows);
  const FakeTable& right = add_events(tables, "right", 20, 1 + batch_rows / 2);
  const OperatorPtr sums = aggregate(source(left), {1}, {{&sum_aggregate(), 2}});
  const OperatorPtr large = filter(
      source(left), call(greater_function(), {column(2, DataType::kInt64), literal(int64_t{30})}));
  Collector rows;
  REQUIRE(run(plan_of({sums, join(large, sums, How::kLeft, {1}, {0}),
                       append({source(right), large}, 0), append({large, source(right)}, {}),
                       join(source(right), source(left), How::kOuter, {2}, {2})}),
              tables, rows)
              .ok());
  // Squares modulo 3 are 0 and 1: key "b" where 3 does not divide n.
  CHECK(rows.texts(0, 0) == std::vector<std::string>{"a", "b"});
  CHECK(rows.ints(0, 1) == Int64Column{408, 817});
  CHECK(rows.ints(1, 2).front() == 31);
  CHECK(rows.ints(1, 2).size() == 19);
  CHECK(rows.ints(1, 4).front() == 817);
  CHECK(rows.ints(2, 2).size() == 39);
  CHECK(std::ranges::is_sorted(rows.values<Time64Column>(2, 0)));
  CHECK(rows.ints(3, 2).front() == 31);
  CHECK(rows.ints(3, 2).back() == 19);
  CHECK(rows.ints(4, 5).size() == 50);
  CHECK(rows.ints(4, 2)[19] == 19);
  CHECK(rows.ints(4, 2)[20] == 0);
  CHECK(rows.ints(4, 5).back() == 49);
}

TEST_CASE("sources of one table get their own windows out of one reading") {
  TableSet tables;
  const FakeTable& events = add_events(tables, "events", 100, 10);
  const OperatorPtr numbers =
      make_operator(Operator::Source{"events", {2}, 5, 12}, {}, {info("n", DataType::kInt64)});
  Collector rows;
  const auto counters =
      run(plan_of({numbers, source(events, 10, 11), source(events, 90)}), tables, rows);
  REQUIRE(counters.ok());
  CHECK(rows.ints(0, 0) == Int64Column{5, 6, 7, 8, 9, 10, 11, 12});
  CHECK(rows.ints(1, 2) == Int64Column{10, 11});
  CHECK(rows.ints(2, 2).size() == 10);
  CHECK(counters->records_processed == 20);
  CHECK(events.reads == 2);  // the third window lies apart
}

TEST_CASE("a table is read twice rather than held, unless it is a sample") {
  const bool sample = GENERATE(false, true);
  TableSet tables;
  FakeTable& events = add_events(tables, "events", 100, 10);
  events.sample = sample;
  const OperatorPtr sums = aggregate(source(events), {1}, {{&sum_aggregate(), 2}});
  Collector rows;
  const auto outcome =
      run(plan_of({join(source(events), sums, How::kInner, {1}, {0})}), tables, rows);
  INFO(outcome.status().message());
  REQUIRE(outcome.ok());
  CHECK(rows.ints(0, 4).size() == 100);
  CHECK(events.reads == (sample ? 1 : 2));
}

TEST_CASE("what a query holds has an end") {
  TableSet tables;
  const FakeTable& events = add_events(tables, "events", 100000, 1000);
  const OperatorPtr all = source(events);
  const OperatorPtr plan = GENERATE_COPY(aggregate(all, {2}, {{&sum_aggregate(), 2}}),
                                         join(all, all, How::kInner, {2}, {2}),
                                         append({all, all}, 0), append({all, all}, {}));
  Collector rows;
  const auto outcome = run(plan_of({plan}), tables, rows, ExecutionLimits{1 << 20});
  CHECK(outcome.status().code() == Code::kLimit);
  CHECK(outcome.status().message().ends_with(
      "needs more memory than the 1 MiB that a query may hold"));
  CHECK(run(plan_of({limit(all, 50)}), tables, rows, ExecutionLimits{1 << 20}).ok());
}

}  // namespace
}  // namespace pxq::local::test
