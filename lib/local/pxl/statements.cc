#include "local/pxl/grammar.h"
#include "local/pxl/scope_check.h"

namespace pxq::pxl {
namespace {

using enum TokenKind;

constexpr TokenKind kAugmented[] = {kPlusAssign,       kMinusAssign,   kStarAssign,
                                    kSlashAssign,      kPercentAssign, kAndAssign,
                                    kOrAssign,         kXorAssign,     kShiftLeftAssign,
                                    kShiftRightAssign, kPowerAssign,   kFloorDivAssign};

/// Why nothing can be assigned to such a node, for those kinds that have a message of their own.
std::optional<std::string_view> unassignable(const Node& target) {
  if (target.as<Number>() || target.as<Str>() || target.as<Dict>()) {
    return "can't assign to literal";
  }
  if (target.as<Generator>()) return "can't assign to generator expression";
  if (target.as<SetComp>()) return "can't assign to set comprehension";
  if (target.as<ListComp>()) return "can't assign to list comprehension";
  return std::nullopt;
}

}  // namespace

std::unique_ptr<Module> Grammar::module() {
  const Place place = tokens_.place();
  Suite body;
  while (!is(kEnd)) {
    tokens_.forget();
    if (accept(kNewLine)) continue;
    if (!statement(body.statements)) {
      tokens_.error("invalid syntax");
      return nullptr;
    }
  }
  mark_doc_string(body.statements);
  auto module = std::make_unique<Module>();
  module->place = place;
  module->body = make(place, std::move(body));
  check_scopes(*module, tokens_);
  return module;
}

/// Adds one statement, or the several of a line.
bool Grammar::statement(NodeList& statements) {
  NodePtr next = simple_statement();
  if (!next) next = compound_statement();
  if (!next) return false;
  Suite* line = next->as<Suite>();
  if (!line) {
    statements.push_back(std::move(next));
    return true;
  }
  for (NodePtr& entry : line->statements) statements.push_back(std::move(entry));
  return true;
}

/// A line: one statement, or a suite of those that `;` separates.
NodePtr Grammar::simple_statement() {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  NodePtr first = small_statement();
  if (!first) return nullptr;
  Suite line;
  line.statements.push_back(std::move(first));
  while (accept(kSemicolon)) {
    NodePtr next = small_statement();
    if (!next) break;
    line.statements.push_back(std::move(next));
  }
  if (!is(kEnd)) {
    if (!require(kNewLine, "Expected new line after statement")) return nullptr;
    while (accept(kNewLine)) {
    }
  }
  if (line.statements.size() == 1) return rewind.keep(std::move(line.statements[0]));
  return rewind.keep(make(place, std::move(line)));
}

NodePtr Grammar::small_statement() {
  NodePtr node = print();
  if (!node) node = expression_statement();
  return node ? std::move(node) : keyword_statement();
}

NodePtr Grammar::print() {
  if (!is(kName) || tokens_.current().text != "print" || print_function_) return nullptr;
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  tokens_.pop();
  Print node;
  if (accept(kShiftRight)) {
    node.to = require(&Grammar::test, "Expected expression after `>>`");
    if (!node.to) return nullptr;
    if (accept(kComma)) {
      node.values.push_back(require(&Grammar::test, "Expected expression after `,`"));
      if (!node.values.back()) return nullptr;
    }
  } else if (NodePtr value = test()) {
    node.values.push_back(std::move(value));
  }
  while (node.newline && accept(kComma)) {
    NodePtr value = test();
    node.newline = static_cast<bool>(value);
    if (value) node.values.push_back(std::move(value));
  }
  return rewind.keep(make(place, std::move(node)));
}

NodePtr Grammar::expression_statement() {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  NodePtr first = test_list();
  if (!first) return nullptr;
  if (is(kAssign)) return rewind.keep(assignment(std::move(first)));
  for (const TokenKind op : kAugmented) {
    if (accept(op)) return rewind.keep(augmented_assignment(std::move(first), op));
  }
  return rewind.keep(make(place, ExpressionStatement{.expr = std::move(first)}));
}

NodePtr Grammar::assignment(NodePtr target) {
  const Place place = tokens_.place();
  Assign node{.targets = {}, .value = std::move(target)};
  if (!check_target(*node.value)) return nullptr;
  while (accept(kAssign)) {
    if (!check_target(*node.value)) return nullptr;
    node.targets.push_back(std::move(node.value));
    node.value = assigned_value("Expected expression after assignment operator");
    if (!node.value) return nullptr;
  }
  return make(place, std::move(node));
}

NodePtr Grammar::augmented_assignment(NodePtr target, TokenKind op) {
  if (!target->as<Name>() && !target->as<Attribute>() && !target->as<Subscript>()) {
    return fail(unassignable(*target).value_or("Illegal expression for augmented assignment"));
  }
  const Name* name = target->as<Name>();
  if (name != nullptr && name->id == "None") return fail("can't assign to None");
  const Place place = tokens_.place();
  NodePtr value = assigned_value("Expected expression after augmented assignment operator");
  if (!value) return nullptr;
  return make(
      place, AugAssign{.op = spelling(op), .target = std::move(target), .value = std::move(value)});
}

NodePtr Grammar::assigned_value(std::string_view message) {
  NodePtr value = yield_expression();
  return value ? std::move(value) : require(&Grammar::test_list, message);
}

bool Grammar::check_target(const Node& target) {
  if (const Name* name = target.as<Name>()) {
    if (name->id != "None" && name->id != "True" && name->id != "False") return true;
    tokens_.error("can't assign to " + name->id);
    return false;
  }
  const Tuple* tuple = target.as<Tuple>();
  if (target.as<Attribute>() || target.as<Subscript>() || target.as<List>() ||
      (tuple && !tuple->elements.empty())) {
    return true;
  }
  tokens_.error(unassignable(target).value_or("Illegal expression for assignment"));
  return false;
}

NodePtr Grammar::keyword_statement() {
  const Place place = tokens_.place();
  switch (tokens_.current().kind) {
    case kDel: return del();
    case kRaise: return raise();
    case kReturn: return return_statement();
    case kImport: return import();
    case kFrom: return import_from();
    case kGlobal: return global();
    case kExec: return exec();
    case kAssert: return assertion();
    case kPass: return accept(kPass) ? make(place, Pass{}) : nullptr;
    case kBreak: return accept(kBreak) ? make(place, Break{}) : nullptr;
    case kContinue: return accept(kContinue) ? make(place, Continue{}) : nullptr;
    case kYield: {
      NodePtr expr = yield_expression();
      return expr ? make(place, Yield{.expr = std::move(expr)}) : nullptr;
    }
    default: return nullptr;
  }
}

NodePtr Grammar::del() {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  accept(kDel);
  NodePtr target = require(&Grammar::target_list, "Expected expression(s) after `del`");
  if (!target) return nullptr;
  return rewind.keep(make(place, Delete{.target = std::move(target)}));
}

NodePtr Grammar::raise() {
  Rewind rewind(tokens_);
  accept(kRaise);
  const Place place = tokens_.place();
  Raise node{.type = test(), .value = {}, .trace = {}};
  if (node.type && accept(kComma)) {
    node.value = require(&Grammar::test, "Expected 2nd argument after comma");
    if (!node.value) return nullptr;
    if (accept(kComma)) {
      node.trace = require(&Grammar::test, "Expected 3rd argument after comma");
      if (!node.trace) return nullptr;
    }
  }
  return rewind.keep(make(place, std::move(node)));
}

NodePtr Grammar::return_statement() {
  const Place place = tokens_.place();
  accept(kReturn);
  return make(place, Return{.value = test_list()});
}

NodePtr Grammar::global() {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  accept(kGlobal);
  Global node;
  do {
    std::optional<Identifier> found = identifier();
    if (!found) {
      return fail(node.names.empty() ? "Expected identifier after `global`"
                                     : "Expected identifier after `,`");
    }
    node.names.push_back(std::move(*found));
  } while (accept(kComma));
  return rewind.keep(make(place, std::move(node)));
}

NodePtr Grammar::exec() {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  accept(kExec);
  Exec node;
  node.code = require(&Grammar::expression, "Expected expression after `exec`");
  if (!node.code) return nullptr;
  if (accept(kIn)) {
    node.globals = require(&Grammar::test, "Expected expression after `in`");
    if (!node.globals) return nullptr;
    if (accept(kComma)) {
      node.locals = require(&Grammar::test, "Expected expression after `,`");
      if (!node.locals) return nullptr;
    }
  }
  return rewind.keep(make(place, std::move(node)));
}

NodePtr Grammar::assertion() {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  accept(kAssert);
  Assert node;
  node.test = require(&Grammar::test, "Expected expression after `assert`");
  if (!node.test) return nullptr;
  if (accept(kComma)) {
    node.message = require(&Grammar::test, "Expected expression after `,`");
    if (!node.message) return nullptr;
  }
  return rewind.keep(make(place, std::move(node)));
}

}  // namespace pxq::pxl
