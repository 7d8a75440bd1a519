#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "local/plan/expression_types.h"
#include "local/plan/folding.h"
#include "local/plan/operator_types.h"

// The operators that bring rows together: aggregate, join, union.

namespace pxq::local {
namespace {

ColumnInfo column(std::string name, DataType type, SemanticType semantic) {
  ColumnInfo info;
  info.name = std::move(name);
  info.type = type;
  info.semantic = semantic;
  return info;
}

/// An overload for an argument whose type only a cluster knows; `result` is what all of them agree
/// on, if they do.
const AggregateFunction* possible_aggregate(std::string_view name, DataType& result) {
  std::vector<const AggregateFunction*> all = aggregate_overloads(name);
  std::erase_if(all, [](const auto* function) { return !function->more_arguments.empty(); });
  if (all.empty()) return nullptr;
  const auto same = [&](const AggregateFunction* other) {
    return other->result == all.front()->result;
  };
  result = std::all_of(all.begin(), all.end(), same) ? all.front()->result : DataType::kUnknown;
  return all.front();
}

/// An overload of several arguments, which only clusters have.
const AggregateFunction* aggregate_of_several(std::string_view name,
                                              const std::vector<DataType>& types) {
  for (const AggregateFunction* function : aggregate_overloads(name)) {
    std::vector<DataType> wanted = {function->argument};
    wanted.insert(wanted.end(), function->more_arguments.begin(), function->more_arguments.end());
    if (std::ranges::equal(wanted, types, may_agree)) return function;
  }
  return nullptr;
}

std::set<std::string_view> names_of(const std::vector<ColumnInfo>& relation) {
  std::set<std::string_view> names;
  for (const ColumnInfo& info : relation) names.insert(info.name);
  return names;
}

/// "[a:INT64, b:STRING]", as Pixie's messages show a relation.
std::string relation_text(const std::vector<ColumnInfo>& relation) {
  std::string text;
  for (const ColumnInfo& info : relation) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{}:{}", info.name, data_type_name(info.type));
  }
  return "[" + text + "]";
}

}  // namespace

bool OperatorTypes::add_groups(const DraftOperator& draft, Operator& op,
                               Operator::Aggregate& aggregate) {
  const DraftOperator& input = *draft.inputs.front();
  const auto* groups = input.as<DraftOperator::GroupBy>();
  aggregate.ungrouped = groups == nullptr;
  if (groups == nullptr) return true;
  const std::vector<ColumnInfo>& relation = relation_of(input);
  for (const std::string& name : groups->columns) {
    const size_t index = column_index(relation, name);
    if (index == relation.size() && at(input)->open) {
      aggregate.groups.push_back(Expression::ColumnReference::kUnknown);
      op.relation.push_back(column(name, DataType::kUnknown, SemanticType::kNone));
      continue;
    }
    if (index == relation.size()) {
      fail_missing_column(errors_, input.place, name, relation);
      return false;
    }
    aggregate.groups.push_back(index);
    op.relation.push_back(column(name, relation[index].type, relation[index].semantic));
  }
  return true;
}

bool OperatorTypes::add_value(const DraftOperator& draft,
                              const DraftOperator::Aggregate::Item& item, Operator& op,
                              Operator::Aggregate& aggregate) {
  ExpressionTypes expressions(*at(*draft.inputs.front()), errors_);
  std::vector<DataType> types;
  ExpressionPtr argument;
  for (const DraftExpressionPtr& draft_column : item.columns) {
    argument = expressions.resolve(draft_column);
    if (argument == nullptr) return false;
    types.push_back(argument->type);
  }
  const AggregateFunction* function =
      types.size() == 1 ? find_aggregate(item.function, types.front(), vocabulary_) : nullptr;
  DataType result = function == nullptr ? DataType::kUnknown : function->result;
  if (types.size() == 1 && types.front() == DataType::kUnknown) {
    function = possible_aggregate(item.function, result);
  }
  if (types.size() > 1 && vocabulary_ == Vocabulary::kCluster) {
    function = aggregate_of_several(item.function, types);
    if (function != nullptr) result = function->result;
  }
  if (function == nullptr) {
    errors_.fail_nowhere(no_overload(item.function, types), draft.place);
    return false;
  }
  if (column_index(op.relation, item.name) != op.relation.size()) {
    errors_.fail(draft.place,
                 fmt::format("Column '{}' is named more than once in agg().", item.name));
    return false;
  }
  const std::array<SemanticType, 1> semantics = {argument->semantic};
  const SemanticType semantic =
      function->semantic == nullptr ? SemanticType::kNone : function->semantic(semantics);
  op.relation.push_back(column(item.name, result, semantic));
  aggregate.values.push_back(
      {function, std::get<Expression::ColumnReference>(argument->node).index});
  return true;
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft,
                                        const DraftOperator::Aggregate& aggregate) {
  Operator op;
  Operator::Aggregate node;
  if (!add_groups(draft, op, node)) return nullptr;
  for (const DraftOperator::Aggregate::Item& item : aggregate.items) {
    if (!add_value(draft, item, op, node)) return nullptr;
  }
  if (op.relation.empty()) return errors_.fail(draft.place, "The dataframe has no columns left.");
  op.node = std::move(node);
  op.inputs = {at(*draft.inputs.front())};
  return std::make_shared<const Operator>(std::move(op));
}

