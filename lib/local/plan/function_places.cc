#include "local/plan/function_places.h"

#include <unordered_set>

namespace pxq::local {
namespace {

/// Looks for one function's placement in expressions, each of which it visits once.
class FunctionSearch final {
 public:
  explicit FunctionSearch(Placement placement) : placement_(placement) {}

  const ScalarFunction* find(const Expression& expression) {
    const auto* call = std::get_if<Expression::Call>(&expression.node);
    if (call == nullptr || !visited_.insert(&expression).second) return nullptr;
    for (const ExpressionPtr& argument : call->arguments) {
      if (const ScalarFunction* found = find(*argument)) return found;
    }
    return call->function->placement == placement_ ? call->function : nullptr;
  }

 private:
  Placement placement_;
  std::unordered_set<const Expression*> visited_;
};

}  // namespace

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

}  // namespace pxq::local
