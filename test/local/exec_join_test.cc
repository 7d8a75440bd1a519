#include <catch2/catch.hpp>
#include <limits>

#include "local/exec_vocabulary.h"

namespace pxq::local::test {
namespace {

using How = Operator::Join::How;
using Texts = std::vector<std::string>;

/// Two tables with keys that repeat on both sides and keys that only one has.
struct Orders {
  TableSet tables;
  const FakeTable& left = add_table(tables, "left", {"k", "l"},
                                    {Int64Column{1, 2, 3, 2}, StringColumn{"a", "b", "c", "d"}});
  const FakeTable& right = add_table(tables, "right", {"k", "r"},
                                     {Int64Column{2, 4, 1, 2}, StringColumn{"w", "x", "y", "z"}});
  Collector rows;

  void merge(How how) {
    REQUIRE(run(plan_of({join(source(left), source(right), how, {0}, {0})}), tables, rows).ok());
  }
};

TEST_CASE("an inner join keeps the left order") {
  Orders orders;
  orders.merge(How::kInner);
  CHECK(orders.rows.ints(0, 0) == Int64Column{1, 2, 2, 2, 2});
  CHECK(orders.rows.texts(0, 1) == Texts{"a", "b", "b", "d", "d"});
  CHECK(orders.rows.ints(0, 2) == Int64Column{1, 2, 2, 2, 2});
  CHECK(orders.rows.texts(0, 3) == Texts{"y", "w", "z", "w", "z"});
}

TEST_CASE("a left join fills the right side with defaults") {
  Orders orders;
  orders.merge(How::kLeft);
  CHECK(orders.rows.texts(0, 1) == Texts{"a", "b", "b", "c", "d", "d"});
  CHECK(orders.rows.ints(0, 2) == Int64Column{1, 2, 2, 0, 2, 2});
  CHECK(orders.rows.texts(0, 3) == Texts{"y", "w", "z", "", "w", "z"});
}

TEST_CASE("a right join goes by the right rows") {
  Orders orders;
  orders.merge(How::kRight);
  CHECK(orders.rows.texts(0, 1) == Texts{"b", "d", "", "a", "b", "d"});
  CHECK(orders.rows.ints(0, 2) == Int64Column{2, 2, 4, 1, 2, 2});
  CHECK(orders.rows.texts(0, 3) == Texts{"w", "w", "x", "y", "z", "z"});
}

TEST_CASE("an outer join puts the lonely right rows last") {
  Orders orders;
  orders.merge(How::kOuter);
  CHECK(orders.rows.texts(0, 1) == Texts{"a", "b", "b", "c", "d", "d", ""});
  CHECK(orders.rows.texts(0, 3) == Texts{"y", "w", "z", "", "w", "z", "x"});
  CHECK(orders.rows.ints(0, 0).back() == 0);
  CHECK(orders.rows.ints(0, 2).back() == 4);
}

TEST_CASE("a join without keys lets every row meet every row, in the order of the driving side") {
  Orders orders;
  OperatorPtr node = join(source(orders.left), source(orders.right), How::kInner, {}, {});
  REQUIRE(run(plan_of({node}), orders.tables, orders.rows).ok());
  CHECK(orders.rows.texts(0, 1).size() == 16);
  CHECK(orders.rows.texts(0, 1)[3] == "a");
  CHECK(orders.rows.texts(0, 3)[3] == "z");
}

TEST_CASE("a left join by the right rows gives the lonely left ones last") {
  Orders orders;
  Operator node = *join(source(orders.left), source(orders.right), How::kLeft, {0}, {0});
  auto& details = std::get<Operator::Join>(node.node);
  details.driving = 1;
  details.output = std::vector<size_t>{3, 1};
  node.relation = {node.relation[3], node.relation[1]};
  const auto plan = plan_of({std::make_shared<const Operator>(std::move(node))});
  REQUIRE(run(plan, orders.tables, orders.rows).ok());
  CHECK(orders.rows.texts(0, 0) == Texts{"w", "w", "y", "z", "z", ""});
  CHECK(orders.rows.texts(0, 1) == Texts{"b", "d", "a", "b", "d", "c"});
}

TEST_CASE("all types have a default") {
  TableSet tables;
  const FakeTable& one = add_table(tables, "one", {"k"}, {Int64Column{1}});
  const FakeTable& all = add_table(tables, "all", {"k", "b", "u", "f", "s", "t"},
                                   {Int64Column{}, BooleanColumn{}, Uint128Column{},
                                    Float64Column{}, StringColumn{}, Time64Column{}});
  Collector rows;
  REQUIRE(run(plan_of({join(source(one), source(all), How::kLeft, {0}, {0})}), tables, rows).ok());
  CHECK(rows.values<BooleanColumn>(0, 2) == BooleanColumn{0});
  CHECK(rows.values<Uint128Column>(0, 3) == Uint128Column{{0, 0}});
  CHECK(rows.values<Float64Column>(0, 4) == Float64Column{0.0});
  CHECK(rows.texts(0, 5) == Texts{""});
  CHECK(rows.values<Time64Column>(0, 6) == Time64Column{{0}});
}

TEST_CASE("joins take several keys of any type") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  TableSet tables;
  const FakeTable& left =
      add_table(tables, "left", {"u", "f"},
                {Uint128Column{{1, 2}, {1, 2}, {3, 4}}, Float64Column{0.5, nan, 0.5}});
  const FakeTable& right =
      add_table(tables, "right", {"f", "u", "n"},
                {Float64Column{nan, 0.5}, Uint128Column{{1, 2}, {9, 9}}, Int64Column{7, 8}});
  Collector rows;
  REQUIRE(
      run(plan_of({join(source(left), source(right), How::kInner, {0, 1}, {1, 0})}), tables, rows)
          .ok());
  CHECK(rows.ints(0, 4) == Int64Column{7});
}

TEST_CASE("a table joins itself") {
  Orders orders;
  const OperatorPtr left = source(orders.left);
  REQUIRE(run(plan_of({join(left, left, How::kInner, {1}, {1})}), orders.tables, orders.rows).ok());
  CHECK(orders.rows.ints(0, 0) == orders.rows.ints(0, 2));
  CHECK(orders.left.reads == 1);
}

TEST_CASE("a join that would explode is refused before it does") {
  TableSet tables;
  const FakeTable& same = add_table(tables, "same", {"k"}, {Int64Column(100000, 7)});
  const How how = GENERATE(How::kInner, How::kLeft, How::kRight, How::kOuter);
  Collector rows;
  const auto outcome =
      run(plan_of({join(source(same), source(same), how, {0}, {0})}), tables, rows);
  CHECK(outcome.status().code() == Code::kLimit);
  CHECK(outcome.status().message() == "merge() would make 10000000000 rows");
  CHECK(!outcome.status().hint().empty());
}

}  // namespace
}  // namespace pxq::local::test
