#include "local/plan/expression_types.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "local/plan/folding.h"
#include "local/plan/metadata.h"

namespace pxq::local {
namespace {

// Processes that live only shortly are unknown by their id; Pixie then asks whose the address was.
constexpr std::string_view kPodFallback = "_upid_to_podname_local_addr_fallback";

std::vector<DataType> types_of(const std::vector<ExpressionPtr>& expressions) {
  std::vector<DataType> types;
  types.reserve(expressions.size());
  for (const ExpressionPtr& expression : expressions) types.push_back(expression->type);
  return types;
}

bool is_known(const std::vector<DataType>& types) {
  return std::find(types.begin(), types.end(), DataType::kUnknown) == types.end();
}

/// The overloads that arguments of partly unknown types may mean: the first of them, and their
/// result's type where they agree on one.
struct PossibleOverloads {
  const ScalarFunction* first = nullptr;
  DataType result = DataType::kUnknown;
};

PossibleOverloads possible_overloads(std::string_view name, const std::vector<DataType>& types) {
  PossibleOverloads possible;
  for (const ScalarFunction* function : scalar_overloads(name)) {
    if (!std::ranges::equal(function->arguments, types, may_agree)) continue;
    const bool same = possible.first == nullptr || possible.result == function->result;
    possible.result = same ? function->result : DataType::kUnknown;
    if (possible.first == nullptr) possible.first = function;
    if (!same) break;
  }
  return possible;
}

/// A value that only a cluster knows.
ExpressionPtr unknown(DataType type) {
  Expression expression;
  expression.node = Expression::ColumnReference{Expression::ColumnReference::kUnknown};
  expression.type = type;
  return std::make_shared<const Expression>(std::move(expression));
}

SemanticType infer(const ScalarFunction& function, const std::vector<ExpressionPtr>& arguments) {
  std::vector<SemanticType> semantics;
  semantics.reserve(arguments.size());
  for (const ExpressionPtr& argument : arguments) semantics.push_back(argument->semantic);
  return function.semantic == nullptr ? SemanticType::kNone : function.semantic(semantics);
}

std::string_view kind_of(const Expression& expression) {
  return std::holds_alternative<Expression::ColumnReference>(expression.node) ? "Column" : "Func";
}

ExpressionPtr make_literal_expression(const Value& value) {
  Expression expression;
  expression.node = Expression::Literal{value};
  expression.type = value_type(value);
  return std::make_shared<const Expression>(std::move(expression));
}

std::string column_names(const std::vector<ColumnInfo>& relation) {
  std::vector<std::string_view> names;
  for (const ColumnInfo& column : relation) names.push_back(column.name);
  return fmt::format("{}", fmt::join(names, ","));
}

}  // namespace

size_t column_index(const std::vector<ColumnInfo>& relation, std::string_view name) {
  const auto found = std::find_if(relation.begin(), relation.end(),
                                  [name](const ColumnInfo& info) { return info.name == name; });
  return static_cast<size_t>(found - relation.begin());
}

bool may_agree(DataType a, DataType b) {
  return a == b || a == DataType::kUnknown || b == DataType::kUnknown;
}

std::nullptr_t fail_missing_column(FirstError& errors, pxl::Place place, std::string_view name,
                                   const std::vector<ColumnInfo>& relation) {
  std::vector<std::string> columns;
  for (const ColumnInfo& column : relation) columns.push_back(column.name);
  return errors.fail_column(place, fmt::format("Column '{}' not found in parent dataframe", name),
                            std::move(columns));
}

ExpressionPtr ExpressionTypes::resolve(const DraftExpressionPtr& draft) {
  // Expressions are shared, and resolving each use anew could double the work with every line.
  const auto known = resolved_.find(draft.get());
  if (known != resolved_.end()) return known->second;
  ExpressionPtr expression = resolve_node(*draft);
  if (expression != nullptr && draft->cast) expression = apply_cast(*draft, expression);
  resolved_.emplace(draft.get(), expression);
  return expression;
}

ExpressionPtr ExpressionTypes::resolve_node(const DraftExpression& draft) {
  if (const auto* literal = draft.as<DraftExpression::Literal>()) {
    return make_literal_expression(literal->value);
  }
  if (const auto* column = draft.as<DraftExpression::Column>()) {
    return resolve_column(draft.place, column->name);
  }
  if (const auto* metadata = draft.as<DraftExpression::Metadata>()) {
    return resolve_metadata(draft.place, metadata->key);
  }
  if (const auto* opaque = draft.as<DraftExpression::Opaque>()) return unknown(opaque->type);
  const auto& call = std::get<DraftExpression::Call>(draft.node);
  std::vector<ExpressionPtr> arguments;
  for (const DraftExpressionPtr& argument : call.arguments) {
    arguments.push_back(resolve(argument));
    if (arguments.back() == nullptr) return nullptr;
  }
  return resolve_call(draft.place, call.function, std::move(arguments));
}

ExpressionPtr ExpressionTypes::resolve_column(pxl::Place place, const std::string& name) {
  const size_t index = column_index(relation_, name);
  if (index == relation_.size()) {
    // A table of a probe may have any column.
    return open_ ? unknown(DataType::kUnknown)
                 : fail_missing_column(errors_, place, name, relation_);
  }
  Expression expression;
  expression.node = Expression::ColumnReference{index};
  expression.type = relation_[index].type;
  expression.semantic = relation_[index].semantic;
  return std::make_shared<const Expression>(std::move(expression));
}

bool ExpressionTypes::has_local_address() const {
  return is_scalar_name(kPodFallback) &&
         column_index(relation_, "local_addr") != relation_.size() &&
         column_index(relation_, "time_") != relation_.size();
}

ExpressionPtr ExpressionTypes::resolve_metadata(pxl::Place place, const std::string& key) {
  const MetadataKey* known = find_metadata_key(key);
  if (known == nullptr) {
    return errors_.fail(place, fmt::format("'{}' unavailable metadata key.", key));
  }
  for (const std::string_view source : known->sources) {
    if (column_index(relation_, source) == relation_.size()) continue;
    const std::string function = fmt::format("{}_to_{}", source, known->name);
    ExpressionPtr column = resolve_column(place, std::string(source));
    if (function == "upid_to_pod_name" && has_local_address()) {
      return resolve_call(
          place, std::string(kPodFallback),
          {std::move(column), resolve_column(place, "local_addr"), resolve_column(place, "time_")});
    }
    return resolve_call(place, function, {std::move(column)});
  }
  if (open_) return unknown(DataType::kUnknown);
  return errors_.fail(
      place, fmt::format("Can't resolve metadata because of lack of converting columns in the "
                         "parent. Need one of [{}]. Parent type has columns [{}] available.",
                         fmt::join(known->sources, ","), column_names(relation_)));
}

ExpressionPtr ExpressionTypes::resolve_call(pxl::Place place, const std::string& function,
                                            std::vector<ExpressionPtr> arguments) {
  const std::vector<DataType> types = types_of(arguments);
  const ScalarFunction* overload = find_scalar(function, types);
  DataType result = overload == nullptr ? DataType::kUnknown : overload->result;
  if (overload == nullptr && !is_known(types)) {
    const PossibleOverloads possible = possible_overloads(function, types);
    overload = possible.first;
    result = possible.result;
  }
  if (overload == nullptr) return errors_.fail_nowhere(no_overload(function, types), place);
  for (size_t i = 0; i < overload->literal_arguments && i < arguments.size(); ++i) {
    if (std::holds_alternative<Expression::Literal>(arguments[i]->node)) continue;
    return errors_.fail(
        place, fmt::format("expected init argument {} to be a primitive data type, received {}", i,
                           kind_of(*arguments[i])));
  }
  Expression expression;
  expression.type = result;
  expression.semantic = infer(*overload, arguments);
  expression.node = Expression::Call{overload, std::move(arguments)};
  return std::make_shared<const Expression>(std::move(expression));
}

ExpressionPtr ExpressionTypes::apply_cast(const DraftExpression& draft, ExpressionPtr expression) {
  if (!may_agree(expression->type, draft.cast->type)) {
    return errors_.fail(
        draft.place,
        fmt::format("Cannot cast from '{}' to '{}'. Only semantic type casts are allowed.",
                    data_type_name(expression->type), data_type_name(draft.cast->type)));
  }
  Expression cast = *expression;
  cast.type = draft.cast->type;
  cast.semantic = draft.cast->semantic;
  return std::make_shared<const Expression>(std::move(cast));
}

}  // namespace pxq::local
