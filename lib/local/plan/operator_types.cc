#include "local/plan/operator_types.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

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

OperatorPtr open_source(const DraftOperator::Source& source) {
  Operator op;
  op.node = Operator::Source{source.table, {}, source.start_ns, source.end_ns};
  op.open = true;
  for (const std::string& name : source.select) {
    op.relation.push_back({name, DataType::kUnknown, SemanticType::kNone, {}});
  }
  // Then the columns are known, if not their types.
  if (!source.select.empty()) op.open = false;
  return std::make_shared<const Operator>(std::move(op));
}

/// "INT64 or FLOAT64".
std::string one_of(const std::vector<DataType>& types) {
  std::string text;
  for (const DataType type : types) {
    if (!text.empty()) text += " or ";
    text += data_type_name(type);
  }
  return text;
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

bool is_blocking(const DraftOperator& op) {
  if (const auto* limit = op.as<DraftOperator::Limit>()) return !limit->on_agents;
  return op.as<DraftOperator::Aggregate>() != nullptr || op.as<DraftOperator::Join>() != nullptr ||
         op.as<DraftOperator::Union>() != nullptr;
}

/// The first operator among the inputs of `op`, and theirs, that waits for all rows; or null.
const DraftOperator* blocking_above(const DraftOperator& op) {
  std::set<size_t> seen;
  std::vector<const DraftOperator*> open(op.inputs.begin(), op.inputs.end());
  while (!open.empty()) {
    const DraftOperator* next = open.back();
    open.pop_back();
    if (!seen.insert(next->id).second) continue;
    if (is_blocking(*next)) return next;
    open.insert(open.end(), next->inputs.begin(), next->inputs.end());
  }
  return nullptr;
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
    std::string_view operator()(const DraftOperator::Stream&) const { return "Stream"; }
    std::string_view operator()(const DraftOperator::Export&) const { return "OTelExportSink"; }
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
    resolved_.push_back(draft.absorbed ? nullptr : resolve(draft));
    if (draft.absorbed) continue;
    if (resolved_.back() == nullptr) return false;
    bytes += relation_bytes(*resolved_.back());
    if (bytes > kMaxRelationBytes || resolved_.back()->relation.size() > kMaxColumns) {
      errors_.exceed(draft.place, "The script builds wider dataframes");
      return false;
    }
  }
  return check_streams() && check_groups_are_used();
}

