#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "local/plan/draft.h"

namespace pxq::local {

struct Object;
/// Objects never change; null means that an error was reported.
using ObjectPtr = std::shared_ptr<const Object>;

/// Arguments after they found their parameters.
struct BoundCall {
  pxl::Place place;
  std::vector<ObjectPtr> values;  // one a parameter
  std::vector<bool> given;        // false: the default stands
  std::vector<ObjectPtr> rest;    // positional arguments beyond the parameters
  std::vector<std::pair<std::string, ObjectPtr>> keywords;  // beyond the parameters, as written
};

/// Something that can be called.
struct Function {
  struct Parameter {
    std::string name;
    ObjectPtr fallback;    // null: required
    ObjectPtr annotation;  // null: none
  };
  std::string name;
  std::vector<Parameter> parameters;
  bool takes_rest = false;
  bool takes_keywords = false;
  std::function<ObjectPtr(const BoundCall&)> body;
};
using FunctionPtr = std::shared_ptr<const Function>;

/// A value of a running script.
struct Object {
  struct Frame {
    const DraftOperator* op = nullptr;
  };
  struct FrameType {};  // px.DataFrame itself
  struct Collection {
    bool tuple = false;
    std::vector<ObjectPtr> items;
  };
  struct Dict {
    std::vector<ObjectPtr> keys;
    std::vector<ObjectPtr> values;
  };
  struct None {};
  struct Module {
    std::string name;
  };
  struct Type {
    Cast cast;
    bool list = false;  // the type `list`; `cast` means nothing
  };
  struct Context {};  // df.ctx
  // What pxtrace's functions make for one another.
  struct TracingVariable {};
  struct Probe {};
  struct ProbeTarget {};
  struct TraceProgram {};
  // What those of px.otel and px.export make; the columns are never null.
  struct Telemetry {
    std::shared_ptr<const DraftOperator::Export> columns;
  };
  struct Endpoint {};
  struct Exporter {
    std::shared_ptr<const DraftOperator::Export> columns;
  };

  pxl::Place place;  // where it was made, which is where errors about it point
  std::variant<DraftExpressionPtr, Frame, FrameType, Collection, Dict, None, Module, Type, Context,
               TracingVariable, Probe, ProbeTarget, TraceProgram, Telemetry, Endpoint, Exporter,
               FunctionPtr>
      data;
  uint32_t depth = 1;  // of nested collections

  template <typename Kind>
  const Kind* as() const {
    return std::get_if<Kind>(&data);
  }
};

template <typename Kind>
ObjectPtr make_object(pxl::Place place, Kind data) {
  return std::make_shared<const Object>(Object{place, std::move(data), 1});
}
ObjectPtr make_literal(pxl::Place place, Value value);
ObjectPtr make_expression(DraftExpressionPtr expression);
ObjectPtr make_function(pxl::Place place, Function function);
ObjectPtr make_list(pxl::Place place, std::vector<ObjectPtr> items);

/// Pixie's word for an expression: Int, String, Column, Func ...
std::string_view expression_kind(const DraftExpression& expression);
/// Pixie's word for an object in "received X".
std::string object_name(const Object& object);
/// Pixie's word for the object's class in "got 'x'"; a word for people, nothing depends on it.
std::string_view object_class(const Object& object);

/// Whether Pixie sees one class in both, as it asks of an argument and its annotation. A DataFrame
/// and the type px.DataFrame are one class; a list and a tuple are two.
bool same_class(const Object& a, const Object& b);

/// Whether the object is a value that only a cluster knows.
bool is_opaque(const Object& object);

/// The literal behind an object, or nullptr.
const Value* literal_of(const Object& object);

}  // namespace pxq::local
