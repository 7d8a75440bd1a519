#include "local/plan/push_filters.h"

#include <optional>
#include <utility>
#include <vector>

#include "local/plan/column_use.h"
#include "local/plan/function_places.h"

namespace pxq::local {
namespace {

/// Which column of an operator's input each of its columns is; none where it is computed.
struct Origin {
  size_t column;

  std::optional<size_t> operator()(const Operator::Filter&) const { return column; }
  std::optional<size_t> operator()(const Operator::Limit&) const { return column; }
  std::optional<size_t> operator()(const Operator::Map& map) const {
    const auto* reference = std::get_if<Expression::ColumnReference>(&map.columns[column]->node);
    if (reference == nullptr || reference->index == Expression::ColumnReference::kUnknown) {
      return std::nullopt;
    }
    return reference->index;
  }
  std::optional<size_t> operator()(const Operator::Aggregate& aggregate) const {
    if (column >= aggregate.groups.size()) return std::nullopt;
    if (aggregate.groups[column] == Expression::ColumnReference::kUnknown) return std::nullopt;
    return aggregate.groups[column];
  }
  // Of one input no other operator has its rows.
  template <typename Other>
  std::optional<size_t> operator()(const Other&) const {
    return std::nullopt;
  }
};

bool may_pass(const Operator& op) {
  return std::holds_alternative<Operator::Filter>(op.node) ||
         std::holds_alternative<Operator::Limit>(op.node) ||
         std::holds_alternative<Operator::Map>(op.node) ||
         std::holds_alternative<Operator::Aggregate>(op.node);
}

/// A filter on its way up.
class Climb final {
 public:
  explicit Climb(PlanNode& filter)
      : filter_(filter),
        at_(&filter),
        of_kelvin_(find_function(filter.op, Placement::kKelvinOnly) != nullptr) {
    ColumnUse use(filter.op.relation.size());
    use.add(condition());
    blind_ = use.reads_unknown();
    for (size_t i = 0; i < use.used().size(); ++i) {
      if (use.used()[i]) columns_.emplace_back(i, i);
    }
  }

  /// In front of which operator the filter belongs; itself where it cannot climb.
  PlanNode& top() {
    while (!blind_ && climb()) at_ = at_->inputs.front();
    return *at_;
  }

  ExpressionPtr condition_there() const {
    std::vector<size_t> numbers(filter_.op.relation.size());
    for (const auto& [here, there] : columns_) numbers[here] = there;
    return ColumnRenumbering(std::move(numbers))
        .apply(std::get<Operator::Filter>(filter_.op.node).condition);
  }

 private:
  const Expression& condition() const {
    return *std::get<Operator::Filter>(filter_.op.node).condition;
  }

  bool climb() {
    const PlanNode& above = *at_->inputs.front();
    if (!may_pass(above.op) || above.uses() > 1) return false;
    if (of_kelvin_ && find_function(above.op, Placement::kPemOnly) != nullptr) return false;
    auto columns = columns_;
    for (auto& [here, there] : columns) {
      const std::optional<size_t> origin = std::visit(Origin{there}, above.op.node);
      if (!origin) return false;
      there = *origin;
    }
    columns_ = std::move(columns);
    return true;
  }

  PlanNode& filter_;
  PlanNode* at_;
  bool of_kelvin_;
  bool blind_ = false;
  std::vector<std::pair<size_t, size_t>> columns_;  // number in the filter, number in front of at_
};

void push_filter(PlanGraph& graph, PlanNode& filter) {
  Climb climb(filter);
  PlanNode& top = climb.top();
  if (&top == &filter) return;
  ExpressionPtr condition = climb.condition_there();
  graph.detach(filter);
  filter.op.relation = top.inputs.front()->op.relation;
  filter.op.open = top.inputs.front()->op.open;
  std::get<Operator::Filter>(filter.op.node).condition = std::move(condition);
  graph.insert_before(top, 0, filter);
}

}  // namespace

void push_filters(PlanGraph& graph) {
  for (PlanNode* node : graph.in_order()) {
    if (std::holds_alternative<Operator::Filter>(node->op.node)) push_filter(graph, *node);
  }
}

}  // namespace pxq::local