bool OperatorTypes::name_join_columns(const DraftOperator& draft, const DraftOperator::Join& join,
                                      Operator& op) {
  const std::vector<ColumnInfo>& left = relation_of(*draft.inputs[0]);
  const std::vector<ColumnInfo>& right = relation_of(*draft.inputs[1]);
  const auto add = [&op](const ColumnInfo& info, const std::set<std::string_view>& other,
                         const std::string& suffix) {
    op.relation.push_back(column(other.contains(info.name) ? info.name + suffix : info.name,
                                 info.type, info.semantic));
  };
  const std::set<std::string_view> left_names = names_of(left);
  const std::set<std::string_view> right_names = names_of(right);
  for (const ColumnInfo& info : left) add(info, right_names, join.left_suffix);
  for (const ColumnInfo& info : right) add(info, left_names, join.right_suffix);
  std::set<std::string_view> names;
  for (const ColumnInfo& info : op.relation) {
    if (names.insert(info.name).second) continue;
    errors_.fail(draft.place,
                 fmt::format("duplicate column '{}' after merge. Change the specified suffixes "
                             "('{}','{}') to fix this",
                             info.name, join.left_suffix, join.right_suffix));
    return false;
  }
  return true;
}

bool OperatorTypes::add_keys(const DraftOperator& draft, const DraftOperator::Join& join,
                             Operator::Join& resolved) {
  const std::vector<ColumnInfo>& left = relation_of(*draft.inputs[0]);
  const std::vector<ColumnInfo>& right = relation_of(*draft.inputs[1]);
  for (size_t i = 0; i < join.left_keys.size(); ++i) {
    const size_t left_key = column_index(left, join.left_keys[i]);
    const size_t right_key = column_index(right, join.right_keys[i]);
    const bool left_hidden = left_key == left.size() && at(*draft.inputs[0])->open;
    const bool right_hidden = right_key == right.size() && at(*draft.inputs[1])->open;
    if (left_hidden || right_hidden) continue;
    if (left_key == left.size()) {
      fail_missing_column(errors_, draft.place, join.left_keys[i], left);
      return false;
    }
    if (right_key == right.size()) {
      fail_missing_column(errors_, draft.place, join.right_keys[i], right);
      return false;
    }
    if (!may_agree(left[left_key].type, right[right_key].type)) {
      errors_.fail(draft.place,
                   fmt::format("join columns specified in `left_on` and `right_on` must have the "
                               "same datatype, but the {}-th columns disagree. [\"{}\" ({}) vs "
                               "\"{}\" ({})]",
                               i, join.left_keys[i], data_type_name(left[left_key].type),
                               join.right_keys[i], data_type_name(right[right_key].type)));
      return false;
    }
    resolved.left_keys.push_back(left_key);
    resolved.right_keys.push_back(right_key);
  }
  return true;
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft,
                                        const DraftOperator::Join& join) {
  Operator op;
  op.open = at(*draft.inputs[0])->open || at(*draft.inputs[1])->open;
  Operator::Join node{join.how, {}, {}};
  if (!name_join_columns(draft, join, op)) return nullptr;
  if (!add_keys(draft, join, node)) return nullptr;
  op.node = std::move(node);
  op.inputs = {at(*draft.inputs[0]), at(*draft.inputs[1])};
  return std::make_shared<const Operator>(std::move(op));
}

bool OperatorTypes::match_columns(const DraftOperator& draft, size_t input,
                                  std::vector<size_t>& columns) {
  const std::vector<ColumnInfo>& first = relation_of(*draft.inputs.front());
  const std::vector<ColumnInfo>& other = relation_of(*draft.inputs[input]);
  if (at(*draft.inputs.front())->open || at(*draft.inputs[input])->open) return true;
  std::string why;
  if (other.size() != first.size()) why = "Column count wrong.";
  for (size_t i = 0; why.empty() && i < first.size(); ++i) {
    columns.push_back(column_index(other, first[i].name));
    if (columns.back() == other.size()) {
      why = fmt::format("Missing '{}'.", first[i].name);
    } else if (!may_agree(other[columns.back()].type, first[i].type)) {
      why = fmt::format("wrong type for '{}'.", first[i].name);
    }
  }
  if (why.empty()) return true;
  const std::string left = fmt::format("op{}", draft.inputs.front()->id);
  const std::string right = fmt::format("op{}", draft.inputs[input]->id);
  errors_.fail(
      draft.place,
      fmt::format("Table schema disagreement between parent ops {} and {} of Union. {}: "
                  "{} vs {}: {}. {}",
                  left, right, left, relation_text(first), right, relation_text(other), why));
  return false;
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft, const DraftOperator::Union&) {
  Operator op;
  Operator::Union node;
  for (size_t i = 0; i < draft.inputs.size(); ++i) {
    node.columns.emplace_back();
    if (!match_columns(draft, i, node.columns.back())) return nullptr;
    op.inputs.push_back(at(*draft.inputs[i]));
  }
  op.relation = relation_of(*draft.inputs.front());
  op.open = at(*draft.inputs.front())->open;
  const size_t time = column_index(op.relation, "time_");
  if (time < op.relation.size() && op.relation[time].type == DataType::kTime64Ns) {
    node.time_column = time;
  }
  op.node = std::move(node);
  return std::make_shared<const Operator>(std::move(op));
}

}  // namespace pxq::local
