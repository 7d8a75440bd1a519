#include <algorithm>

#include <fmt/format.h>

#include "base/letter_case.h"
#include "local/plan/arguments.h"
#include "local/plan/folding.h"
#include "local/plan/walker.h"

namespace pxq::local {
namespace {

/// Pixie's word for a type in "Expected 'x'".
std::string type_text(const Object::Type& type) {
  if (type.list) return "list";
  if (type.cast.semantic == SemanticType::kNone) return lower_case(data_type_name(type.cast.type));
  return "st_" + lower_case(semantic_type_name(type.cast.semantic));
}

/// Only literals have a type while the script runs.
DataType known_type(const Object& object) {
  const Value* value = literal_of(object);
  return value == nullptr ? DataType::kUnknown : value_type(*value);
}

std::string known_type_text(const Object& object) {
  const DataType type = known_type(object);
  return type == DataType::kUnknown ? "data_type_unknown" : lower_case(data_type_name(type));
}

}  // namespace

bool check_annotation(Session& session, const Object& value, const Object& annotation) {
  const auto refuse = [&](const std::string& expected, const std::string& received) {
    session.fail(value.place, fmt::format("Expected '{}', received '{}'", expected, received));
    return false;
  };
  const auto* type = annotation.as<Object::Type>();
  if (type == nullptr) {
    if (same_class(annotation, value)) return true;
    return refuse(object_name(annotation), object_name(value));
  }
  if (type->list) {
    if (value.as<Object::Collection>() != nullptr) return true;
    return refuse("list", object_name(value));
  }
  if (value.as<DraftExpressionPtr>() == nullptr)
    return refuse(type_text(*type), object_name(value));
  if (known_type(value) == type->cast.type) return true;
  return refuse(lower_case(data_type_name(type->cast.type)), known_type_text(value));
}

bool Walker::define(const pxl::Node& node, const pxl::FunctionDef& definition, Scope& scope) {
  Function function;
  function.name = definition.name.id;
  if (!define_parameters(definition.arguments, scope, function)) return false;
  const pxl::Node& body = *definition.body;
  if (body.as<pxl::Suite>() == nullptr) {
    session_.fail(body.place,
                  fmt::format("function body of type {} not allowed", pxl::kind_name(body)));
    return false;
  }
  // The body needs the annotations, and so a copy of the function without the body itself.
  const auto signature = std::make_shared<const Function>(function);
  function.body = [this, signature, &body, &scope](const BoundCall& call) {
    return run_function(*signature, body, scope, call);
  };
  ObjectPtr object =
      decorated(definition.decorators, make_function(node.place, std::move(function)), scope);
  if (object == nullptr) return false;
  const auto* text = body.as<pxl::Suite>()->statements.front()->as<pxl::DocString>();
  session_.attributes.set(object, "__doc__",
                          make_literal(node.place, text == nullptr ? "" : text->text));
  scope.assign(definition.name.id, std::move(object));
  return true;
}

ObjectPtr Walker::decorated(const pxl::NodeList& decorators, ObjectPtr function, Scope& scope) {
  for (const pxl::NodePtr& node : decorators) {
    const ObjectPtr decorator = evaluate(*node, scope, nullptr);
    if (decorator == nullptr) return nullptr;
    const ObjectPtr called = callable(*decorator, node->place);
    if (called == nullptr) return nullptr;
    function =
        call(session_, **called->as<FunctionPtr>(), node->place, {{std::move(function)}, {}});
    if (function == nullptr) return nullptr;
  }
  return function;
}

bool Walker::define_parameters(const pxl::Arguments& arguments, Scope& scope, Function& function) {
  for (const pxl::NodePtr& node : arguments.params) {
    const auto* parameter = node->as<pxl::Arg>();
    if (parameter == nullptr) {
      session_.fail(node->place, fmt::format("function parameter must be an argument, not a {}",
                                             pxl::kind_name(*node)));
      return false;
    }
    ObjectPtr annotation;
    if (parameter->annotation != nullptr) {
      annotation = evaluate(*parameter->annotation, scope, nullptr);
      if (annotation == nullptr) return false;
    }
    function.parameters.push_back({parameter->name, nullptr, std::move(annotation)});
  }
  for (const pxl::NodePtr& fallback : arguments.defaults) {
    if (fallback == nullptr) continue;
    session_.fail(fallback->place, "default values not supported in function definitions");
    return false;
  }
  if (arguments.args != nullptr) {
    session_.fail(arguments.args->place,
                  "variable length args are not supported in function definitions");
    return false;
  }
  if (arguments.kwargs != nullptr) {
    session_.fail(arguments.kwargs->place,
                  "variable length kwargs are not supported in function definitions");
    return false;
  }
  return true;
}

ObjectPtr Walker::run_function(const Function& function, const pxl::Node& body,
                               const Scope& defined_in, const BoundCall& call) {
  if (!session_.enter_function(call.place)) return nullptr;
  Scope& scope = calls_.emplace_back(&defined_in);
  bool fits = true;
  for (size_t i = 0; fits && i < function.parameters.size(); ++i) {
    const Function::Parameter& parameter = function.parameters[i];
    const ObjectPtr& annotation = parameter.annotation;
    fits = annotation == nullptr || check_annotation(session_, *call.values[i], *annotation);
    scope.assign(parameter.name, call.values[i]);
  }
  const auto& statements = body.as<pxl::Suite>()->statements;
  ObjectPtr result = fits ? run_suite(body.place, statements, scope, true) : nullptr;
  session_.leave_function();
  return result;
}

}  // namespace pxq::local
