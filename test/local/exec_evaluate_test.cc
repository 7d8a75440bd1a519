#include "local/exec/evaluate.h"

#include <catch2/catch.hpp>

#include "local/exec_vocabulary.h"

namespace pxq::local::test {
namespace {

constexpr DataType kInt = DataType::kInt64;

/// Evaluates over a fresh query.
Result<std::vector<ColumnPtr>> evaluate_over(const std::vector<ExpressionPtr>& expressions,
                                             const Frame& frame) {
  static StringArena arena;
  FunctionContext context{&arena, 0, 1};
  const std::stop_token stop;
  const ExecutionLimits limits;
  return evaluate(expressions, frame, Execution{context, stop, limits});
}

Frame numbers(Int64Column values) {
  const size_t rows = values.size();
  return {{share(std::move(values))}, rows};
}

TEST_CASE("literals of every type repeat") {
  const Value value = GENERATE(Value{true}, Value{int64_t{-1}}, Value{Uint128{1, 2}}, Value{0.5},
                               Value{std::string("x\0y", 3)}, Value{Time64{7}});
  const auto columns = evaluate_over({literal(value)}, numbers({1, 2, 3}));
  REQUIRE(columns.ok());
  const Column& column = *columns->front();
  CHECK(column_size(column) == 3);
  CHECK(column_type(column) == literal(value)->type);
  if (const auto* texts = std::get_if<StringColumn>(&column)) {
    CHECK(texts->back() == std::string_view("x\0y", 3));
  }
}

TEST_CASE("a reference shares the input's column") {
  const Frame frame = numbers({4, 5});
  const auto columns = evaluate_over({column(0, kInt), column(0, kInt)}, frame);
  REQUIRE(columns.ok());
  CHECK(columns->at(0) == frame.columns[0]);
  CHECK(columns->at(1) == frame.columns[0]);
}

TEST_CASE("calls nest, with literals beside columns") {
  const ExpressionPtr inner = call(add_function(), {column(0, kInt), literal(int64_t{10})});
  const auto columns =
      evaluate_over({call(add_function(), {inner, column(0, kInt)})}, numbers({1, 2}));
  REQUIRE(columns.ok());
  CHECK(std::get<Int64Column>(*columns->front()) == Int64Column{12, 14});
}

TEST_CASE("a shared sub-expression is computed once") {
  static int runs = 0;
  runs = 0;
  static const ScalarFunction twice{
      "twice",
      {kInt},
      kInt,
      no_semantic,
      [](std::span<const Column* const> arguments, size_t, FunctionContext&) -> Column {
        ++runs;
        Int64Column values = std::get<Int64Column>(*arguments[0]);
        for (int64_t& value : values) value *= 2;
        return values;
      }};
  ExpressionPtr doubled = call(twice, {column(0, kInt)});
  for (int i = 0; i < 61; ++i) doubled = call(add_function(), {doubled, doubled});
  const auto columns = evaluate_over({doubled, doubled}, numbers({1}));
  REQUIRE(columns.ok());
  CHECK(runs == 1);
  CHECK(std::get<Int64Column>(*columns->front()) == Int64Column{int64_t{1} << 62});
  CHECK(columns->front() == columns->back());
}

TEST_CASE("kernels are not asked about no rows") {
  static const ScalarFunction never{
      "never",
      {kInt},
      DataType::kString,
      no_semantic,
      [](std::span<const Column* const>, size_t, FunctionContext&) -> Column {
        FAIL("called");
        return StringColumn{};
      }};
  const auto columns = evaluate_over({call(never, {column(0, kInt)})}, numbers({}));
  REQUIRE(columns.ok());
  CHECK(std::get<StringColumn>(*columns->front()).empty());
}

TEST_CASE("a kernel's wrong result is found out") {
  static const ScalarFunction shorter{
      "shorter",
      {kInt},
      kInt,
      no_semantic,
      [](std::span<const Column* const>, size_t rows, FunctionContext&) -> Column {
        return Int64Column(rows - 1);
      }};
  static const ScalarFunction other{"other",
                                    {kInt},
                                    kInt,
                                    no_semantic,
                                    [](std::span<const Column* const>, size_t rows,
                                       FunctionContext&) -> Column { return Float64Column(rows); }};
  const ScalarFunction& wrong = GENERATE(std::cref(shorter), std::cref(other)).get();
  const auto columns = evaluate_over({call(wrong, {column(0, kInt)})}, numbers({1, 2}));
  CHECK(columns.status().code() == Code::kInternal);
  CHECK(columns.status().message().find(wrong.name) != std::string::npos);
}

TEST_CASE("nesting has an end") {
  std::vector<ExpressionPtr> nest{column(0, kInt)};
  for (int i = 0; i < 5000; ++i) {
    nest.push_back(call(add_function(), {nest.back(), literal(int64_t{1})}));
  }
  CHECK(evaluate_over({nest.back()}, numbers({1})).status().code() == Code::kLimit);
  while (!nest.empty()) nest.pop_back();  // from the end, so that no destructor recurses
}

TEST_CASE("a filter keeps true rows in order and tells apart what is no condition") {
  TableSet tables;
  const FakeTable& table = add_table(tables, "t", {"n", "s"},
                                     {Int64Column{5, 1, 7, 3}, StringColumn{"a", "b", "c", "d"}});
  Collector collector;
  const auto above = [&](int64_t bound) {
    return filter(source(table), call(greater_function(), {column(0, kInt), literal(bound)}));
  };
  REQUIRE(run(plan_of({above(3), above(0), above(9)}), tables, collector).ok());
  CHECK(collector.texts(0, 1) == std::vector<std::string>{"a", "c"});
  CHECK(collector.texts(1, 1).size() == 4);
  CHECK(collector.texts(2, 1).empty());

  Collector none;
  const auto outcome = run(plan_of({filter(source(table), column(0, kInt))}), tables, none);
  CHECK(outcome.status().code() == Code::kInternal);
}

}  // namespace
}  // namespace pxq::local::test
