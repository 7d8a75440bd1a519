#include "local/exec/executor.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "local/exec_vocabulary.h"

namespace pxq::local::test {
namespace {

Int64Column count_to(int64_t rows) {
  Int64Column numbers(static_cast<size_t>(rows));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

TEST_CASE("rows come in batches of at most 1024 and the last one says so") {
  const auto [rows, batches] = GENERATE(table<int64_t, std::vector<size_t>>(
      {{0, {0}}, {1, {1}}, {1024, {1024}}, {1025, {1024, 1}}, {3000, {1024, 1024, 952}}}));
  TableSet tables;
  const FakeTable& numbers = add_table(tables, "numbers", {"n"}, {count_to(rows)});
  Collector collector;
  REQUIRE(run(plan_of({source(numbers)}), tables, collector).ok());

  std::vector<size_t> sizes;
  for (const RowBatch& batch : collector.batches.at(0)) {
    sizes.push_back(batch.num_rows);
    CHECK(batch.eos == (sizes.size() == batches.size()));
    CHECK(batch.columns.size() == 1);
  }
  CHECK(sizes == batches);
  CHECK(collector.ints(0, 0) == count_to(rows));
}

TEST_CASE("sinks come one after another and a shared operator runs once") {
  static int runs = 0;
  runs = 0;
  static const ScalarFunction counted{
      "counted",
      {DataType::kInt64},
      DataType::kInt64,
      no_semantic,
      [](std::span<const Column* const> arguments, size_t, FunctionContext&) -> Column {
        ++runs;
        return *arguments[0];
      }};
  TableSet tables;
  const FakeTable& numbers = add_table(tables, "numbers", {"n"}, {Int64Column{5, 6, 7}});
  const OperatorPtr shared = map(source(numbers), {call(counted, {column(0, DataType::kInt64)})});
  Collector collector;
  REQUIRE(run(plan_of({limit(shared, 1), shared, limit(shared, 2)}), tables, collector).ok());
  CHECK(runs == 1);
  CHECK(collector.order == std::vector<size_t>{0, 1, 2});
  CHECK(collector.ints(0, 0) == Int64Column{5});
  CHECK(collector.ints(1, 0) == Int64Column{5, 6, 7});
  CHECK(collector.ints(2, 0) == Int64Column{5, 6});
}

TEST_CASE("a query sees each table once, whatever its frames") {
  TableSet tables;
  const FakeTable& numbers =
      add_table(tables, "numbers", {"n", "m"}, {Int64Column{1, 2}, Int64Column{3, 4}});
  const OperatorPtr second =
      make_operator(Operator::Source{"numbers", {1}, {}, {}}, {}, {info("m", DataType::kInt64)});
  Collector collector;
  const auto counters = run(plan_of({source(numbers), second}), tables, collector);
  REQUIRE(counters.ok());
  CHECK(numbers.reads == 1);
  CHECK(collector.ints(1, 0) == Int64Column{3, 4});
  CHECK(counters->records_processed == 4);
  CHECK(counters->bytes_processed == 3 * 2 * 8);
}

TEST_CASE("a source keeps the rows from start to end, both included") {
  TableSet tables;
  const FakeTable& events =
      add_table(tables, "events", {"time_", "s"},
                {Time64Column{{10}, {20}, {20}, {30}}, StringColumn{"a", "bb", "ccc", "dddd"}});
  const auto [start, end, kept] =
      GENERATE(table<std::optional<int64_t>, std::optional<int64_t>, std::vector<std::string>>(
          {{std::nullopt, std::nullopt, {"a", "bb", "ccc", "dddd"}},
           {20, std::nullopt, {"bb", "ccc", "dddd"}},
           {std::nullopt, 20, {"a", "bb", "ccc"}},
           {20, 20, {"bb", "ccc"}},
           {21, 20, {}},
           {31, std::nullopt, {}}}));
  Collector collector;
  const auto counters = run(plan_of({source(events, start, end)}), tables, collector);
  REQUIRE(counters.ok());
  CHECK(collector.texts(0, 1) == kept);
  CHECK(counters->records_processed == kept.size());
  uint64_t bytes = 8 * kept.size();
  for (const std::string& text : kept) bytes += text.size();
  CHECK(counters->bytes_processed == bytes);
}

TEST_CASE("the window works on time_ also when the script does not select it") {
  TableSet tables;
  add_table(tables, "events", {"time_", "n"}, {Time64Column{{1}, {2}}, Int64Column{7, 8}});
  const OperatorPtr late =
      make_operator(Operator::Source{"events", {1}, 2, {}}, {}, {info("n", DataType::kInt64)});
  Collector collector;
  REQUIRE(run(plan_of({late}), tables, collector).ok());
  CHECK(collector.ints(0, 0) == Int64Column{8});
}

TEST_CASE("limits keep the first rows") {
  TableSet tables;
  const FakeTable& numbers = add_table(tables, "numbers", {"n"}, {Int64Column{4, 2, 9}});
  const auto [rows, kept] = GENERATE(table<int64_t, Int64Column>(
      {{0, {}}, {-3, {}}, {2, {4, 2}}, {3, {4, 2, 9}}, {INT64_MAX, {4, 2, 9}}}));
  Collector collector;
  REQUIRE(run(plan_of({limit(source(numbers), rows)}), tables, collector).ok());
  CHECK(collector.ints(0, 0) == kept);
}

TEST_CASE("batches own their strings") {
  static const ScalarFunction shout{
      "shout",
      {DataType::kString},
      DataType::kString,
      no_semantic,
      [](std::span<const Column* const> arguments, size_t, FunctionContext& context) -> Column {
        StringColumn loud;
        for (const std::string_view text : std::get<StringColumn>(*arguments[0])) {
          loud.push_back(context.strings->keep(std::string(text) + " and much longer than inline"));
        }
        return loud;
      }};
  Collector collector;
  {
    TableSet tables;
    const FakeTable& texts = add_table(tables, "texts", {"s"}, {StringColumn{"a", "b"}});
    const OperatorPtr loud = map(source(texts), {call(shout, {column(0, DataType::kString)}),
                                                 literal(std::string(100, 'x'))});
    REQUIRE(run(plan_of({loud}), tables, collector).ok());
  }
  CHECK(collector.texts(0, 0).at(1) == "b and much longer than inline");
  CHECK(collector.texts(0, 1).at(0) == std::string(100, 'x'));
}

TEST_CASE("a table's failure is the query's") {
  TableSet tables;
  FakeTable& broken = add_table(tables, "broken", {"n"}, {Int64Column{}});
  broken.failure = Status{Code::kServer, "cannot read"};
  Collector collector;
  const auto outcome = run(plan_of({source(broken)}), tables, collector);
  CHECK(outcome.status().code() == Code::kServer);
  CHECK(outcome.status().message() == "cannot read");
  CHECK(collector.order.empty());
}

TEST_CASE("an unknown table is the script's fault") {
  Collector collector;
  const OperatorPtr unknown = make_operator(Operator::Source{"nope", {}, {}, {}}, {}, {});
  const auto outcome = run(plan_of({unknown}), TableSet{}, collector);
  CHECK(outcome.status().code() == Code::kScript);
  CHECK(outcome.status().message() == "Table 'nope' not found.");
}

TEST_CASE("a table that breaks its relation is found out") {
  TableSet tables;
  auto table = std::make_unique<FakeTable>(
      "liar", std::vector{info("a", DataType::kInt64), info("b", DataType::kInt64)},
      std::vector<Column>{Int64Column{1, 2}, Int64Column{1}});
  const OperatorPtr all = source(*table);
  tables.add(std::move(table));
  Collector collector;
  CHECK(run(plan_of({all}), tables, collector).status().code() == Code::kInternal);
}

TEST_CASE("a receiver that has had enough ends the query") {
  TableSet tables;
  const FakeTable& numbers = add_table(tables, "numbers", {"n"}, {count_to(5000)});
  Collector collector{2};
  const auto outcome = run(plan_of({source(numbers), source(numbers)}), tables, collector);
  CHECK(outcome.status().code() == Code::kInterrupted);
  CHECK(collector.order == std::vector<size_t>{0, 0});
}

TEST_CASE("a stop request ends the query before it reads") {
  TableSet tables;
  const FakeTable& numbers = add_table(tables, "numbers", {"n"}, {count_to(10)});
  std::stop_source stop;
  stop.request_stop();
  Collector collector;
  const auto outcome =
      execute(plan_of({source(numbers)}), tables, FunctionContext{}, collector, stop.get_token());
  CHECK(outcome.status().code() == Code::kInterrupted);
  CHECK(numbers.reads == 0);
  CHECK(collector.order.empty());
}

TEST_CASE("a stop request during delivery ends the query") {
  class Stopper final : public BatchReceiver {
   public:
    bool batch(size_t, RowBatch&&) override {
      ++batches;
      stop.request_stop();
      return true;
    }
    std::stop_source stop;
    int batches = 0;
  };
  TableSet tables;
  const FakeTable& numbers = add_table(tables, "numbers", {"n"}, {count_to(5000)});
  Stopper stopper;
  const auto outcome = execute(plan_of({source(numbers)}), tables, FunctionContext{}, stopper,
                               stopper.stop.get_token());
  CHECK(outcome.status().code() == Code::kInterrupted);
  CHECK(stopper.batches == 1);
}

TEST_CASE("a chain of very many operators needs no deep stack") {
  TableSet tables;
  const FakeTable& numbers = add_table(tables, "numbers", {"n"}, {Int64Column{1, 2, 3}});
  std::vector<OperatorPtr> chain{source(numbers)};
  for (int i = 0; i < 100000; ++i) chain.push_back(limit(chain.back(), 2));
  Collector collector;
  REQUIRE(run(plan_of({chain.back()}), tables, collector).ok());
  CHECK(collector.ints(0, 0) == Int64Column{1, 2});
  while (!chain.empty()) chain.pop_back();  // from the end, so that no destructor recurses
}

TEST_CASE("a plan that contradicts itself is refused") {
  TableSet tables;
  const FakeTable& numbers = add_table(tables, "numbers", {"n"}, {Int64Column{1}});
  const OperatorPtr all = source(numbers);
  const OperatorPtr wrong = GENERATE_COPY(
      OperatorPtr{}, make_operator(Operator::Source{"numbers", {7}, {}, {}}, {}, all->relation),
      make_operator(Operator::Source{"numbers", {0}, {}, {}}, {}, {info("n", DataType::kString)}),
      make_operator(Operator::Limit{1}, {}, all->relation),
      make_operator(Operator::Limit{1}, {nullptr}, all->relation),
      make_operator(Operator::Filter{nullptr}, {all}, all->relation),
      make_operator(Operator::Aggregate{{3}, {}, false}, {all}, all->relation),
      make_operator(Operator::Join{Operator::Join::How::kInner, {0}, {}}, {all, all}, {}),
      make_operator(Operator::Union{{{0}}, {}}, {all, all}, all->relation),
      make_operator(Operator::Union{{{0}}, 0}, {all}, all->relation),
      make_operator(Operator::Map{{column(3, DataType::kInt64)}}, {all}, all->relation));
  Collector collector;
  CHECK(run(plan_of({wrong}), tables, collector).status().code() == Code::kInternal);
}

}  // namespace
}  // namespace pxq::local::test
