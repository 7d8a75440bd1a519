#include "local/plan/object.h"

#include <algorithm>

namespace pxq::local {
namespace {

std::string_view literal_kind(const Value& value) {
  // In the order of Value.
  static constexpr std::string_view kNames[] = {"Bool",  "Int",    "UInt128",
                                                "Float", "String", "Time"};
  static_assert(std::size(kNames) == std::variant_size_v<Value>);
  return kNames[value.index()];
}

}  // namespace

ObjectPtr make_literal(pxl::Place place, Value value) {
  DraftExpression expression;
  expression.place = place;
  expression.node = DraftExpression::Literal{std::move(value)};
  return make_expression(std::make_shared<const DraftExpression>(std::move(expression)));
}

ObjectPtr make_expression(DraftExpressionPtr expression) {
  const pxl::Place place = expression->place;
  return make_object(place, std::move(expression));
}

ObjectPtr make_function(pxl::Place place, Function function) {
  return make_object(place, std::make_shared<const Function>(std::move(function)));
}

ObjectPtr make_list(pxl::Place place, std::vector<ObjectPtr> items) {
  uint32_t depth = 0;
  for (const ObjectPtr& item : items) depth = std::max(depth, item->depth);
  return std::make_shared<const Object>(
      Object{place, Object::Collection{false, std::move(items)}, depth + 1});
}

std::string_view expression_kind(const DraftExpression& expression) {
  if (const auto* literal = expression.as<DraftExpression::Literal>()) {
    return literal_kind(literal->value);
  }
  if (expression.as<DraftExpression::Column>() != nullptr) return "Column";
  if (expression.as<DraftExpression::Metadata>() != nullptr) return "Metadata";
  if (expression.as<DraftExpression::Opaque>() != nullptr) return "Time";
  return "Func";
}

std::string object_name(const Object& object) {
  struct Namer {
    std::string operator()(const DraftExpressionPtr& expression) const {
      const std::string_view kind = expression_kind(*expression);
      return kind == "Func" ? "FuncCall" : std::string(kind);
    }
    std::string operator()(const Object::Frame&) const { return "DataFrame"; }
    std::string operator()(const Object::FrameType&) const { return "DataFrame"; }
    std::string operator()(const Object::Collection& collection) const {
      return collection.tuple ? "tuple" : "list";
    }
    std::string operator()(const Object::Dict&) const { return "dict"; }
    std::string operator()(const Object::None&) const { return "None"; }
    std::string operator()(const Object::Module& module) const { return module.name; }
    std::string operator()(const Object::Type&) const { return "Type"; }
    std::string operator()(const Object::Context&) const { return "Metadata"; }
    std::string operator()(const Object::TracingVariable&) const { return "TracingVariable"; }
    std::string operator()(const Object::Probe&) const { return "Probe"; }
    std::string operator()(const Object::ProbeTarget&) const { return "ProbeTarget"; }
    std::string operator()(const Object::TraceProgram&) const { return "TraceProgram"; }
    std::string operator()(const Object::Telemetry&) const { return "OTelDataContainer"; }
    std::string operator()(const Object::Endpoint&) const { return "Endpoint"; }
    std::string operator()(const Object::Exporter&) const { return "Exporter"; }
    std::string operator()(const FunctionPtr&) const { return "Function"; }
  };
  return std::visit(Namer(), object.data);
}

std::string_view object_class(const Object& object) {
  struct Classifier {
    std::string_view operator()(const DraftExpressionPtr&) const { return "expr"; }
    std::string_view operator()(const Object::Frame&) const { return "dataframe"; }
    std::string_view operator()(const Object::FrameType&) const { return "dataframe"; }
    std::string_view operator()(const Object::Collection& collection) const {
      return collection.tuple ? "tuple" : "list";
    }
    std::string_view operator()(const Object::Dict&) const { return "dict"; }
    std::string_view operator()(const Object::None&) const { return "none"; }
    std::string_view operator()(const Object::Module&) const { return "module"; }
    std::string_view operator()(const Object::Type&) const { return "type"; }
    std::string_view operator()(const Object::Context&) const { return "metadata"; }
    std::string_view operator()(const Object::TracingVariable&) const { return "TracingVariable"; }
    std::string_view operator()(const Object::Probe&) const { return "Probe"; }
    std::string_view operator()(const Object::ProbeTarget&) const { return "ProbeTarget"; }
    std::string_view operator()(const Object::TraceProgram&) const { return "TraceProgram"; }
    std::string_view operator()(const Object::Telemetry&) const { return "OTelDataContainer"; }
    std::string_view operator()(const Object::Endpoint&) const { return "Endpoint"; }
    std::string_view operator()(const Object::Exporter&) const { return "Exporter"; }
    std::string_view operator()(const FunctionPtr&) const { return "function"; }
  };
  return std::visit(Classifier(), object.data);
}

bool same_class(const Object& a, const Object& b) {
  const auto is_frame = [](const Object& object) {
    return object.as<Object::Frame>() != nullptr || object.as<Object::FrameType>() != nullptr;
  };
  if (is_frame(a)) return is_frame(b);
  const auto* left = a.as<Object::Collection>();
  const auto* right = b.as<Object::Collection>();
  if (left != nullptr && right != nullptr) return left->tuple == right->tuple;
  return a.data.index() == b.data.index();
}

bool is_opaque(const Object& object) {
  const auto* expression = object.as<DraftExpressionPtr>();
  return expression != nullptr && (*expression)->as<DraftExpression::Opaque>() != nullptr;
}

const Value* literal_of(const Object& object) {
  const auto* expression = object.as<DraftExpressionPtr>();
  if (expression == nullptr) return nullptr;
  const auto* literal = (*expression)->as<DraftExpression::Literal>();
  return literal == nullptr ? nullptr : &literal->value;
}

}  // namespace pxq::local
