#include "local/pxl/grammar.h"

namespace pxq::pxl {
namespace {

using enum TokenKind;

constexpr std::string_view kNoColon = "Expected `:`";
constexpr std::string_view kNoColonAfterElse = "Expected `:` after `else`";

}  // namespace

NodePtr Grammar::compound_statement() {
  Level level(*this);
  Rewind rewind(tokens_);
  switch (tokens_.current().kind) {
    case kIf: return rewind.keep(if_statement());
    case kWhile: return rewind.keep(while_statement());
    case kFor: return rewind.keep(for_statement());
    case kTry: return rewind.keep(try_statement());
    case kWith: return rewind.keep(with_statement());
    case kDef: return rewind.keep(function({}));
    case kClass: return rewind.keep(class_definition({}));
    case kAt: return rewind.keep(decorated());
    default: return nullptr;
  }
}

/// An indented block, or one line. A header with nothing indented below takes the next statement.
NodePtr Grammar::suite() {
  if (accept(kNewLine)) {
    Rewind rewind(tokens_);
    if (NodePtr found = rewind.keep(block())) return found;
  }
  return simple_statement();
}

NodePtr Grammar::block() {
  const Place place = tokens_.place();
  while (accept(kNewLine)) {
  }
  Suite node;
  if (!accept(kIndent) || !statement(node.statements)) return nullptr;
  while (statement(node.statements)) {
  }
  if (!end_block()) return nullptr;
  mark_doc_string(node.statements);
  return make(place, std::move(node));
}

bool Grammar::end_block() {
  if (accept(kDedent) || is(kEnd)) return true;
  const bool indented = accept(kIndent);
  tokens_.error_at(tokens_.place(),
                   "IndentationError: ", indented ? "unexpected indent" : tokens_.current().text);
  return false;
}

/// An optional `else:` with its body; false after an error.
bool Grammar::else_suite(NodePtr& body, std::string_view no_colon) {
  if (!accept(kElse)) return true;
  if (!require(kColon, no_colon)) return false;
  body = suite();
  return static_cast<bool>(body);
}

NodePtr Grammar::if_statement() {
  const Place place = tokens_.place();
  accept(kIf);
  If node;
  node.test = require(&Grammar::test, "Expected expression after `if`");
  if (!node.test || !require(kColon, kNoColon)) return nullptr;
  node.body = suite();
  if (!node.body || !else_statement(node.otherwise)) return nullptr;
  return make(place, std::move(node));
}

bool Grammar::else_statement(NodePtr& otherwise) {
  Rewind rewind(tokens_);
  if (!accept(kElif)) return rewind.keep(else_suite(otherwise, kNoColonAfterElse));
  otherwise = elif_statement();
  return rewind.keep(static_cast<bool>(otherwise));
}

NodePtr Grammar::elif_statement() {
  Level level(*this);
  const Place place = tokens_.place();
  If node;
  node.test = require(&Grammar::test, "Expected expression after `elif`");
  if (!node.test || !require(kColon, kNoColon)) return nullptr;
  node.body = require(&Grammar::suite, "Expected statement block after `elif <expression>:`");
  if (!node.body || !else_statement(node.otherwise)) return nullptr;
  return make(place, std::move(node));
}

NodePtr Grammar::while_statement() {
  const Place place = tokens_.place();
  accept(kWhile);
  While node;
  node.test = require(&Grammar::test, "Expected condition after `while`");
  if (!node.test || !require(kColon, kNoColon)) return nullptr;
  node.body = suite();
  if (!node.body || !else_suite(node.otherwise, kNoColon)) return nullptr;
  return make(place, std::move(node));
}

NodePtr Grammar::for_statement() {
  const Place place = tokens_.place();
  accept(kFor);
  For node;
  node.target = require(&Grammar::target_list, "Expected one or more expressions after `for`");
  if (!node.target || !require(kIn, "Expected `in`")) return nullptr;
  node.iter = require(&Grammar::test_list, "Expected expression after `in`");
  if (!node.iter || !require(kColon, kNoColon)) return nullptr;
  node.body = suite();
  if (!node.body || !else_suite(node.otherwise, kNoColonAfterElse)) return nullptr;
  return make(place, std::move(node));
}

NodePtr Grammar::try_statement() {
  constexpr std::string_view kNoColonHere = "expected `:`";
  const Place place = tokens_.place();
  accept(kTry);
  if (!accept(kColon)) return nullptr;
  TryExcept node{.body = suite(), .handlers = {}, .otherwise = {}};
  if (!node.body || !handlers(node)) return nullptr;
  if (is(kElse) && node.handlers.empty()) {
    accept(kElse);
    return fail("`else` cannot follow `try` without `except` handler");
  }
  if (!else_suite(node.otherwise, kNoColonHere)) return nullptr;
  if (!is(kFinally)) return make(place, std::move(node));

  const Place at_finally = tokens_.place();
  accept(kFinally);
  if (!require(kColon, kNoColonHere)) return nullptr;
  const bool bare = node.handlers.empty() && node.body->as<Suite>();
  TryFinally whole{.body = bare ? std::move(node.body) : make(place, std::move(node)),
                   .final_body = suite()};
  if (!whole.final_body) return nullptr;
  return make(at_finally, std::move(whole));
}

bool Grammar::handlers(TryExcept& node) {
  while (is(kExcept)) {
    Except handler{.place = tokens_.place(), .type = {}, .name = {}, .body = {}};
    Rewind rewind(tokens_);
    if (!except_header(handler)) return true;
    rewind.keep(true);
    if (!require(kColon, kNoColon)) return false;
    handler.body = suite();
    if (!handler.body) return false;
    node.handlers.push_back(std::move(handler));
  }
  return true;
}

bool Grammar::except_header(Except& handler) {
  accept(kExcept);
  handler.type = test();
  if (!handler.type || !(accept(kAs) || accept(kComma))) return true;
  handler.name = test();
  return static_cast<bool>(handler.name);
}

NodePtr Grammar::with_statement() {
  const Place place = tokens_.place();
  accept(kWith);
  NodePtr node = with_item();
  if (node) node->place = place;
  return node;
}

/// One item and all behind it; further items are nested as bodies.
NodePtr Grammar::with_item() {
  Level level(*this);
  const Place place = tokens_.place();
  With node;
  node.context = test();
  if (!node.context) return nullptr;
  if (accept(kAs)) {
    node.as = require(&Grammar::expression, "Expected expression after `as`");
    if (!node.as) return nullptr;
  }
  if (accept(kComma)) {
    node.body = with_item();
  } else if (require(kColon, kNoColon)) {
    node.body = suite();
  }
  return node.body ? make(place, std::move(node)) : nullptr;
}

}  // namespace pxq::pxl
