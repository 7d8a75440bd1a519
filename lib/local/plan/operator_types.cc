#include "local/plan/operator_types.h"

#include <algorithm>

#include <fmt/format.h>

#include "local/plan/expression_types.h"

namespace pxq::local {
namespace {

// Every operator names all its columns again, and merge() can double them each time.
constexpr size_t kMaxColumns = 2000;
constexpr size_t kMaxRelationBytes = 24 << 20;  // of all operators together

size_t relation_bytes(const Operator& op) {
  size_t bytes = 0;
  for (const ColumnInfo& column : op.relation) bytes += sizeof(ColumnInfo) + column.name.size();
  return bytes;
}

OperatorPtr finish(Operator op) { return std::make_shared<const Operator>(std::move(op)); }

/// The column under a name that an operator gives it; descriptions end at the source.
ColumnInfo named(std::string name, DataType type, SemanticType semantic) {
  ColumnInfo column;
  column.name = std::move(name);
  column.type = type;
  column.semantic = semantic;
  return column;
}

ColumnInfo copied(const ColumnInfo& column) {
  return named(column.name, column.type, column.semantic);
}

void add_column(Operator& op, Operator::Map& map, const ColumnInfo& column, ExpressionPtr value) {
  op.relation.push_back(named(column.name, value->type, value->semantic));
  map.columns.push_back(std::move(value));
}

ExpressionPtr reference(const std::vector<ColumnInfo>& relation, size_t index) {
  Expression expression;
  expression.node = Expression::ColumnReference{index};
  expression.type = relation[index].type;
  expression.semantic = relation[index].semantic;
  return std::make_shared<const Expression>(std::move(expression));
}

bool assigns(const DraftOperator::Map& map, std::string_view name) {
  return std::any_of(map.columns.begin(), map.columns.end(),
                     [name](const auto& column) { return column.first == name; });
}

/// What Pixie's messages call the operator.
std::string_view operator_kind(const DraftOperator& op) {
  struct Namer {
    std::string_view operator()(const DraftOperator::Source&) const { return "MemorySource"; }
    std::string_view operator()(const DraftOperator::Map&) const { return "Map"; }
    std::string_view operator()(const DraftOperator::Drop&) const { return "Map"; }
    std::string_view operator()(const DraftOperator::Filter&) const { return "Filter"; }
    std::string_view operator()(const DraftOperator::Limit&) const { return "Limit"; }
    std::string_view operator()(const DraftOperator::GroupBy&) const { return "GroupBy"; }
    std::string_view operator()(const DraftOperator::Aggregate&) const { return "BlockingAgg"; }
    std::string_view operator()(const DraftOperator::Join&) const { return "Join"; }
    std::string_view operator()(const DraftOperator::Union&) const { return "Union"; }
  };
  return std::visit(Namer(), op.node);
}

std::string expression_text(const DraftExpression& expression) {
  if (const auto* column = expression.as<DraftExpression::Column>()) {
    return fmt::format("Column({})", column->name);
  }
  if (const auto* call = expression.as<DraftExpression::Call>()) {
    return fmt::format("Func({})", call->function);
  }
  if (const auto* metadata = expression.as<DraftExpression::Metadata>()) {
    return fmt::format("Metadata({})", metadata->key);
  }
  return "Literal";
}

}  // namespace

bool OperatorTypes::resolve() {
  size_t bytes = 0;
  for (const DraftOperator& draft : draft_.operators) {
    resolved_.push_back(resolve(draft));
    if (resolved_.back() == nullptr) return false;
    bytes += relation_bytes(*resolved_.back());
    if (bytes > kMaxRelationBytes || resolved_.back()->relation.size() > kMaxColumns) {
      errors_.fail(draft.place, "The script builds wider dataframes than the local Vizier allows.");
      return false;
    }
  }
  return check_groups_are_used();
}

OperatorPtr OperatorTypes::resolve(const DraftOperator& draft) {
  return std::visit([&](const auto& node) { return resolve_node(draft, node); }, draft.node);
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft,
                                        const DraftOperator::Source& source) {
  const TableSource* table = tables_.find(source.table);
  if (table == nullptr) {
    return errors_.fail(draft.place, fmt::format("Table '{}' not found.", source.table));
  }
  const std::vector<ColumnInfo>& columns = table->relation();
  Operator op;
  Operator::Source node{source.table, {}, source.start_ns, source.end_ns};
  for (const std::string& name : source.select) {
    node.columns.push_back(column_index(columns, name));
    if (node.columns.back() == columns.size()) {
      return errors_.fail_nowhere(
          fmt::format("cannot find column {} in table type container", name));
    }
  }
  for (size_t i = 0; source.select.empty() && i < columns.size(); ++i) node.columns.push_back(i);
  for (const size_t index : node.columns) op.relation.push_back(copied(columns[index]));
  op.node = std::move(node);
  return finish(std::move(op));
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft, const DraftOperator::Map& map) {
  const DraftOperator& input = *draft.inputs.front();
  const std::vector<ColumnInfo>& relation = relation_of(input);
  Operator op;
  Operator::Map node;
  for (size_t i = 0; map.keeps_input && i < relation.size(); ++i) {
    if (!assigns(map, relation[i].name)) {
      add_column(op, node, relation[i], reference(relation, i));
    }
  }
  ExpressionTypes expressions(relation, vocabulary_, errors_);
  for (const auto& [name, draft_value] : map.columns) {
    ExpressionPtr value = expressions.resolve(draft_value);
    if (value == nullptr) return nullptr;
    add_column(op, node, named(name, value->type, value->semantic), value);
  }
  if (op.relation.empty()) return errors_.fail(draft.place, "The dataframe has no columns left.");
  op.node = std::move(node);
  op.inputs = {at(input)};
  return finish(std::move(op));
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft,
                                        const DraftOperator::Drop& drop) {
  const DraftOperator& input = *draft.inputs.front();
  const std::vector<ColumnInfo>& relation = relation_of(input);
  for (const std::string& name : drop.columns) {
    if (column_index(relation, name) == relation.size()) {
      return fail_missing_column(errors_, draft.place, name);
    }
  }
  Operator op;
  Operator::Map node;
  for (size_t i = 0; i < relation.size(); ++i) {
    const auto& dropped = drop.columns;
    if (std::find(dropped.begin(), dropped.end(), relation[i].name) != dropped.end()) continue;
    add_column(op, node, relation[i], reference(relation, i));
  }
  if (op.relation.empty()) return errors_.fail(draft.place, "The dataframe has no columns left.");
  op.node = std::move(node);
  op.inputs = {at(input)};
  return finish(std::move(op));
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft,
                                        const DraftOperator::Filter& filter) {
  const DraftOperator& input = *draft.inputs.front();
  ExpressionTypes expressions(relation_of(input), vocabulary_, errors_);
  ExpressionPtr condition = expressions.resolve(filter.condition);
  if (condition == nullptr) return nullptr;
  if (condition->type != DataType::kBoolean) {
    return errors_.fail(
        draft.place,
        fmt::format("Expected Boolean for Filter expression '{}', got {}",
                    expression_text(*filter.condition), data_type_name(condition->type)));
  }
  Operator op;
  op.relation = relation_of(input);
  op.node = Operator::Filter{std::move(condition)};
  op.inputs = {at(input)};
  return finish(std::move(op));
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft,
                                        const DraftOperator::Limit& limit) {
  const DraftOperator& input = *draft.inputs.front();
  Operator op;
  op.relation = relation_of(input);
  op.node = Operator::Limit{limit.rows};
  op.inputs = {at(input)};
  return finish(std::move(op));
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft, const DraftOperator::GroupBy&) {
  // Passes its input on; the aggregate that follows takes the columns.
  return at(*draft.inputs.front());
}

bool OperatorTypes::check_groups_are_used() {
  const auto refuse = [this](const DraftOperator& groups, std::string_view user) {
    errors_.fail(groups.place, fmt::format("'groupby()' should be followed by an 'agg()' or a "
                                           "'rolling()' not a {}",
                                           user));
    return false;
  };
  for (const DraftOperator& draft : draft_.operators) {
    if (draft.as<DraftOperator::Aggregate>() != nullptr) continue;
    for (const DraftOperator* input : draft.inputs) {
      if (input->as<DraftOperator::GroupBy>() != nullptr) {
        return refuse(*input, operator_kind(draft));
      }
    }
  }
  for (const Draft::Sink& sink : draft_.sinks) {
    if (sink.input->as<DraftOperator::GroupBy>() != nullptr) {
      return refuse(*sink.input, "MemorySink");
    }
  }
  return true;
}

}  // namespace pxq::local
