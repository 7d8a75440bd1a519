#include "local/plan/walker.h"

#include <fmt/format.h>

#include "local/plan/arguments.h"
#include "local/plan/dataframe.h"
#include "local/plan/modules.h"
#include "local/plan/px_module.h"
#include "local/plan/views.h"

namespace pxq::local {
namespace {

constexpr std::string_view kPx = "px";

std::string bound_name(const pxl::Alias& alias) {
  return alias.renamed ? alias.renamed->id : alias.name.id;
}

bool is_own_function(const std::string& module, const std::string& name) {
  return module == kPx ? is_px_function(name) : module == "pxtrace" || module == "pxconfig";
}

bool imports_probes(const pxl::Node& statement) {
  std::string_view module;
  if (const auto* import = statement.as<pxl::Import>()) {
    module = import->names.front().name.id;
  } else if (const auto* from = statement.as<pxl::ImportFrom>(); from && from->module) {
    module = from->module->id;
  }
  return module == "pxtrace" || module == "pxconfig";
}

std::string documentation(const pxl::NodeList& statements) {
  const auto* text = statements.empty() ? nullptr : statements.front()->as<pxl::DocString>();
  return text == nullptr ? std::string() : text->text;
}

ObjectPtr make_type(DataType type) {
  return make_object({}, Object::Type{{type, SemanticType::kNone}});
}

}  // namespace

Walker::Walker(Session& session) : session_(session) {
  // Ordinary names: a script may assign to them, as in Python.
  globals_.assign("str", make_type(DataType::kString));
  globals_.assign("int", make_type(DataType::kInt64));
  globals_.assign("float", make_type(DataType::kFloat64));
  globals_.assign("bool", make_type(DataType::kBoolean));
  globals_.assign("list", make_object({}, Object::Type{{}, true}));
  globals_.assign("None", make_object({}, Object::None()));
  globals_.assign("True", make_literal({}, true));
  globals_.assign("False", make_literal({}, false));
}

bool Walker::run(const pxl::Module& module) {
  const auto& statements = module.body->as<pxl::Suite>()->statements;
  globals_.assign("__doc__", make_literal(module.body->place, documentation(statements)));
  // Looked for before anything runs, since it decides what may be imported above it.
  for (const pxl::NodePtr& statement : statements) {
    if (imports_probes(*statement)) session_.mutation = true;
  }
  return run_suite(module.body->place, statements, globals_, false) != nullptr;
}

ObjectPtr Walker::evaluate_single(const pxl::Module& module) {
  const auto& statements = module.body->as<pxl::Suite>()->statements;
  const auto* statement =
      statements.size() == 1 ? statements.front()->as<pxl::ExpressionStatement>() : nullptr;
  if (statement == nullptr) return session_.fail({}, "Expected a single expression.");
  Scope scope(&globals_);
  // The text of an argument has no import of its own.
  scope.assign(std::string(kPx), make_object({}, Object::Module{std::string(kPx)}));
  return evaluate(*statement->expr, scope, nullptr);
}

ObjectPtr Walker::run_suite(pxl::Place place, const pxl::NodeList& statements, Scope& scope,
                            bool in_function) {
  if (statements.empty()) return session_.fail(place, "No runnable code found");
  for (size_t i = 0; i < statements.size(); ++i) {
    const pxl::Node& node = *statements[i];
    if (i == 0 && node.as<pxl::DocString>() != nullptr) continue;
    if (const auto* result = node.as<pxl::Return>()) {
      if (!in_function) return session_.fail(node.place, "'return' outside function");
      if (result->value == nullptr) return make_object(node.place, Object::None());
      return evaluate(*result->value, scope, nullptr);
    }
    if (!run_statement(node, scope)) return nullptr;
  }
  return make_object(place, Object::None());
}

bool Walker::run_statement(const pxl::Node& node, Scope& scope) {
  if (const auto* import = node.as<pxl::Import>()) return run_import(node, *import, scope);
  if (const auto* import = node.as<pxl::ImportFrom>()) return run_import_from(node, *import, scope);
  if (const auto* assign = node.as<pxl::Assign>()) return run_assign(node, *assign, scope);
  if (const auto* definition = node.as<pxl::FunctionDef>()) return define(node, *definition, scope);
  if (const auto* statement = node.as<pxl::ExpressionStatement>()) {
    return evaluate(*statement->expr, scope, nullptr) != nullptr;
  }
  if (node.as<pxl::DocString>() != nullptr) {
    session_.fail(node.place, "Doc strings are only allowed at the start of a module or function.");
    return false;
  }
  session_.fail(node.place, fmt::format("Can't parse expression of type {}", pxl::kind_name(node)));
  return false;
}

bool Walker::check_module(pxl::Place place, const std::string& name) {
  const bool mutates = name == "pxtrace" || name == "pxconfig";
  if (mutates) session_.mutation = true;
  // Pixie compiles the probes of a script by themselves, where pxviews does not exist.
  if (!is_importable(name) || (name == "pxviews" && session_.mutation)) {
    session_.fail(place, fmt::format("ModuleNotFoundError: No module named '{}'", name));
    return false;
  }
  if (!mutates || session_.vocabulary() == Vocabulary::kCluster) return true;
  session_.fail_absent(place,
                       fmt::format("The module '{}' is not available in the local Vizier.", name));
  return false;
}

// Its functions run as those of the script, but what goes wrong in them is the caller's place.
ObjectPtr Walker::find_in_views(pxl::Place place, const std::string& name) {
  if (views_ == nullptr) {
    views_ = std::make_unique<Walker>(session_);
    if (!views_->run(views_module())) return nullptr;
  }
  const ObjectPtr found = views_->find(name);
  const auto* function = found == nullptr ? nullptr : found->as<FunctionPtr>();
  if (function == nullptr) return nullptr;
  Function wrapper = **function;
  wrapper.body = [this, body = wrapper.body](const BoundCall& call) {
    session_.enter_module(call.place);
    ObjectPtr result = body(call);
    session_.leave_module();
    return result;
  };
  return make_function(place, std::move(wrapper));
}

// What a module calls a function of its own stays one; all else of it a script can replace.
ObjectPtr Walker::find_in_module(pxl::Place place, const std::string& module,
                                 const std::string& name) {
  const ObjectPtr given = session_.attributes.find(Object{{}, Object::Module{module}}, name);
  if (given != nullptr && !is_own_function(module, name)) return given;
  if (module == kPx) return find_in_px(session_, place, name);
  if (module == "pxviews") return find_in_views(place, name);
  if (module == "pxtrace") return find_in_pxtrace(session_, place, name);
  return find_in_pxconfig(session_, place, name);
}

bool Walker::run_import(const pxl::Node& node, const pxl::Import& import, Scope& scope) {
  if (import.names.size() != 1) {
    session_.fail(node.place, "Only one module can be imported in a statement.");
    return false;
  }
  const pxl::Alias& alias = import.names.front();
  if (!check_module(node.place, alias.name.id)) return false;
  scope.assign(bound_name(alias), make_object(node.place, Object::Module{alias.name.id}));
  return true;
}

bool Walker::run_import_from(const pxl::Node& node, const pxl::ImportFrom& import, Scope& scope) {
  if (import.level != 0 || !import.module) {
    session_.errors().fail_nowhere(
        fmt::format("Unexpected import level {}, expected 0", import.level));
    return false;
  }
  if (!check_module(node.place, import.module->id)) return false;
  for (const pxl::Alias& alias : import.names) {
    const ObjectPtr object = find_in_module(node.place, import.module->id, alias.name.id);
    if (object == nullptr) {
      session_.fail(node.place, fmt::format("cannot import name '{}' from '{}'", alias.name.id,
                                            import.module->id));
      return false;
    }
    scope.assign(bound_name(alias), object);
  }
  return true;
}

bool Walker::run_assign(const pxl::Node& node, const pxl::Assign& assign, Scope& scope) {
  if (assign.targets.size() != 1) {
    session_.fail(node.place, "We only support single target assignment.");
    return false;
  }
  const pxl::Node& target = *assign.targets.front();
  if (const auto* subscript = target.as<pxl::Subscript>()) {
    return assign_subscript(target, *subscript, *assign.value, scope);
  }
  if (const auto* attribute = target.as<pxl::Attribute>()) {
    return assign_attribute(target, *attribute, *assign.value, scope);
  }
  const auto* name = target.as<pxl::Name>();
  if (name == nullptr) {
    session_.fail(target.place, "Assignment target must be a Name or Subscript");
    return false;
  }
  ObjectPtr value = evaluate(*assign.value, scope, nullptr);
  if (value == nullptr) return false;
  scope.assign(name->id, std::move(value));
  return true;
}

bool Walker::assign_subscript(const pxl::Node& node, const pxl::Subscript& target,
                              const pxl::Node& value, Scope& scope) {
  const ObjectPtr column = evaluate(node, scope, nullptr);
  if (column == nullptr) return false;
  const ObjectPtr frame = evaluate(*target.value, scope, nullptr);
  if (frame == nullptr) return false;
  if (frame->as<Object::Frame>() == nullptr) {
    session_.fail(node.place, fmt::format("Subscript assignment not allowed for {} objects",
                                          object_name(*frame)));
    return false;
  }
  return assign_frame_column(*target.value, *frame, *column, value, scope);
}

bool Walker::assign_attribute(const pxl::Node& node, const pxl::Attribute& target,
                              const pxl::Node& value, Scope& scope) {
  const ObjectPtr object = evaluate(*target.value, scope, nullptr);
  if (object == nullptr) return false;
  const auto* frame = object->as<Object::Frame>();
  if (frame == nullptr) return give_attribute(node.place, object, target.name.id, value, scope);
  const ObjectPtr column = dataframe_attribute(session_, *frame->op, node.place, target.name.id);
  return assign_frame_column(*target.value, *object, *column, value, scope);
}

bool Walker::give_attribute(pxl::Place place, const ObjectPtr& object, const std::string& name,
                            const pxl::Node& value, Scope& scope) {
  ObjectPtr evaluated = evaluate(value, scope, nullptr);
  if (evaluated == nullptr) return false;
  if (object->as<Object::None>() != nullptr) {
    session_.fail(place, fmt::format("Cannot assign attribute {} to object of type {}", name,
                                     object_name(*object)));
    return false;
  }
  session_.attributes.set(object, name, std::move(evaluated));
  return true;
}

bool Walker::assign_frame_column(const pxl::Node& target, const Object& frame, const Object& column,
                                 const pxl::Node& value, Scope& scope) {
  const auto* variable = target.as<pxl::Name>();
  if (variable == nullptr) {
    session_.fail(target.place,
                  fmt::format("Can only assign to Dataframe by subscript from Name, received {}",
                              pxl::kind_name(target)));
    return false;
  }
  constexpr std::string_view kRole = "assignment value";
  const auto* reference = column.as<DraftExpressionPtr>();
  const auto* named = reference == nullptr ? nullptr : (*reference)->as<DraftExpression::Column>();
  if (named == nullptr) {
    session_.fail(column.place, fmt::format("Expected 'Column' in arg '{}', got '{}'", kRole,
                                            object_class(column)));
    return false;
  }
  const Frames frames = {variable->id};
  const ObjectPtr evaluated = evaluate(value, scope, &frames);
  if (evaluated == nullptr) return false;
  DraftExpressionPtr expression = expression_argument(session_, *evaluated, kRole);
  if (expression == nullptr) return false;
  ObjectPtr assigned = assign_column(session_, *frame.as<Object::Frame>()->op, value.place,
                                     named->name, std::move(expression));
  if (assigned == nullptr) return false;
  scope.assign(variable->id, std::move(assigned));
  return true;
}

}  // namespace pxq::local
