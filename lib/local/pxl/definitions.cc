#include "local/pxl/grammar.h"

namespace pxq::pxl {
namespace {

using enum TokenKind;

constexpr std::string_view kNoColonHere = "Expected `:`";

}  // namespace

/// A definition stands at its first decorator if it has any.
NodePtr Grammar::function(NodeList decorators) {
  Rewind rewind(tokens_);
  const Place place = decorators.empty() ? tokens_.place() : decorators[0]->place;
  accept(kDef);
  FunctionDef node;
  std::optional<Identifier> name = identifier();
  if (!name) return fail("Expected identifier after `def`");
  if (!parameters(node.arguments)) return fail("Expected parameter declaration");
  if (!require(kColon, kNoColonHere)) return nullptr;
  node.name = std::move(*name);
  node.body = suite();
  if (!node.body) return nullptr;
  node.decorators = std::move(decorators);
  return rewind.keep(make(place, std::move(node)));
}

NodePtr Grammar::class_definition(NodeList decorators) {
  Rewind rewind(tokens_);
  const Place place = decorators.empty() ? tokens_.place() : decorators[0]->place;
  accept(kClass);
  ClassDef node;
  std::optional<Identifier> name = identifier();
  if (!name) return fail("Expected identifier after `class`");
  if (accept(kParenOpen)) {
    node.bases = test_list();
    if (!require(kParenClose, "Expected `)`")) return nullptr;
  }
  if (!require(kColon, kNoColonHere)) return nullptr;
  node.name = std::move(*name);
  node.body = suite();
  if (!node.body) return nullptr;
  node.decorators = std::move(decorators);
  return rewind.keep(make(place, std::move(node)));
}

NodePtr Grammar::decorated() {
  NodeList decorators;
  while (NodePtr next = decorator()) decorators.push_back(std::move(next));
  if (decorators.empty()) return nullptr;
  if (is(kDef)) return function(std::move(decorators));
  if (is(kClass)) return class_definition(std::move(decorators));
  return nullptr;
}

NodePtr Grammar::decorator() {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  if (!accept(kAt)) return nullptr;
  NodePtr node = require(&Grammar::decorator_name, "Expected identifier after `@`");
  if (!node) return nullptr;
  if (accept(kParenOpen)) {
    Call call{.function = std::move(node),
              .args = {},
              .keywords = {},
              .star_args = {},
              .star_kwargs = {}};
    call_arguments(call);
    if (!require(kParenClose, "Expected `)`")) return nullptr;
    node = make(place, std::move(call));
  }
  if (!require(kNewLine, "Expected new line after decorator usage")) return nullptr;
  return rewind.keep(std::move(node));
}

/// A dotted name, whose attributes all stand behind it; it does not set the tokens back.
NodePtr Grammar::decorator_name() {
  std::vector<Identifier> names;
  do {
    std::optional<Identifier> next = identifier();
    if (!next) return names.empty() ? nullptr : fail("Expected identifier after `.`");
    names.push_back(std::move(*next));
  } while (accept(kDot));
  NodePtr node = make(names[0].place, Name{.id = names[0].id});
  for (size_t i = 1; i < names.size() && !tokens_.stopped(); ++i) {
    node = make(tokens_.place(), Attribute{.value = std::move(node), .name = std::move(names[i])});
  }
  return node;
}

}  // namespace pxq::pxl
