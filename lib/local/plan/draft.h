#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "local/plan/plan.h"
#include "local/pxl/ast.h"
#include "model/schema.h"

namespace pxq::local {

struct DraftExpression;
using DraftExpressionPtr = std::shared_ptr<const DraftExpression>;

/// px.Bytes(x) and its like: the data type must be this one already, the semantic type becomes it.
struct Cast {
  DataType type = DataType::kUnknown;
  SemanticType semantic = SemanticType::kNone;
};

/// An expression as the script wrote it. Columns are names that belong to no dataframe yet: the
/// operator that takes the expression gives them their meaning.
struct DraftExpression {
  struct Literal {
    Value value;
  };
  struct Column {
    std::string name;
  };
  struct Metadata {  // df.ctx[key]
    std::string key;
  };
  struct Call {
    std::string function;
    std::vector<DraftExpressionPtr> arguments;
  };
  struct Opaque {  // a value that only a cluster knows
    DataType type = DataType::kUnknown;
  };
  pxl::Place place;
  std::variant<Literal, Column, Metadata, Call, Opaque> node;
  std::optional<Cast> cast;
  uint32_t depth = 1;  // nodes on the longest way down
  uint32_t size = 1;   // nodes, shared ones counted each time

  template <typename Kind>
  const Kind* as() const {
    return std::get_if<Kind>(&node);
  }
};

/// An operator as the script wrote it. Lives in its Draft, inputs before users.
struct DraftOperator {
  struct Source {
    std::string table;
    std::vector<std::string> select;  // empty: all
    std::optional<int64_t> start_ns;
    std::optional<int64_t> end_ns;
    bool open = false;  // nobody here knows its columns
  };
  struct Map {
    bool keeps_input = false;  // columns that are not assigned stay, before the assigned ones
    std::vector<std::pair<std::string, DraftExpressionPtr>> columns;
  };
  struct Drop {
    std::vector<std::string> columns;
  };
  struct Filter {
    DraftExpressionPtr condition;
  };
  struct Limit {
    int64_t rows = 0;
    bool on_agents = false;
  };
  struct GroupBy {
    std::vector<std::string> columns;
  };
  struct Aggregate {
    struct Item {
      std::string name;
      std::string function;
      std::vector<DraftExpressionPtr> columns;
    };
    std::vector<Item> items;
  };
  struct Join {
    Operator::Join::How how = Operator::Join::How::kInner;
    std::vector<std::string> left_keys;
    std::vector<std::string> right_keys;
    std::string left_suffix;
    std::string right_suffix;
  };
  struct Union {};
  struct Stream {};  // passes its input on, for ever
  struct Export {    // the end of a way, like a sink
    struct Column {
      DraftExpressionPtr reference;
      std::string_view role;        // "value": what it is for
      std::vector<DataType> types;  // those allowed; empty: all
    };
    std::vector<Column> columns;
  };

  size_t id = 0;  // its number in the Draft
  pxl::Place place;
  std::vector<const DraftOperator*> inputs;
  // Drop stands first: what a variant starts as may have no initializers of its own here.
  std::variant<Drop, Source, Map, Filter, Limit, GroupBy, Aggregate, Join, Union, Stream, Export>
      node;
  uint32_t depth = 1;
  bool absorbed = false;  // another operator does its work now, and nothing reads it

  template <typename Kind>
  const Kind* as() const {
    return std::get_if<Kind>(&node);
  }
};

/// All that a script has built so far: what Pixie calls its graph.
struct Draft {
  struct Sink {
    std::string name;
    const DraftOperator* input = nullptr;
  };
  std::deque<DraftOperator> operators;  // addresses stay
  std::vector<Sink> sinks;
};

}  // namespace pxq::local
