#include <catch2/catch.hpp>

#include "local/exec_vocabulary.h"

namespace pxq::local::test {
namespace {

using Texts = std::vector<std::string>;

TEST_CASE("frames with time_ merge by it, earlier frames first") {
  TableSet tables;
  const FakeTable& a =
      add_table(tables, "a", {"time_", "s"},
                {Time64Column{{1}, {3}, {3}, {9}}, StringColumn{"a1", "a3", "a3'", "a9"}});
  const FakeTable& b =
      add_table(tables, "b", {"time_", "s"}, {Time64Column{{3}, {4}}, StringColumn{"b3", "b4"}});
  const FakeTable& empty =
      add_table(tables, "empty", {"time_", "s"}, {Time64Column{}, StringColumn{}});
  Collector rows;
  REQUIRE(run(plan_of({append({source(a), source(empty), source(b)}, 0),
                       append({source(b), source(a)}, 0), append({source(empty)}, 0)}),
              tables, rows)
              .ok());
  CHECK(rows.texts(0, 1) == Texts{"a1", "a3", "a3'", "b3", "b4", "a9"});
  CHECK(rows.texts(1, 1) == Texts{"a1", "b3", "a3", "a3'", "b4", "a9"});
  CHECK(rows.texts(2, 1).empty());
  CHECK(rows.values<Time64Column>(0, 0) == Time64Column{{1}, {3}, {3}, {3}, {4}, {9}});
}

TEST_CASE("frames that are not in order of time keep their own order") {
  TableSet tables;
  const FakeTable& a = add_table(tables, "a", {"time_"}, {Time64Column{{5}, {1}, {7}}});
  const FakeTable& b = add_table(tables, "b", {"time_"}, {Time64Column{{6}, {2}}});
  Collector rows;
  REQUIRE(run(plan_of({append({source(a), source(b)}, 0)}), tables, rows).ok());
  CHECK(rows.values<Time64Column>(0, 0) == Time64Column{{5}, {1}, {6}, {2}, {7}});
}

TEST_CASE("frames without time_ follow one another, columns by their names") {
  TableSet tables;
  const FakeTable& a =
      add_table(tables, "a", {"n", "s"}, {Int64Column{1, 2}, StringColumn{"a", "b"}});
  const FakeTable& b = add_table(tables, "b", {"s", "n"}, {StringColumn{"c"}, Int64Column{3}});
  const OperatorPtr both =
      make_operator(Operator::Union{{{0, 1}, {1, 0}}, {}}, {source(a), source(b)}, a.relation());
  Collector rows;
  REQUIRE(run(plan_of({both}), tables, rows).ok());
  CHECK(rows.ints(0, 0) == Int64Column{1, 2, 3});
  CHECK(rows.texts(0, 1) == Texts{"a", "b", "c"});
}

TEST_CASE("a union that doubles for ever is refused before memory ends") {
  TableSet tables;
  const FakeTable& a = add_table(tables, "a", {"n"}, {Int64Column{1, 2}});
  OperatorPtr all = source(a);
  for (int i = 0; i < 60; ++i) all = append({all, all}, {});
  Collector rows;
  const auto outcome = run(plan_of({all}), tables, rows, ExecutionLimits{1 << 20});
  CHECK(outcome.status().code() == Code::kLimit);
}

TEST_CASE("a time column of another type is found out") {
  TableSet tables;
  const FakeTable& a = add_table(tables, "a", {"time_"}, {Int64Column{1}});
  Collector rows;
  const auto outcome = run(plan_of({append({source(a)}, 0)}), tables, rows);
  CHECK(outcome.status().code() == Code::kInternal);
}

}  // namespace
}  // namespace pxq::local::test
