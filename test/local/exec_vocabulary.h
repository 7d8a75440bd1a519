#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "local/exec/executor.h"

// The words in which the executor's tests are written.
namespace pxq::local::test {

/// A table in memory that counts how often it was read.
class FakeTable final : public TableSource {
 public:
  FakeTable(std::string table_name, std::vector<ColumnInfo> columns, std::vector<Column> values)
      : name_(std::move(table_name)), relation_(std::move(columns)), values_(std::move(values)) {}

  std::string_view name() const override { return name_; }
  std::string_view description() const override { return "made up"; }
  const std::vector<ColumnInfo>& relation() const override { return relation_; }
  Status scan(const ScanRequest& request, RowReceiver& receiver) const override {
    ++reads;
    if (!failure.ok()) return failure;
    const size_t rows = values_.empty() ? 0 : column_size(values_[0]);
    for (size_t begin = 0; begin < rows; begin += batch_rows) {
      if (!receiver.rows(batch(request, begin, std::min(rows, begin + batch_rows)))) return {};
      ++batches;
    }
    return {};
  }
  bool is_sample() const override { return sample; }

  size_t batch_rows = SIZE_MAX / 2;  // so many a batch
  bool sample = false;
  mutable int batches = 0;  // that were taken
  mutable int reads = 0;
  Status failure;

 private:
  RowBatch batch(const ScanRequest& request, size_t begin, size_t end) const {
    RowBatch rows;
    std::vector<size_t> inside;
    for (size_t row = begin; row < end; ++row) {
      if (is_inside(request.window, row)) inside.push_back(row);
    }
    rows.num_rows = inside.size();
    for (const size_t column : request.columns) {
      std::visit(
          [&](const auto& values) {
            std::remove_cvref_t<decltype(values)> picked;
            for (const size_t row : inside) {
              if (row < values.size()) picked.push_back(values[row]);
            }
            rows.columns.emplace_back(std::move(picked));
          },
          values_[column]);
    }
    return rows;
  }

  bool is_inside(const TimeWindow& window, size_t row) const {
    for (size_t i = 0; i < relation_.size(); ++i) {
      const auto* times = std::get_if<Time64Column>(&values_[i]);
      if (relation_[i].name == "time_" && times != nullptr)
        return window.contains((*times)[row].ns);
    }
    return true;
  }

  std::string name_;
  std::vector<ColumnInfo> relation_;
  std::vector<Column> values_;
};

inline ColumnInfo info(std::string name, DataType type) {
  return {std::move(name), type, SemanticType::kNone, ""};
}

inline FakeTable& add_table(TableSet& tables, std::string name, std::vector<std::string> columns,
                            std::vector<Column> values) {
  std::vector<ColumnInfo> relation;
  for (size_t i = 0; i < values.size(); ++i) {
    relation.push_back(info(columns[i], column_type(values[i])));
  }
  auto table = std::make_unique<FakeTable>(std::move(name), relation, std::move(values));
  FakeTable& reference = *table;
  tables.add(std::move(table));
  return reference;
}

inline ExpressionPtr column(size_t index, DataType type) {
  return std::make_shared<Expression>(Expression{Expression::ColumnReference{index}, type});
}

inline ExpressionPtr literal(Value value) {
  static constexpr DataType kTypes[] = {DataType::kBoolean, DataType::kInt64,  DataType::kUint128,
                                        DataType::kFloat64, DataType::kString, DataType::kTime64Ns};
  const DataType type = kTypes[value.index()];
  return std::make_shared<Expression>(Expression{Expression::Literal{std::move(value)}, type});
}

inline ExpressionPtr call(const ScalarFunction& function, std::vector<ExpressionPtr> arguments) {
  return std::make_shared<Expression>(
      Expression{Expression::Call{&function, std::move(arguments)}, function.result});
}

template <typename Node>
OperatorPtr make_operator(Node node, std::vector<OperatorPtr> inputs,
                          std::vector<ColumnInfo> relation) {
  return std::make_shared<Operator>(
      Operator{std::move(node), std::move(inputs), std::move(relation)});
}

/// All columns of a table.
inline OperatorPtr source(const TableSource& table, std::optional<int64_t> start = {},
                          std::optional<int64_t> end = {}) {
  std::vector<size_t> columns;
  for (size_t i = 0; i < table.relation().size(); ++i) columns.push_back(i);
  return make_operator(Operator::Source{std::string(table.name()), columns, start, end}, {},
                       table.relation());
}

inline OperatorPtr map(OperatorPtr input, std::vector<ExpressionPtr> columns) {
  std::vector<ColumnInfo> relation;
  for (const ExpressionPtr& expression : columns) relation.push_back(info("c", expression->type));
  return make_operator(Operator::Map{std::move(columns)}, {std::move(input)}, relation);
}

inline OperatorPtr filter(OperatorPtr input, ExpressionPtr condition) {
  const std::vector<ColumnInfo> relation = input->relation;
  return make_operator(Operator::Filter{std::move(condition)}, {std::move(input)}, relation);
}

inline OperatorPtr limit(OperatorPtr input, int64_t rows) {
  const std::vector<ColumnInfo> relation = input->relation;
  return make_operator(Operator::Limit{rows}, {std::move(input)}, relation);
}

inline OperatorPtr aggregate(OperatorPtr input, std::vector<size_t> groups,
                             std::vector<Operator::Aggregate::Item> values) {
  std::vector<ColumnInfo> relation;
  for (const size_t group : groups) relation.push_back(input->relation[group]);
  for (const auto& item : values) relation.push_back(info("v", item.function->result));
  const bool ungrouped = groups.empty();
  return make_operator(Operator::Aggregate{std::move(groups), std::move(values), ungrouped},
                       {std::move(input)}, relation);
}

inline OperatorPtr join(OperatorPtr left, OperatorPtr right, Operator::Join::How how,
                        std::vector<size_t> left_keys, std::vector<size_t> right_keys) {
  std::vector<ColumnInfo> relation = left->relation;
  relation.insert(relation.end(), right->relation.begin(), right->relation.end());
  const size_t driving = how == Operator::Join::How::kRight ? 1 : 0;
  return make_operator(Operator::Join{how, std::move(left_keys), std::move(right_keys), driving},
                       {std::move(left), std::move(right)}, relation);
}

/// Each input gives its columns in their own order.
inline OperatorPtr append(std::vector<OperatorPtr> inputs, std::optional<size_t> time_column) {
  const std::vector<ColumnInfo> relation = inputs[0]->relation;
  std::vector<size_t> columns;
  for (size_t i = 0; i < relation.size(); ++i) columns.push_back(i);
  Operator::Union node{std::vector<std::vector<size_t>>(inputs.size(), columns), time_column};
  return make_operator(std::move(node), std::move(inputs), relation);
}

inline Plan plan_of(std::vector<OperatorPtr> outputs) {
  Plan plan;
  for (OperatorPtr& output : outputs) plan.sinks.push_back({"output", std::move(output)});
  return plan;
}

/// Keeps every batch it is given.
class Collector final : public BatchReceiver {
 public:
  explicit Collector(size_t most_batches = SIZE_MAX) : most_batches_(most_batches) {}

