#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "local/exec/key_numbering.h"
#include "local/exec_vocabulary.h"

namespace pxq::local::test {
namespace {

const Operator::Aggregate::Item kSumOfFirst{&sum_aggregate(), 0};

TEST_CASE("groups appear in the order in which they are first seen") {
  TableSet tables;
  const FakeTable& table = add_table(
      tables, "t", {"n", "s"}, {Int64Column{1, 2, 3, 4, 5}, StringColumn{"b", "a", "b", "", "a"}});
  Collector collector;
  REQUIRE(run(plan_of({aggregate(source(table), {1}, {kSumOfFirst})}), tables, collector).ok());
  CHECK(collector.texts(0, 0) == std::vector<std::string>{"b", "a", ""});
  CHECK(collector.ints(0, 1) == Int64Column{4, 7, 4});
}

TEST_CASE("an aggregate without values finds the distinct tuples") {
  TableSet tables;
  const FakeTable& table =
      add_table(tables, "t", {"a", "b", "c"},
                {Int64Column{1, 1, 2, 1, 2}, StringColumn{"x", "y", "x", "x", "x"},
                 Uint128Column{{1, 0}, {1, 0}, {1, 0}, {1, 0}, {0, 1}}});
  Collector collector;
  REQUIRE(run(plan_of({aggregate(source(table), {1, 0, 2}, {})}), tables, collector).ok());
  CHECK(collector.texts(0, 0) == std::vector<std::string>{"x", "y", "x", "x"});
  CHECK(collector.ints(0, 1) == Int64Column{1, 1, 2, 2});
}

TEST_CASE("without groups there is one row, also of nothing") {
  TableSet tables;
  const FakeTable& table = add_table(tables, "t", {"n"}, {Int64Column{2, 3}});
  const FakeTable& empty = add_table(tables, "empty", {"n"}, {Int64Column{}});
  Collector collector;
  REQUIRE(run(plan_of({aggregate(source(table), {}, {kSumOfFirst, kSumOfFirst}),
                       aggregate(source(empty), {}, {kSumOfFirst}),
                       aggregate(source(empty), {0}, {kSumOfFirst})}),
              tables, collector)
              .ok());
  CHECK(collector.ints(0, 1) == Int64Column{5});
  CHECK(collector.ints(1, 0) == Int64Column{0});
  CHECK(collector.ints(2, 0).empty());
}

TEST_CASE("an aggregate's wrong result is found out") {
  class Short final : public Aggregator {
   public:
    void update(const Column&, std::span<const uint32_t>, size_t) override {}
    Column finish(size_t, FunctionContext&) override { return Int64Column{}; }
  };
  static const AggregateFunction wrong{
      "short", DataType::kInt64, DataType::kInt64, no_semantic,
      []() -> std::unique_ptr<Aggregator> { return std::make_unique<Short>(); }};
  TableSet tables;
  const FakeTable& table = add_table(tables, "t", {"n"}, {Int64Column{2}});
  Collector collector;
  const auto outcome =
      run(plan_of({aggregate(source(table), {}, {{&wrong, 0}})}), tables, collector);
  CHECK(outcome.status().code() == Code::kInternal);
  CHECK(outcome.status().message() == "aggregate 'short' returned 0 values of INT64 for 1 groups");
}

std::vector<uint32_t> number(std::vector<Column> columns) {
  std::vector<ColumnPtr> keys;
  const size_t rows = column_size(columns[0]);
  for (Column& column : columns) keys.push_back(share(std::move(column)));
  return KeyNumbering{}.add(keys, rows);
}

using Numbers = std::vector<uint32_t>;

TEST_CASE("keys of every type are told apart") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(number({BooleanColumn{1, 0, 1}}) == Numbers{0, 1, 0});
  CHECK(number({Int64Column{-1, 0, -1, INT64_MIN}}) == Numbers{0, 1, 0, 2});
  CHECK(number({Uint128Column{{0, 1}, {1, 0}, {0, 1}}}) == Numbers{0, 1, 0});
  CHECK(number({Float64Column{nan, 0.0, -nan, -0.0, std::nan("7")}}) == Numbers{0, 1, 0, 2, 0});
  CHECK(number({StringColumn{"a", {"a\0", 2}, "", "a", "\xff"}}) == Numbers{0, 1, 2, 0, 3});
  CHECK(number({Time64Column{{5}, {-5}, {5}}}) == Numbers{0, 1, 0});
}

TEST_CASE("tuples do not run into each other") {
  CHECK(number({StringColumn{"a", "ab", "a"}, StringColumn{"bc", "c", "bc"}}) == Numbers{0, 1, 0});
  CHECK(number({Int64Column{1, 2, 1}, Int64Column{2, 1, 2}, Int64Column{0, 0, 1}}) ==
        Numbers{0, 1, 2});
}

TEST_CASE("very many keys keep their numbers") {
  Int64Column values;
  for (int64_t i = 0; i < 200000; ++i) values.push_back((i % 100000) << 20);
  const Numbers numbers = number({values});
  bool right = true;
  for (uint32_t i = 0; i < numbers.size(); ++i) right = right && numbers[i] == i % 100000;
  CHECK(right);
}

TEST_CASE("looking keys up adds none") {
  KeyNumbering numbering;
  const std::vector<ColumnPtr> known{share(Int64Column{1, 2}), share(StringColumn{"a", "b"})};
  const std::vector<ColumnPtr> asked{share(Int64Column{2, 1, 3}),
                                     share(StringColumn{"b", "b", "a"})};
  CHECK(numbering.add(known, 2) == Numbers{0, 1});
  CHECK(numbering.find(asked, 3) == Numbers{1, KeyNumbering::kUnknown, KeyNumbering::kUnknown});
  CHECK(numbering.size() == 2);
}

TEST_CASE("keys are not found among none") {
  KeyNumbering numbering;
  CHECK(numbering.add(std::vector<ColumnPtr>{share(StringColumn{})}, 0).empty());
  CHECK(numbering.find(std::vector<ColumnPtr>{share(StringColumn{""})}, 1) ==
        Numbers{KeyNumbering::kUnknown});
  CHECK(numbering.size() == 0);
}

}  // namespace
}  // namespace pxq::local::test