OperatorPtr OperatorTypes::resolve(const DraftOperator& draft) {
  return std::visit([&](const auto& node) { return resolve_node(draft, node); }, draft.node);
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft,
                                        const DraftOperator::Source& source) {
  if (source.open) return open_source(source);
  const TableSource* table = tables_.find(source.table);
  if (table == nullptr) {
    return errors_.fail(draft.place, fmt::format("Table '{}' not found.", source.table));
  }
  const std::vector<ColumnInfo>& columns = table->relation();
  Operator op;
  Operator::Source node{source.table, {}, source.start_ns, source.end_ns, false};
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
  op.open = map.keeps_input && at(input)->open;
  Operator::Map node;
  for (size_t i = 0; map.keeps_input && i < relation.size(); ++i) {
    if (!assigns(map, relation[i].name)) {
      add_column(op, node, relation[i], reference(relation, i));
    }
  }
  ExpressionTypes expressions(*at(input), errors_);
  for (const auto& [name, draft_value] : map.columns) {
    ExpressionPtr value = expressions.resolve(draft_value);
    if (value == nullptr) return nullptr;
    add_column(op, node, named(name, value->type, value->semantic), value);
  }
  if (op.relation.empty() && !op.open) {
    return errors_.fail(draft.place, "The dataframe has no columns left.");
  }
  op.node = std::move(node);
  op.inputs = {at(input)};
  return finish(std::move(op));
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft,
                                        const DraftOperator::Drop& drop) {
  const DraftOperator& input = *draft.inputs.front();
  const std::vector<ColumnInfo>& relation = relation_of(input);
  for (const std::string& name : drop.columns) {
    if (column_index(relation, name) == relation.size() && !at(input)->open) {
      return fail_missing_column(errors_, draft.place, name, relation);
    }
  }
  Operator op;
  op.open = at(input)->open;
  Operator::Map node;
  for (size_t i = 0; i < relation.size(); ++i) {
    const auto& dropped = drop.columns;
    if (std::find(dropped.begin(), dropped.end(), relation[i].name) != dropped.end()) continue;
    add_column(op, node, relation[i], reference(relation, i));
  }
  if (op.relation.empty() && !op.open) {
    return errors_.fail(draft.place, "The dataframe has no columns left.");
  }
  op.node = std::move(node);
  op.inputs = {at(input)};
  return finish(std::move(op));
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft,
                                        const DraftOperator::Filter& filter) {
  const DraftOperator& input = *draft.inputs.front();
  ExpressionTypes expressions(*at(input), errors_);
  ExpressionPtr condition = expressions.resolve(filter.condition);
  if (condition == nullptr) return nullptr;
  if (!may_agree(condition->type, DataType::kBoolean)) {
    return errors_.fail(
        draft.place,
        fmt::format("Expected Boolean for Filter expression '{}', got {}",
                    expression_text(*filter.condition), data_type_name(condition->type)));
  }
  Operator op;
  op.relation = relation_of(input);
  op.open = at(input)->open;
  op.node = Operator::Filter{std::move(condition)};
  op.inputs = {at(input)};
  return finish(std::move(op));
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft,
                                        const DraftOperator::Limit& limit) {
  const DraftOperator& input = *draft.inputs.front();
  Operator op;
  op.relation = relation_of(input);
  op.open = at(input)->open;
  op.node = Operator::Limit{limit.rows};
  op.inputs = {at(input)};
  return finish(std::move(op));
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft, const DraftOperator::GroupBy&) {
  // Passes its input on; the aggregate that follows takes the columns.
  return at(*draft.inputs.front());
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft, const DraftOperator::Stream&) {
  return at(*draft.inputs.front());
}

OperatorPtr OperatorTypes::resolve_node(const DraftOperator& draft,
                                        const DraftOperator::Export& node) {
  const OperatorPtr& input = at(*draft.inputs.front());
  ExpressionTypes expressions(*input, errors_);
  exported_[draft.id];
  for (const DraftOperator::Export::Column& column : node.columns) {
    const ExpressionPtr value = expressions.resolve(column.reference);
    if (value == nullptr) return nullptr;
    exported_[draft.id].push_back(value);
    const auto allowed = [&](DataType type) { return may_agree(type, value->type); };
    if (column.types.empty() || std::any_of(column.types.begin(), column.types.end(), allowed)) {
      continue;
    }
    const auto* name = column.reference->as<DraftExpression::Column>();
    return errors_.fail(column.reference->place,
                        fmt::format("Expected {} column '{}' to be {}, received {}", column.role,
                                    name == nullptr ? "ctx" : name->name, one_of(column.types),
                                    data_type_name(value->type)));
  }
  return input;
}

bool OperatorTypes::check_streams() {
  const auto refuse = [this](const DraftOperator& stream, std::string message) {
    errors_.fail_nowhere(std::move(message), stream.place);
    return false;
  };
  for (const DraftOperator& draft : draft_.operators) {
    for (const DraftOperator* input : draft.inputs) {
      if (input->as<DraftOperator::Stream>() != nullptr &&
          draft.as<DraftOperator::Export>() == nullptr) {
        return refuse(*input, "df.stream() in the middle of a query is not yet implemented");
      }
    }
    if (draft.as<DraftOperator::Stream>() == nullptr) continue;
    if (const DraftOperator* blocking = blocking_above(draft)) {
      return refuse(draft, fmt::format("df.stream() not yet supported with blocking operator {}",
                                       operator_kind(*blocking)));
    }
  }
  return true;
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