  bool batch(size_t sink, RowBatch&& rows) override {
    order.push_back(sink);
    if (batches.size() <= sink) batches.resize(sink + 1);
    batches[sink].push_back(std::move(rows));
    return order.size() < most_batches_;
  }

  /// A column of a sink, over all batches.
  template <typename Values>
  Values values(size_t sink, size_t index) const {
    Values all;
    for (const RowBatch& rows : batches.at(sink)) {
      const auto& part = std::get<Values>(rows.columns.at(index));
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }
  Int64Column ints(size_t sink, size_t index) const { return values<Int64Column>(sink, index); }
  std::vector<std::string> texts(size_t sink, size_t index) const {
    const StringColumn all = values<StringColumn>(sink, index);
    return {all.begin(), all.end()};
  }

  std::vector<size_t> order;
  std::vector<std::vector<RowBatch>> batches;

 private:
  size_t most_batches_;
};

inline Result<ExecutionCounters> run(const Plan& plan, const TableSet& tables, Collector& rows,
                                     const ExecutionLimits& limits = {}) {
  return execute(plan, tables, FunctionContext{}, rows, std::stop_token{}, limits);
}

inline SemanticType no_semantic(std::span<const SemanticType>) { return SemanticType::kNone; }

/// INT64 + INT64.
inline const ScalarFunction& add_function() {
  static const ScalarFunction function{
      "add",
      {DataType::kInt64, DataType::kInt64},
      DataType::kInt64,
      no_semantic,
      [](std::span<const Column* const> arguments, size_t rows, FunctionContext&) -> Column {
        const auto& a = std::get<Int64Column>(*arguments[0]);
        const auto& b = std::get<Int64Column>(*arguments[1]);
        Int64Column sums(rows);
        for (size_t i = 0; i < rows; ++i) sums[i] = a.at(i) + b.at(i);
        return sums;
      }};
  return function;
}

/// INT64 > INT64.
inline const ScalarFunction& greater_function() {
  static const ScalarFunction function{
      "greaterThan",
      {DataType::kInt64, DataType::kInt64},
      DataType::kBoolean,
      no_semantic,
      [](std::span<const Column* const> arguments, size_t rows, FunctionContext&) -> Column {
        const auto& a = std::get<Int64Column>(*arguments[0]);
        const auto& b = std::get<Int64Column>(*arguments[1]);
        BooleanColumn greater(rows);
        for (size_t i = 0; i < rows; ++i) greater[i] = a.at(i) > b.at(i) ? 1 : 0;
        return greater;
      }};
  return function;
}

/// The sum of an INT64 column.
inline const AggregateFunction& sum_aggregate() {
  class Sum final : public Aggregator {
   public:
    void update(const Column& values, std::span<const uint32_t> groups,
                size_t group_count) override {
      sums_.resize(group_count);
      const auto& numbers = std::get<Int64Column>(values);
      for (size_t i = 0; i < groups.size(); ++i) sums_.at(groups[i]) += numbers.at(i);
    }
    Column finish(size_t group_count, FunctionContext&) override {
      sums_.resize(group_count);
      return std::move(sums_);
    }

   private:
    Int64Column sums_;
  };
  static const AggregateFunction function{
      "sum", DataType::kInt64, DataType::kInt64, no_semantic,
      []() -> std::unique_ptr<Aggregator> { return std::make_unique<Sum>(); }};
  return function;
}

}  // namespace pxq::local::test
