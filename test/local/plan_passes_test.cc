#include <catch2/catch.hpp>

#include "local/plan/order_joins.h"
#include "local/plan/placement.h"
#include "local/plan/prune_columns.h"
#include "local/plan/push_filters.h"
#include "local/plan/push_limits.h"
#include "local/plan/remove_idle_filters.h"
#include "local/plan/split_operators.h"
#include "local/plan_graph_story.h"

// Each pass over a typed plan by itself, on plans drawn by hand. What they do to whole scripts is
// in plan_rewriting_test.cc.

namespace pxq::local::test {
namespace {

using How = Operator::Join::How;

std::string placement_error(const Drawing& plan) {
  FirstError errors;
  check_placement(plan.graph, errors);
  return errors.error() ? errors.error()->message : "";
}

}  // namespace

TEST_CASE("pruning leaves what an output needs, and renumbers it") {
  Drawing plan;
  PlanNode& table = plan.source("a b c d");
  PlanNode& map = plan.map(table, "x y z",
                           {plan.column(table, 0), plan.call(kOfAgents, {plan.column(table, 1)}),
                            plan.call(kAnywhere, {plan.column(table, 3)})});
  PlanNode& filter = plan.filter(map, plan.call(kAnywhere, {plan.column(map, 2)}));
  plan.show(plan.map(filter, "x", {plan.column(filter, 0)}));
  prune_columns(plan.graph);
  CHECK(plan.text() == "map x=$0 (filter anywhere($1) (map x=$0 z=anywhere($1) (source a d)))");
}

TEST_CASE("pruning keeps groups, keys and one column where rows are counted") {
  Drawing plan;
  PlanNode& table = plan.source("a b c");
  PlanNode& groups = plan.group(table, "b n m", {1}, {0, 2});
  plan.show(plan.map(groups, "n", {plan.column(groups, 1)}));
  PlanNode& all = plan.group(table, "n m", {}, {0, 2});
  plan.show(plan.map(all, "one", {plan.call(kAnywhere, {})}));
  PlanNode& other = plan.source("k v w");
  PlanNode& join = plan.join(table, other, "a b c k v w");
  plan.show(plan.map(join, "v c", {plan.column(join, 4), plan.column(join, 2)}));
  prune_columns(plan.graph);
  CHECK(plan.text(0) == "map n=$1 (agg $1 : $0 (source a b c))");
  CHECK(plan.text(1) == "map one=anywhere() (agg : $0 (source a b c))");
  CHECK(plan.text(2) == "map v=$1 c=$0 (join by left c v (source a b c, source k v))");
}

TEST_CASE("only filters by an empty text are taken out") {
  Drawing plan;
  const ScalarFunction contains{.name = "contains",
                                .arguments = {},
                                .result = DataType::kBoolean,
                                .semantic = nullptr,
                                .kernel = nullptr};
  const auto text = [](std::string value) {
    Expression expression;
    expression.node = Expression::Literal{std::move(value)};
    return std::make_shared<const Expression>(std::move(expression));
  };
  PlanNode& table = plan.source("a");
  PlanNode& kept = plan.filter(table, plan.call(contains, {plan.column(table, 0), text("x")}));
  plan.show(plan.filter(kept, plan.call(contains, {plan.column(table, 0), text("")})));
  remove_idle_filters(plan.graph);
  CHECK(plan.text() == "filter contains($0 literal) (source a)");
}

TEST_CASE("an operator of both places gets its agents' part in front") {
  Drawing plan;
  PlanNode& table = plan.source("a of_agents_0");
  const ExpressionPtr inner = plan.call(kOfAgents, {plan.column(table, 0)});
  PlanNode& map = plan.map(table, "k p n",
                           {plan.call(kOfKelvin, {plan.column(table, 1)}),
                            plan.call(kAnywhere, {inner}), plan.call(kOfAgents, {inner})});
  plan.show(map);
  split_operators(plan.graph);
  CHECK(plan.text() ==
        "map k=of_kelvin($1) p=anywhere($2) n=$3 "
        "(map a=$0 of_agents_0=$1 of_agents_1=of_agents($0) of_agents_2=of_agents(of_agents($0)) "
        "(source a of_agents_0))");
  CHECK(placement_error(plan).empty());
}

TEST_CASE("a filter of both places shows no more columns than before") {
  Drawing plan;
  PlanNode& table = plan.source("a");
  const ExpressionPtr mixed = plan.call(kOfKelvin, {plan.call(kOfAgents, {plan.column(table, 0)})});
  plan.show(plan.filter(table, mixed));
  split_operators(plan.graph);
  CHECK(plan.text() ==
        "map a=$0 (filter of_kelvin($1) (map a=$0 of_agents_0=of_agents($0) (source a)))");
}

TEST_CASE("operators of one place stay whole") {
  Drawing plan;
  PlanNode& table = plan.source("a");
  PlanNode& map = plan.map(table, "x", {plan.call(kOfAgents, {plan.column(table, 0)})});
  plan.show(plan.map(map, "y", {plan.call(kOfKelvin, {plan.column(map, 0)})}));
  const std::string before = plan.text();
  split_operators(plan.graph);
  CHECK(plan.text() == before);
}

TEST_CASE("a limit goes in front of maps, but not of those that only agents compute") {
  Drawing plan;
  PlanNode& table = plan.source("a b");
  PlanNode& agents = plan.map(table, "x", {plan.call(kOfAgents, {plan.column(table, 1)})});
  PlanNode& map = plan.map(agents, "y", {plan.call(kAnywhere, {plan.column(agents, 0)})});
  plan.show(plan.limit(map, 5));
  push_limits(plan.graph);
  CHECK(plan.text() == "map y=anywhere($0) (limit 5 (map x=of_agents($1) (source a b)))");
  CHECK(plan.graph.sinks()[0].input->inputs[0]->op.relation.size() == 1);
}

TEST_CASE("a limit of a union limits its inputs too") {
  Drawing plan;
  PlanNode& first = plan.source("a");
  PlanNode& second = plan.source("a");
  PlanNode& map = plan.map(second, "a", {plan.column(second, 0)});
  plan.show(plan.limit(plan.append(first, map), 3));
  push_limits(plan.graph);
  CHECK(plan.text() == "limit 3 (union a (limit 3 (source a), map a=$0 (limit 3 (source a))))");
}

TEST_CASE("a limit leaves whole what others read") {
  Drawing plan;
  PlanNode& table = plan.source("a");
  PlanNode& map = plan.map(table, "b", {plan.column(table, 0)});
  plan.show(plan.limit(map, 5));
  plan.show(map);
  push_limits(plan.graph);
  CHECK(plan.text(0) == "limit 5 (map b=$0 (source a))");
  CHECK(plan.text(1) == "map b=$0 (source a)");
}

TEST_CASE("a filter climbs past limits, filters and maps that only rename") {
  Drawing plan;
  PlanNode& table = plan.source("a b");
  PlanNode& limit = plan.limit(table, 5);
  PlanNode& other = plan.filter(limit, plan.call(kAnywhere, {plan.column(limit, 0)}));
  PlanNode& map = plan.map(other, "x y",
                           {plan.column(other, 1), plan.call(kAnywhere, {plan.column(other, 0)})});
  plan.show(plan.filter(map, plan.call(kAnywhere, {plan.column(map, 0)})));
  push_filters(plan.graph);
  CHECK(plan.text() ==
        "map x=$1 y=anywhere($0) (limit 5 (filter anywhere($0) (filter anywhere($1) (source a "
        "b))))");
}

TEST_CASE("a filter stays behind the column it needs, and behind what others read") {
  Drawing plan;
  PlanNode& table = plan.source("a");
  PlanNode& map = plan.map(table, "x", {plan.call(kAnywhere, {plan.column(table, 0)})});
  plan.show(plan.filter(map, plan.column(map, 0)));
  PlanNode& limit = plan.limit(table, 5);
  plan.show(plan.filter(limit, plan.column(limit, 0)));
  plan.show(limit);
  const std::string computed = plan.text(0);
  const std::string shared = plan.text(1);
  push_filters(plan.graph);
  CHECK(plan.text(0) == computed);
  CHECK(plan.text(1) == shared);
}

TEST_CASE("a filter climbs past agg() by its groups alone") {
  Drawing plan;
  PlanNode& table = plan.source("a b");
  PlanNode& groups = plan.group(table, "b n", {1}, {0});
  plan.show(plan.filter(groups, plan.column(groups, 0)));
  push_filters(plan.graph);
  CHECK(plan.text() == "agg $1 : $0 (filter $1 (source a b))");

  Drawing by_value;
  PlanNode& rows = by_value.source("a b");
  PlanNode& counted = by_value.group(rows, "b n", {1}, {0});
  by_value.show(by_value.filter(counted, by_value.column(counted, 1)));
  push_filters(by_value.graph);
  CHECK(by_value.text() == "filter $1 (agg $1 : $0 (source a b))");
}

TEST_CASE("a filter of Kelvin stops behind what agents compute") {
  Drawing plan;
  PlanNode& table = plan.source("a");
  PlanNode& map = plan.map(table, "a p",
                           {plan.column(table, 0), plan.call(kOfAgents, {plan.column(table, 0)})});
  plan.show(plan.filter(map, plan.call(kOfKelvin, {plan.column(map, 0)})));
  const std::string before = plan.text();
  push_filters(plan.graph);
  CHECK(plan.text() == before);
}

TEST_CASE("functions of agents are placed behind nothing that brings rows together") {
  Drawing plan;
  PlanNode& table = plan.source("a");
  PlanNode& map = plan.map(table, "p", {plan.call(kOfAgents, {plan.column(table, 0)})});
  PlanNode& limit = plan.limit(map, 5);
  plan.show(limit);
  CHECK(placement_error(plan).empty());
  limit.on_agents = true;
  PlanNode& behind = plan.map(limit, "q", {plan.call(kOfAgents, {plan.column(limit, 0)})});
  plan.show(behind);
  CHECK(placement_error(plan).empty());
  limit.on_agents = false;
  CHECK(placement_error(plan) ==
        "UDF 'of_agents' must execute before blocking nodes such as limit, agg, and join.");
}

TEST_CASE("a join goes by the right rows, unless its time_ is the left one's") {
  struct Case {
    How how;
    const char* left;
    const char* right;
    const char* columns;
    size_t driving;
    const char* error;
  };
  const std::string left_only =
      "For time ordered joins, left join is only supported when time_ comes from the left table.";
  const Case cases[] = {
      {How::kInner, "a", "b", "a b", 1, ""},
      {How::kLeft, "a", "b", "a b", 1, ""},
      {How::kRight, "a", "b", "a b", 0, ""},
      {How::kInner, "a time_", "b", "a time_ b", 0, ""},
      {How::kInner, "a", "b time_", "a b time_", 1, ""},
      {How::kLeft, "a time_", "b", "a time_ b", 0, ""},
      {How::kRight, "a", "b time_", "a b time_", 1, ""},
      {How::kLeft, "a", "b time_", "a b time_", 1, left_only.c_str()},
      {How::kRight, "a time_", "b", "a time_ b", 0, left_only.c_str()},
      {How::kOuter, "a", "b time_", "a b time_", 1,
       "For time ordered joins, full outer join is not supported."},
      {How::kOuter, "a", "b", "a b", 1, ""},
  };
  for (const Case& one : cases) {
    Drawing plan;
    PlanNode& left = plan.source(one.left);
    PlanNode& join = plan.join(left, plan.source(one.right), one.columns, one.how);
    plan.show(join);
    FirstError errors;
    INFO(plan.text());
    CHECK(order_joins(plan.graph, errors) == std::string(one.error).empty());
    CHECK((errors.error() ? errors.error()->message : "") == one.error);
    CHECK(std::get<Operator::Join>(join.op.node).driving == one.driving);
  }
}

}  // namespace pxq::local::test
