#include "local/plan/order_joins.h"

#include <optional>

#include "local/plan/expression_types.h"

namespace pxq::local {
namespace {

using How = Operator::Join::How;

/// The input from which the output's time_ comes, if it has one.
std::optional<size_t> input_of_time(const PlanNode& node, const Operator::Join& join) {
  const size_t index = column_index(node.op.relation, "time_");
  if (index == node.op.relation.size()) return std::nullopt;
  if (node.op.relation[index].type != DataType::kTime64Ns) return std::nullopt;
  const size_t column = join.output ? (*join.output)[index] : index;
  return column < node.inputs.front()->op.relation.size() ? 0 : 1;
}

bool order(const PlanNode& node, Operator::Join& join, FirstError& errors) {
  // Pixie runs a right join as a left one with its sides swapped.
  const size_t first = join.how == How::kRight ? 1 : 0;
  const std::optional<size_t> time = input_of_time(node, join);
  join.driving = time == first ? first : 1 - first;
  if (!time || join.how == How::kInner) return true;
  if (join.how == How::kOuter) {
    errors.fail_nowhere("For time ordered joins, full outer join is not supported.", node.place);
    return false;
  }
  if (time == first) return true;
  errors.fail_nowhere(
      "For time ordered joins, left join is only supported when time_ comes from the left table.",
      node.place);
  return false;
}

}  // namespace

bool order_joins(PlanGraph& graph, FirstError& errors) {
  for (PlanNode* node : graph.in_order()) {
    auto* join = std::get_if<Operator::Join>(&node->op.node);
    if (join != nullptr && !order(*node, *join, errors)) return false;
  }
  return true;
}

}  // namespace pxq::local
