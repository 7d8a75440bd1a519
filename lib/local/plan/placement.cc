#include "local/plan/placement.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

namespace pxq::local {
namespace {

/// Looks for one function's placement in expressions, each of which it visits once.
class FunctionSearch final {
 public:
  explicit FunctionSearch(Placement placement) : placement_(placement) {}

  const ScalarFunction* find(const Expression& expression) {
    const auto* call = std::get_if<Expression::Call>(&expression.node);
    if (call == nullptr || !visited_.insert(&expression).second) return nullptr;
    if (call->function->placement == placement_) return call->function;
    for (const ExpressionPtr& argument : call->arguments) {
      if (const ScalarFunction* found = find(*argument)) return found;
    }
    return nullptr;
  }

 private:
  Placement placement_;
  std::unordered_set<const Expression*> visited_;
};

const ScalarFunction* find_function(const Operator& op, Placement placement) {
  FunctionSearch search(placement);
  if (const auto* filter = std::get_if<Operator::Filter>(&op.node)) {
    return search.find(*filter->condition);
  }
  const auto* map = std::get_if<Operator::Map>(&op.node);
  if (map == nullptr) return nullptr;
  for (const ExpressionPtr& column : map->columns) {
    if (const ScalarFunction* found = search.find(*column)) return found;
  }
  return nullptr;
}

bool resolves_to_input(const DraftOperator& op) {
  return op.as<DraftOperator::GroupBy>() != nullptr || op.as<DraftOperator::Stream>() != nullptr ||
         op.as<DraftOperator::Export>() != nullptr;
}

/// Which operators feed an output; inputs have smaller numbers than their users.
std::vector<bool> connected(const Draft& draft) {
  std::vector<bool> used(draft.operators.size());
  for (const Draft::Sink& sink : draft.sinks) used[sink.input->id] = true;
  for (const DraftOperator& op : draft.operators) {
    if (op.as<DraftOperator::Export>() != nullptr) used[op.id] = true;
  }
  for (size_t i = draft.operators.size(); i-- > 0;) {
    if (!used[i]) continue;
    for (const DraftOperator* input : draft.operators[i].inputs) used[input->id] = true;
  }
  return used;
}

}  // namespace

bool is_blocking(const DraftOperator& op) {
  if (const auto* limit = op.as<DraftOperator::Limit>()) return !limit->on_agents;
  return op.as<DraftOperator::Aggregate>() != nullptr || op.as<DraftOperator::Join>() != nullptr ||
         op.as<DraftOperator::Union>() != nullptr;
}

bool check_placement(const Draft& draft, const OperatorTypes& types, FirstError& errors) {
  const std::vector<bool> used = connected(draft);
  std::vector<bool> central(draft.operators.size());
  for (const DraftOperator& op : draft.operators) {
    if (!used[op.id]) continue;
    const bool after_central = std::any_of(op.inputs.begin(), op.inputs.end(),
                                           [&](const auto* input) { return central[input->id]; });
    const Operator& resolved = *types.at(op);
    const bool groups = resolves_to_input(op);
    const ScalarFunction* for_agents =
        groups ? nullptr : find_function(resolved, Placement::kPemOnly);
    if (after_central && for_agents != nullptr) {
      errors.fail(op.place, fmt::format("UDF '{}' must execute before blocking nodes such as "
                                        "limit, agg, and join.",
                                        for_agents->name));
      return false;
    }
    central[op.id] = after_central || is_blocking(op) ||
                     (!groups && find_function(resolved, Placement::kKelvinOnly) != nullptr);
  }
  return true;
}

}  // namespace pxq::local
