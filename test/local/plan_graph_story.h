#pragma once

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "local/plan/column_use.h"
#include "local/plan/plan_graph.h"

namespace pxq::local::test {

// Functions that exist in these tests alone, so that no change of Pixie's own moves them.
inline const ScalarFunction kAnywhere{.name = "anywhere",
                                      .arguments = {},
                                      .result = DataType::kInt64,
                                      .semantic = nullptr,
                                      .kernel = nullptr};
inline const ScalarFunction kOfAgents{.name = "of_agents",
                                      .arguments = {},
                                      .result = DataType::kInt64,
                                      .semantic = nullptr,
                                      .kernel = nullptr,
                                      .placement = Placement::kPemOnly};
inline const ScalarFunction kOfKelvin{.name = "of_kelvin",
                                      .arguments = {},
                                      .result = DataType::kInt64,
                                      .semantic = nullptr,
                                      .kernel = nullptr,
                                      .placement = Placement::kKelvinOnly};

/// A plan drawn by hand, all of whose columns are INT64 but time_.
class Drawing {
 public:
  PlanNode& source(const std::string& columns) {
    Operator op;
    Operator::Source node{"t", {}, {}, {}};
    op.relation = relation(columns);
    for (size_t i = 0; i < op.relation.size(); ++i) node.columns.push_back(i);
    op.node = std::move(node);
    return graph.add({}, std::move(op), {});
  }

  /// `columns` names what comes out, `values` are expressions over the input's columns.
  PlanNode& map(PlanNode& input, const std::string& columns, std::vector<ExpressionPtr> values) {
    Operator op;
    op.relation = relation(columns);
    op.node = Operator::Map{std::move(values)};
    return graph.add({}, std::move(op), {&input});
  }

  PlanNode& filter(PlanNode& input, ExpressionPtr condition) {
    Operator op;
    op.relation = input.op.relation;
    op.node = Operator::Filter{std::move(condition)};
    return graph.add({}, std::move(op), {&input});
  }

  PlanNode& limit(PlanNode& input, int64_t rows) {
    Operator op;
    op.relation = input.op.relation;
    op.node = Operator::Limit{rows};
    return graph.add({}, std::move(op), {&input});
  }

  PlanNode& group(PlanNode& input, const std::string& columns, std::vector<size_t> groups,
                  std::vector<size_t> values) {
    Operator op;
    Operator::Aggregate node;
    op.relation = relation(columns);
    node.ungrouped = groups.empty();
    node.groups = std::move(groups);
    for (const size_t value : values) node.values.push_back({nullptr, value});
    op.node = std::move(node);
    return graph.add({}, std::move(op), {&input});
  }

  PlanNode& join(PlanNode& left, PlanNode& right, const std::string& columns,
                 Operator::Join::How how = Operator::Join::How::kInner) {
    Operator op;
    op.relation = relation(columns);
    op.node = Operator::Join{how, {0}, {0}};
    return graph.add({}, std::move(op), {&left, &right});
  }

  PlanNode& append(PlanNode& first, PlanNode& second) {
    Operator op;
    Operator::Union node;
    op.relation = first.op.relation;
    for (int i = 0; i < 2; ++i) {
      node.columns.emplace_back();
      for (size_t column = 0; column < op.relation.size(); ++column) {
        node.columns.back().push_back(column);
      }
    }
    op.node = std::move(node);
    return graph.add({}, std::move(op), {&first, &second});
  }

  void show(PlanNode& input) { graph.add_sink({"out", &input, {}, false}); }

  static ExpressionPtr column(const PlanNode& input, size_t index) {
    return column_reference(input.op.relation, index);
  }
  static ExpressionPtr call(const ScalarFunction& function, std::vector<ExpressionPtr> arguments) {
    Expression expression;
    expression.node = Expression::Call{&function, std::move(arguments)};
    expression.type = function.result;
    return std::make_shared<const Expression>(std::move(expression));
  }

  /// "filter anywhere($1) (source a b)": what feeds an output, from it to the tables.
  std::string text(size_t sink = 0) const { return text_of(*graph.sinks().at(sink).input); }

  PlanGraph graph;

 private:
  static std::vector<ColumnInfo> relation(const std::string& columns) {
    std::vector<ColumnInfo> relation;
    std::istringstream words(columns);
    for (std::string name; words >> name;) {
      ColumnInfo info;
      info.type = name == "time_" ? DataType::kTime64Ns : DataType::kInt64;
      info.name = std::move(name);
      relation.push_back(std::move(info));
    }
    return relation;
  }

  static std::string text_of(const Expression& expression) {
    if (const auto* reference = std::get_if<Expression::ColumnReference>(&expression.node)) {
      return fmt::format("${}", reference->index);
    }
    const auto* call = std::get_if<Expression::Call>(&expression.node);
    if (call == nullptr) return "literal";
    std::string arguments;
    for (const ExpressionPtr& argument : call->arguments) {
      if (!arguments.empty()) arguments += ' ';
      arguments += text_of(*argument);
    }
    return fmt::format("{}({})", call->function->name, arguments);
  }

  static std::string names(const Operator& op) {
    std::string text;
    for (const ColumnInfo& info : op.relation) text += " " + info.name;
    return text;
  }

  struct Words {
    const Operator& op;

    std::string operator()(const Operator::Source&) const { return "source" + names(op); }
    std::string operator()(const Operator::Map& map) const {
      std::string text = "map";
      for (size_t i = 0; i < map.columns.size(); ++i) {
        text += " " + op.relation[i].name + "=" + text_of(*map.columns[i]);
      }
      return text;
    }
    std::string operator()(const Operator::Filter& filter) const {
      return "filter " + text_of(*filter.condition);
    }
    std::string operator()(const Operator::Limit& limit) const {
      return fmt::format("limit {}", limit.rows);
    }
    std::string operator()(const Operator::Aggregate& aggregate) const {
      std::string text = "agg";
      for (const size_t group : aggregate.groups) text += fmt::format(" ${}", group);
      text += " :";
      for (const auto& value : aggregate.values) text += fmt::format(" ${}", value.column);
      return text;
    }
    std::string operator()(const Operator::Join& join) const {
      return fmt::format("join by {}{}", join.driving == 0 ? "left" : "right", names(op));
    }
    std::string operator()(const Operator::Union&) const { return "union" + names(op); }
  };

  static std::string text_of(const PlanNode& node) {
    std::string text = std::visit(Words{node.op}, node.op.node);
    std::string inputs;
    for (const PlanNode* input : node.inputs) {
      if (!inputs.empty()) inputs += ", ";
      inputs += text_of(*input);
    }
    return inputs.empty() ? text : text + " (" + inputs + ")";
  }
};

}  // namespace pxq::local::test
