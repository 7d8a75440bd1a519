#include "local/plan/split_operators.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "local/plan/column_use.h"
#include "local/plan/function_places.h"

namespace pxq::local {
namespace {

/// The map in front while it grows: first all columns of the input, then what agents compute.
class AgentsPart final {
 public:
  explicit AgentsPart(const std::vector<ColumnInfo>& input) : relation_(input) {
    for (size_t i = 0; i < input.size(); ++i) {
      names_.insert(input[i].name);
      map_.columns.push_back(column_reference(input, i));
    }
  }

  /// The expression with each function of agents replaced by the column that has its value. A
  /// function that takes another one goes whole.
  ExpressionPtr take_from(const ExpressionPtr& expression) {
    const auto* call = std::get_if<Expression::Call>(&expression->node);
    if (call == nullptr) return expression;
    const auto known = done_.find(expression.get());
    if (known != done_.end()) return known->second;
    ExpressionPtr result = call->function->placement == Placement::kPemOnly
                               ? move(call->function->name, expression)
                               : take_from_arguments(*expression);
    done_.emplace(expression.get(), result);
    return result;
  }

  Operator finish() && {
    Operator op;
    op.node = std::move(map_);
    op.relation = std::move(relation_);
    return op;
  }

 private:
  ExpressionPtr take_from_arguments(const Expression& expression) {
    Expression changed = expression;
    for (auto& argument : std::get<Expression::Call>(changed.node).arguments) {
      argument = take_from(argument);
    }
    return std::make_shared<const Expression>(std::move(changed));
  }

  ExpressionPtr move(std::string_view function, const ExpressionPtr& expression) {
    std::string name;
    for (int i = 0; name.empty() || !names_.insert(name).second; ++i) {
      name = fmt::format("{}_{}", function, i);
    }
    relation_.push_back({std::move(name), expression->type, expression->semantic, {}});
    map_.columns.push_back(expression);
    return column_reference(relation_, relation_.size() - 1);
  }

  std::vector<ColumnInfo> relation_;
  Operator::Map map_{};
  std::unordered_set<std::string> names_;
  std::unordered_map<const Expression*, ExpressionPtr> done_;
};

/// A filter passes on what it gets, so what the map in front added has to go again behind it.
void hide_added_columns(PlanGraph& graph, PlanNode& filter, const std::vector<ColumnInfo>& added) {
  Operator op;
  Operator::Map map_node;
  op.relation = std::exchange(filter.op.relation, added);
  for (size_t i = 0; i < op.relation.size(); ++i) {
    map_node.columns.push_back(column_reference(added, i));
  }
  op.open = filter.op.open;
  op.node = std::move(map_node);
  PlanNode& map = graph.add(filter.place, std::move(op), {&filter});
  graph.redirect_users(filter, map);
}

void split(PlanGraph& graph, PlanNode& node) {
  const Operator& input = node.inputs.front()->op;
  AgentsPart part(input.relation);
  auto* filter = std::get_if<Operator::Filter>(&node.op.node);
  if (filter != nullptr) filter->condition = part.take_from(filter->condition);
  if (auto* map = std::get_if<Operator::Map>(&node.op.node)) {
    for (ExpressionPtr& column : map->columns) column = part.take_from(column);
  }
  Operator front = std::move(part).finish();
  front.open = input.open;
  PlanNode& added = graph.add(node.place, std::move(front), {});
  graph.insert_before(node, 0, added);
  if (filter != nullptr) hide_added_columns(graph, node, added.op.relation);
}

}  // namespace

void split_operators(PlanGraph& graph) {
  for (PlanNode* node : graph.in_order()) {
    if (find_function(node->op, Placement::kPemOnly) == nullptr) continue;
    if (find_function(node->op, Placement::kKelvinOnly) == nullptr) continue;
    split(graph, *node);
  }
}

}  // namespace pxq::local
