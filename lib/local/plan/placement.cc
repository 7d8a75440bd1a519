#include "local/plan/placement.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "local/plan/function_places.h"

namespace pxq::local {
namespace {

/// Whether an operator needs the rows of all agents together.
bool is_blocking(const PlanNode& node) {
  const auto& op = node.op.node;
  if (std::holds_alternative<Operator::Limit>(op)) return !node.on_agents;
  return std::holds_alternative<Operator::Aggregate>(op) ||
         std::holds_alternative<Operator::Join>(op) || std::holds_alternative<Operator::Union>(op);
}

}  // namespace

bool check_placement(const PlanGraph& graph, FirstError& errors) {
  std::unordered_set<const PlanNode*> central;
  for (const PlanNode* node : graph.in_order()) {
    const bool after = std::any_of(node->inputs.begin(), node->inputs.end(),
                                   [&](const PlanNode* input) { return central.contains(input); });
    const bool here =
        after || is_blocking(*node) || find_function(node->op, Placement::kKelvinOnly) != nullptr;
    if (!here) continue;
    central.insert(node);
    const ScalarFunction* for_agents = find_function(node->op, Placement::kPemOnly);
    if (for_agents == nullptr) continue;
    errors.fail(node->place, fmt::format("UDF '{}' must execute before blocking nodes such as "
                                         "limit, agg, and join.",
                                         for_agents->name));
    return false;
  }
  return true;
}

}  // namespace pxq::local
