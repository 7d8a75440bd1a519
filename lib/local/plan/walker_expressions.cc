#include <algorithm>

#include <fmt/format.h>

#include "local/plan/arguments.h"
#include "local/plan/dataframe.h"
#include "local/plan/folding.h"
#include "local/plan/modules.h"
#include "local/plan/px_module.h"
#include "local/plan/walker.h"

namespace pxq::local {
namespace {

constexpr uint32_t kMaxCollectionDepth = 200;

/// The function behind an operator; empty for those that PxL does not have.
std::string_view operator_function(std::string_view op) {
  struct Entry {
    std::string_view op;
    std::string_view function;
  };
  static constexpr Entry kOperators[] = {{"+", "add"},
                                         {"-", "subtract"},
                                         {"*", "multiply"},
                                         {"/", "divide"},
                                         {"%", "modulo"},
                                         {"==", "equal"},
                                         {"!=", "notEqual"},
                                         {"<", "lessThan"},
                                         {"<=", "lessThanEqual"},
                                         {">", "greaterThan"},
                                         {">=", "greaterThanEqual"},
                                         {"and", "logicalAnd"},
                                         {"or", "logicalOr"}};
  for (const Entry& entry : kOperators) {
    if (entry.op == op) return entry.function;
  }
  return {};
}

std::string not_handled(std::string_view op) {
  std::string text(op);
  std::replace(text.begin(), text.end(), '-', ' ');  // not-in, is-not
  return fmt::format("Operator '{}' not handled", text);
}

ObjectPtr as_object(DraftExpressionPtr expression) {
  return expression == nullptr ? nullptr : make_expression(std::move(expression));
}

ObjectPtr subscript_collection(Session& session, pxl::Place place, const Object& object,
                               const Object& key) {
  const std::string name = object_name(object);
  const Value* value = literal_of(key);
  const auto* index = value == nullptr ? nullptr : std::get_if<int64_t>(value);
  if (index == nullptr) {
    return session.fail(key.place,
                        fmt::format("{} indices must be integers, not {}", name, object_name(key)));
  }
  const auto& items = object.as<Object::Collection>()->items;
  if (*index < 0 || static_cast<uint64_t>(*index) >= items.size()) {
    return session.fail(place, fmt::format("{} index out of range", name));
  }
  return items[static_cast<size_t>(*index)];
}

ObjectPtr subscript_context(Session& session, pxl::Place place, const Object& key) {
  const std::string* name = string_argument(session, key, "key");
  if (name == nullptr) return nullptr;
  DraftExpression metadata;
  metadata.place = place;
  metadata.node = DraftExpression::Metadata{*name};
  return make_expression(std::make_shared<const DraftExpression>(std::move(metadata)));
}

}  // namespace

ObjectPtr Walker::evaluate(const pxl::Node& node, Scope& scope, const Frames* frames) {
  ObjectPtr result;
  if (session_.enter(node.place)) result = evaluate_node(node, scope, frames);
  session_.leave();
  return result;
}

ObjectPtr Walker::evaluate_node(const pxl::Node& node, Scope& scope, const Frames* frames) {
  if (const auto* call = node.as<pxl::Call>()) return evaluate_call(node, *call, scope, frames);
  if (const auto* subscript = node.as<pxl::Subscript>()) {
    return evaluate_subscript(node, *subscript, scope, frames);
  }
  if (const auto* name = node.as<pxl::Name>()) {
    ObjectPtr object = scope.find(name->id);
    if (object != nullptr) return object;
    return session_.fail(node.place, fmt::format("name '{}' is not defined", name->id));
  }
  if (const auto* of = node.as<pxl::Attribute>()) {
    const ObjectPtr object = evaluate(*of->value, scope, frames);
    return object == nullptr ? nullptr : attribute(*object, node.place, of->name.id);
  }
  if (const auto* text = node.as<pxl::Str>()) return make_literal(node.place, text->value);
  if (const auto* number = node.as<pxl::Number>()) {
    return std::visit([&](auto value) { return make_literal(node.place, value); }, number->value);
  }
  if (const auto* list = node.as<pxl::List>()) {
    return evaluate_collection(node.place, false, list->elements, scope, frames);
  }
  if (const auto* tuple = node.as<pxl::Tuple>()) {
    return evaluate_collection(node.place, true, tuple->elements, scope, frames);
  }
  if (const auto* dict = node.as<pxl::Dict>()) return evaluate_dict(node, *dict, scope, frames);
  if (const auto* op = node.as<pxl::BinOp>()) return evaluate_binary(node, *op, scope, frames);
  if (const auto* op = node.as<pxl::BoolOp>()) return evaluate_bool(node, *op, scope, frames);
  if (const auto* op = node.as<pxl::Compare>()) return evaluate_compare(node, *op, scope, frames);
  if (const auto* op = node.as<pxl::UnaryOp>()) return evaluate_unary(node, *op, scope, frames);
  return session_.fail(node.place,
                       fmt::format("Expression node '{}' not defined", pxl::kind_name(node)));
}

DraftExpressionPtr Walker::operand(const pxl::Node& node, Scope& scope, const Frames* frames,
                                   std::string_view role) {
  const ObjectPtr object = evaluate(node, scope, frames);
  return object == nullptr ? nullptr : expression_argument(session_, *object, role);
}

ObjectPtr Walker::evaluate_binary(const pxl::Node& node, const pxl::BinOp& op, Scope& scope,
                                  const Frames* frames) {
  DraftExpressionPtr left = operand(*op.left, scope, frames, "left side of operation");
  if (left == nullptr) return nullptr;
  DraftExpressionPtr right = operand(*op.right, scope, frames, "right side of operation");
  if (right == nullptr) return nullptr;
  const std::string_view function = operator_function(op.op);
  if (function.empty()) return session_.fail(node.place, not_handled(op.op));
  return as_object(apply_operator(session_, node.place, function, {left, right}));
}

ObjectPtr Walker::evaluate_bool(const pxl::Node& node, const pxl::BoolOp& op, Scope& scope,
                                const Frames* frames) {
  if (op.values.size() != 2) {
    return session_.fail(node.place, fmt::format("Expected two arguments to '{}'.", op.op));
  }
  DraftExpressionPtr left = operand(*op.values[0], scope, frames, "left side of operation");
  if (left == nullptr) return nullptr;
  DraftExpressionPtr right = operand(*op.values[1], scope, frames, "right side of operation");
  if (right == nullptr) return nullptr;
  return as_object(apply_operator(session_, node.place, operator_function(op.op), {left, right}));
}

ObjectPtr Walker::evaluate_compare(const pxl::Node& node, const pxl::Compare& op, Scope& scope,
                                   const Frames* frames) {
  if (op.others.size() != 1) {
    return session_.fail(node.place, fmt::format("Only expected one argument to the right of '{}'.",
                                                 op.ops.front()));
  }
  DraftExpressionPtr left = operand(*op.left, scope, frames, "left side of operation");
  if (left == nullptr) return nullptr;
  DraftExpressionPtr right = operand(*op.others.front(), scope, frames, "argument to operation");
  if (right == nullptr) return nullptr;
  const std::string_view function = operator_function(op.ops.front());
  if (function.empty()) return session_.fail(node.place, not_handled(op.ops.front()));
  return as_object(apply_operator(session_, node.place, function, {left, right}));
}

ObjectPtr Walker::evaluate_unary(const pxl::Node& node, const pxl::UnaryOp& op, Scope& scope,
                                 const Frames* frames) {
  DraftExpressionPtr value = operand(*op.operand, scope, frames, "operand of unary op");
  if (value == nullptr) return nullptr;
  if (op.op == "+") return make_expression(std::move(value));
  const std::string_view function = op.op == "-"   ? "negate"
                                    : op.op == "~" ? "invert"
                                                   : "logicalNot";
  return as_object(apply_operator(session_, node.place, function, {value}));
}

ObjectPtr Walker::callable(const Object& object, pxl::Place place) {
  if (object.as<FunctionPtr>() != nullptr) {
    return std::make_shared<const Object>(object);
  }
  if (const auto* expression = object.as<DraftExpressionPtr>()) {
    if (const auto* column = (*expression)->as<DraftExpression::Column>()) {
      return session_.fail(place, fmt::format("dataframe has no method '{}'", column->name));
    }
    return session_.fail(place, "expression object is not callable");
  }
  const auto* type = object.as<Object::Type>();
  if (type != nullptr && !type->list) return make_cast(session_, place, type->cast);
  if (object.as<Object::Frame>() != nullptr || object.as<Object::FrameType>() != nullptr) {
    return dataframe_constructor(session_, place);
  }
  return session_.fail(place, fmt::format("'{}' object is not callable", object_name(object)));
}

ObjectPtr Walker::evaluate_call(const pxl::Node& node, const pxl::Call& call_node, Scope& scope,
                                const Frames* frames) {
  const ObjectPtr object = evaluate(*call_node.function, scope, frames);
  if (object == nullptr) return nullptr;
  const ObjectPtr function = callable(*object, node.place);
  if (function == nullptr) return nullptr;
  CallArguments arguments;  // *a and **k are ignored, as Pixie does
  for (const pxl::NodePtr& argument : call_node.args) {
    ObjectPtr value = evaluate(*argument, scope, frames);
    if (value == nullptr) return nullptr;
    arguments.positional.push_back(std::move(value));
  }
  for (const pxl::Keyword& keyword : call_node.keywords) {
    ObjectPtr value = evaluate(*keyword.value, scope, frames);
    if (value == nullptr) return nullptr;
    arguments.keywords.emplace_back(keyword.name.id, std::move(value));
  }
  return call(session_, **function->as<FunctionPtr>(), node.place, std::move(arguments));
}

bool Walker::check_frame_name(const pxl::Node& node, const Frames* frames) {
  if (frames == nullptr) return true;
  if (const auto* of = node.as<pxl::Attribute>()) return check_frame_name(*of->value, frames);
  const auto* name = node.as<pxl::Name>();
  if (name == nullptr) return true;
  if (std::find(frames->begin(), frames->end(), name->id) != frames->end()) return true;
  session_.fail(node.place, fmt::format("name '{}' is not available in this context", name->id));
  return false;
}

ObjectPtr Walker::evaluate_subscript(const pxl::Node& node, const pxl::Subscript& subscript,
                                     Scope& scope, const Frames* frames) {
  if (!check_frame_name(*subscript.value, frames)) return nullptr;
  const ObjectPtr object = evaluate(*subscript.value, scope, frames);
  if (object == nullptr) return nullptr;
  const auto* frame = object->as<Object::Frame>();
  const bool collection = object->as<Object::Collection>() != nullptr;
  if (frame == nullptr && !collection && object->as<Object::Context>() == nullptr) {
    return session_.fail(object->place,
                         fmt::format("{} is not subscriptable", object_name(*object)));
  }
  const auto* index = subscript.slice->as<pxl::Index>();
  if (index == nullptr) {
    return session_.fail(subscript.slice->place, fmt::format("'{}' object must be an index",
                                                             pxl::kind_name(*subscript.slice)));
  }
  const ObjectPtr key = evaluate(*index->value, scope, frames);
  if (key == nullptr) return nullptr;
  if (frame != nullptr) return dataframe_subscript(session_, *frame->op, node.place, *key);
  if (collection) return subscript_collection(session_, node.place, *object, *key);
  return subscript_context(session_, node.place, *key);
}

ObjectPtr Walker::evaluate_collection(pxl::Place place, bool tuple, const pxl::NodeList& elements,
                                      Scope& scope, const Frames* frames) {
  Object::Collection collection;
  collection.tuple = tuple;
  uint32_t depth = 0;
  for (const pxl::NodePtr& element : elements) {
    ObjectPtr item = evaluate(*element, scope, frames);
    if (item == nullptr) return nullptr;
    depth = std::max(depth, item->depth);
    collection.items.push_back(std::move(item));
  }
  if (depth >= kMaxCollectionDepth) {
    return session_.errors().exceed(place, "Lists are nested deeper");
  }
  return std::make_shared<const Object>(Object{place, std::move(collection), depth + 1});
}

ObjectPtr Walker::evaluate_dict(const pxl::Node& node, const pxl::Dict& dict, Scope& scope,
                                const Frames* frames) {
  const ObjectPtr keys = evaluate_collection(node.place, false, dict.keys, scope, frames);
  if (keys == nullptr) return nullptr;
  const ObjectPtr values = evaluate_collection(node.place, false, dict.values, scope, frames);
  if (values == nullptr) return nullptr;
  Object::Dict data = {keys->as<Object::Collection>()->items,
                       values->as<Object::Collection>()->items};
  return std::make_shared<const Object>(
      Object{node.place, std::move(data), std::max(keys->depth, values->depth)});
}

ObjectPtr Walker::attribute(const Object& object, pxl::Place place, const std::string& name) {
  if (const auto* frame = object.as<Object::Frame>()) {
    return dataframe_attribute(session_, *frame->op, place, name);
  }
  const auto* module = object.as<Object::Module>();
  if (module != nullptr && is_importable(module->name)) {
    ObjectPtr found = find_in_module(place, module->name, name);
    if (found != nullptr || session_.failed()) return found;
  } else {
    const ObjectPtr given = session_.attributes.find(object, name);
    if (given != nullptr) return given;
    if (module != nullptr) return find_in_submodule(session_, place, module->name, name);
  }
  return session_.fail(place,
                       fmt::format("'{}' object has no attribute '{}'", object_name(object), name));
}

}  // namespace pxq::local
