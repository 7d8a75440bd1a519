#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "local/functions/function.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq::local {

/// A constant of the script.
using Value = std::variant<bool, int64_t, Uint128, double, std::string, Time64>;

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

/// A computation over the rows of one input, with every name and type resolved.
struct Expression {
  struct Literal {
    Value value;
  };
  struct ColumnReference {
    /// Of a column or value that only a cluster knows; never in a plan that runs.
    static constexpr size_t kUnknown = static_cast<size_t>(-1);
    size_t index;  // into the input's relation
  };
  struct Call {
    const ScalarFunction* function;  // lives for ever
    std::vector<ExpressionPtr> arguments;
  };
  std::variant<Literal, ColumnReference, Call> node;
  DataType type = DataType::kUnknown;
  SemanticType semantic = SemanticType::kNone;
};

struct Operator;
using OperatorPtr = std::shared_ptr<const Operator>;

/// A node of the dataflow graph. Inputs run first; an operator that is the input of several runs
/// once. `relation` describes its output rows.
struct Operator {
  struct Source {  // rows of a table with start <= time_ <= end
    std::string table;
    std::vector<size_t> columns;  // of the table's own relation, in output order
    std::optional<int64_t> start_ns;
    std::optional<int64_t> end_ns;
    bool streams = false;  // also those that come later
  };
  struct Map {  // one expression per output column
    std::vector<ExpressionPtr> columns;
  };
  struct Filter {
    ExpressionPtr condition;  // BOOLEAN
  };
  struct Limit {
    int64_t rows;
  };
  struct Aggregate {  // output: groups, then values; no groups: exactly one row
    struct Item {
      const AggregateFunction* function;
      size_t column;
    };
    std::vector<size_t> groups;
    std::vector<Item> values;
    bool ungrouped = false;  // agg() without groupby(): one row also for empty input
  };
  struct Join {  // output: all of inputs[0], then all of inputs[1]; no match fills type defaults
    enum class How { kInner, kLeft, kRight, kOuter } how;
    std::vector<size_t> left_keys;  // none: every row meets every row
    std::vector<size_t> right_keys;
    size_t driving = 0;  // the input whose order the output has; the other is held
    /// The columns that come out, numbered through both inputs; none: all.
    std::optional<std::vector<size_t>> output = std::nullopt;
  };
  struct Union {  // per input: which of its columns feeds each output column
    std::vector<std::vector<size_t>> columns;
    std::optional<size_t> time_column;  // merge by it, stable by input; else concatenate
  };

  // Map stands first: what a variant starts as may have no initializers of its own here.
  std::variant<Map, Source, Filter, Limit, Aggregate, Join, Union> node;
  std::vector<OperatorPtr> inputs;
  std::vector<ColumnInfo> relation;
  bool open = false;  // more columns may be there, which only a cluster knows
};

/// A script's outputs, in the order in which it displays them, names already unique.
struct Plan {
  struct Sink {
    std::string table;
    OperatorPtr input;
    bool streams = false;  // its rows come as time passes; it reads sources that stream, no others
  };
  std::vector<Sink> sinks;
};

}  // namespace pxq::local
