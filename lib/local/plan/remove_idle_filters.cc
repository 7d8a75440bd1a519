#include "local/plan/remove_idle_filters.h"

#include <string>

namespace pxq::local {
namespace {

bool is_empty_text(const Expression& expression) {
  const auto* literal = std::get_if<Expression::Literal>(&expression.node);
  const auto* text = literal == nullptr ? nullptr : std::get_if<std::string>(&literal->value);
  return text != nullptr && text->empty();
}

bool passes_all(const Expression& condition) {
  const auto* call = std::get_if<Expression::Call>(&condition.node);
  return call != nullptr && call->function->name == "contains" && call->arguments.size() == 2 &&
         is_empty_text(*call->arguments[1]);
}

}  // namespace

void remove_idle_filters(PlanGraph& graph) {
  for (PlanNode* node : graph.in_order()) {
    const auto* filter = std::get_if<Operator::Filter>(&node->op.node);
    if (filter != nullptr && passes_all(*filter->condition)) graph.detach(*node);
  }
}

}  // namespace pxq::local
