#include "local/plan/column_use.h"

namespace pxq::local {
namespace {

using Reference = Expression::ColumnReference;

}  // namespace

void ColumnUse::add(size_t column) {
  if (column < used_.size()) {
    used_[column] = true;
  } else {
    reads_unknown_ = true;
  }
}

void ColumnUse::add(const Expression& expression) {
  if (const auto* column = std::get_if<Reference>(&expression.node)) return add(column->index);
  const auto* call = std::get_if<Expression::Call>(&expression.node);
  if (call == nullptr || !visited_.insert(&expression).second) return;
  for (const ExpressionPtr& argument : call->arguments) add(*argument);
}

size_t ColumnRenumbering::apply(size_t column) const {
  return column < to_.size() ? to_[column] : column;
}

ExpressionPtr ColumnRenumbering::apply(const ExpressionPtr& expression) {
  if (std::holds_alternative<Expression::Literal>(expression->node)) return expression;
  const auto known = done_.find(expression.get());
  if (known != done_.end()) return known->second;
  Expression changed = *expression;
  if (auto* column = std::get_if<Reference>(&changed.node)) {
    column->index = apply(column->index);
  } else {
    for (auto& argument : std::get<Expression::Call>(changed.node).arguments) {
      argument = apply(argument);
    }
  }
  auto result = std::make_shared<const Expression>(std::move(changed));
  done_.emplace(expression.get(), result);
  return result;
}

ExpressionPtr column_reference(const std::vector<ColumnInfo>& relation, size_t index) {
  Expression expression;
  expression.node = Reference{index};
  expression.type = relation[index].type;
  expression.semantic = relation[index].semantic;
  return std::make_shared<const Expression>(std::move(expression));
}

}  // namespace pxq::local
