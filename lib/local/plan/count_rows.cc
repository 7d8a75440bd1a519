#include "local/plan/count_rows.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "local/plan/column_use.h"

namespace pxq::local {
namespace {

bool counts(const Operator::Aggregate::Item& item) { return item.function->name == "count"; }

std::optional<size_t> read_anyway(const PlanNode& node);

/// A column of an operator that costs nothing more than its rows do.
struct ReadAnyway {
  const PlanNode& node;

  const PlanNode& input() const { return *node.inputs.front(); }

  std::optional<size_t> operator()(const Operator::Filter& filter) const {
    ColumnUse use(node.op.relation.size());
    use.add(*filter.condition);
    const auto used = std::ranges::find(use.used(), true);
    if (used == use.used().end()) return read_anyway(input());
    return static_cast<size_t>(used - use.used().begin());
  }
  std::optional<size_t> operator()(const Operator::Limit&) const { return read_anyway(input()); }
  std::optional<size_t> operator()(const Operator::Map& map) const {
    const std::optional<size_t> below = read_anyway(input());
    for (size_t i = 0; below && i < map.columns.size(); ++i) {
      const auto* same = std::get_if<Expression::ColumnReference>(&map.columns[i]->node);
      if (same != nullptr && same->index == *below) return i;
    }
    return std::nullopt;
  }
  std::optional<size_t> operator()(const Operator::Aggregate& aggregate) const {
    return aggregate.groups.empty() ? std::nullopt : std::optional<size_t>(0);
  }
  template <typename Other>
  std::optional<size_t> operator()(const Other&) const {
    return std::nullopt;
  }
};

std::optional<size_t> read_anyway(const PlanNode& node) {
  return std::visit(ReadAnyway{node}, node.op.node);
}

/// The column that counting takes: one that the aggregate itself looks at, or its input.
std::optional<size_t> column_for(const PlanNode& node, const Operator::Aggregate& aggregate) {
  if (!aggregate.groups.empty()) return aggregate.groups.front();
  const auto other =
      std::ranges::find_if(aggregate.values, [](const auto& item) { return !counts(item); });
  if (other != aggregate.values.end()) return other->column;
  return read_anyway(*node.inputs.front());
}

}  // namespace

void count_rows(PlanGraph& graph) {
  for (PlanNode* node : graph.in_order()) {
    auto* aggregate = std::get_if<Operator::Aggregate>(&node->op.node);
    if (aggregate == nullptr) continue;
    const std::vector<ColumnInfo>& input = node->inputs.front()->op.relation;
    const std::optional<size_t> column = column_for(*node, *aggregate);
    if (!column || *column >= input.size()) continue;
    const AggregateFunction* count = find_aggregate("count", input[*column].type);
    for (Operator::Aggregate::Item& item : aggregate->values) {
      if (count != nullptr && counts(item)) item = {count, *column};
    }
  }
}

}  // namespace pxq::local
