#include "local/exec/evaluate.h"

#include <string>
#include <unordered_map>
#include <utility>

namespace pxq::local {
namespace {

/// Deeper expressions would endanger the stack; no script that a person writes comes near.
constexpr size_t kMaxDepth = 2000;

Column repeat(const Value& value, size_t rows, StringArena& strings) {
  struct Repeat {
    size_t rows;
    StringArena& strings;
    Column operator()(bool v) const { return BooleanColumn(rows, v ? 1 : 0); }
    Column operator()(int64_t v) const { return Int64Column(rows, v); }
    Column operator()(const Uint128& v) const { return Uint128Column(rows, v); }
    Column operator()(double v) const { return Float64Column(rows, v); }
    Column operator()(const std::string& v) const {
      return StringColumn(rows, strings.keep(std::string_view{v}));
    }
    Column operator()(const Time64& v) const { return Time64Column(rows, v); }
  };
  return std::visit(Repeat{rows, strings}, value);
}

Status wrong_result(const ScalarFunction& function, const Column& column, size_t rows) {
  return {Code::kInternal, "function '" + std::string(function.name) + "' returned " +
                               std::to_string(column_size(column)) + " values of " +
                               std::string(data_type_name(column_type(column))) + " for " +
                               std::to_string(rows) + " rows"};
}

/// The expressions of one operator while they are computed.
class Evaluation {
 public:
  Evaluation(const Frame& input, const Execution& execution)
      : input_(input), execution_(execution) {}

  /// Announces one use of `expression`. Every use must be announced before the first value().
  // Uses are counted first, so that a column which several expressions share is computed once and
  // freed after the last of them.
  Status announce(const Expression& expression, size_t depth = 0) {
    if (depth > kMaxDepth) return {Code::kLimit, "an expression of the script is nested too deep"};
    if (++nodes_[&expression].uses > 1) return {};
    const auto* call = std::get_if<Expression::Call>(&expression.node);
    if (call == nullptr) return {};
    for (const ExpressionPtr& argument : call->arguments) {
      if (Status status = announce(*argument, depth + 1); !status.ok()) return status;
    }
    return {};
  }

  Result<ColumnPtr> value(const Expression& expression) {
    Node& node = nodes_[&expression];  // stays put while the map grows
    if (node.value == nullptr) {
      Result<ColumnPtr> computed = compute(expression);
      if (!computed.ok()) return computed;
      node.value = *std::move(computed);
    }
    if (--node.uses == 0) return std::move(node.value);
    return node.value;
  }

 private:
  struct Node {
    size_t uses = 0;
    ColumnPtr value;
  };

  Result<ColumnPtr> compute(const Expression& expression) {
    return std::visit([this, &expression](const auto& node) { return compute(expression, node); },
                      expression.node);
  }

  Result<ColumnPtr> compute(const Expression&, const Expression::Literal& literal) {
    return share(repeat(literal.value, input_.rows, *execution_.functions.strings));
  }

  Result<ColumnPtr> compute(const Expression&, const Expression::ColumnReference& reference) {
    if (reference.index < input_.columns.size()) return input_.columns[reference.index];
    return Status{Code::kInternal, "an expression refers to a column that does not exist"};
  }

  Result<ColumnPtr> compute(const Expression& expression, const Expression::Call& call) {
    std::vector<ColumnPtr> values;
    std::vector<const Column*> arguments;
    for (const ExpressionPtr& argument : call.arguments) {
      Result<ColumnPtr> column = value(*argument);
      if (!column.ok()) return column;
      arguments.push_back(column->get());
      values.push_back(*std::move(column));
    }
    if (Status status = execution_.check(); !status.ok()) return status;
    // No kernel is asked about no rows.
    if (input_.rows == 0) return share(make_column(expression.type));
    Column result = call.function->kernel(arguments, input_.rows, execution_.functions);
    if (column_size(result) != input_.rows || column_type(result) != expression.type) {
      return wrong_result(*call.function, result, input_.rows);
    }
    return share(std::move(result));
  }

  const Frame& input_;
  const Execution& execution_;
  std::unordered_map<const Expression*, Node> nodes_;
};

}  // namespace

Result<std::vector<ColumnPtr>> evaluate(std::span<const ExpressionPtr> expressions,
                                        const Frame& input, const Execution& execution) {
  Evaluation evaluation{input, execution};
  for (const ExpressionPtr& expression : expressions) {
    if (Status status = evaluation.announce(*expression); !status.ok()) return status;
  }
  std::vector<ColumnPtr> columns;
  columns.reserve(expressions.size());
  for (const ExpressionPtr& expression : expressions) {
    Result<ColumnPtr> column = evaluation.value(*expression);
    if (!column.ok()) return column.status();
    columns.push_back(*std::move(column));
  }
  return columns;
}

}  // namespace pxq::local
