#include "local/pxl/grammar.h"

#include <algorithm>

namespace pxq::pxl {
namespace {

constexpr size_t kMaxDepth = 200;
constexpr size_t kMaxNodes = 1'000'000;

}  // namespace

Grammar::Level::Level(Grammar& grammar) : grammar_(grammar) {
  if (++grammar_.depth_ > kMaxDepth) grammar_.tokens_.stop("nested too deeply");
}

NodePtr Grammar::make(Place place, AnyNode data) {
  auto node = std::make_unique<Node>(Node{.place = place, .data = std::move(data)});
  for_each_child(
      *node, [&](const Node& child) { node->height = std::max(node->height, child.height + 1); });
  if (node->height >= Node::kMaxHeight) tokens_.stop("nested too deeply");
  if (++nodes_ == kMaxNodes) tokens_.stop("script is too large");
  return node;
}

NodePtr Grammar::fail(std::string_view message) {
  tokens_.error(message);
  return nullptr;
}

bool Grammar::require(TokenKind kind, std::string_view message) {
  if (accept(kind)) return true;
  tokens_.error(message);
  return false;
}

NodePtr Grammar::require(Production production, std::string_view message) {
  NodePtr node = (this->*production)();
  if (!node) tokens_.error(message);
  return node;
}

std::optional<Identifier> Grammar::identifier() {
  if (!is(TokenKind::kName)) return std::nullopt;
  Identifier result{.place = tokens_.place(), .id = std::string(tokens_.current().text)};
  tokens_.pop();
  return result;
}

NodePtr Grammar::name() {
  std::optional<Identifier> found = identifier();
  if (!found) return nullptr;
  return make(found->place, Name{.id = std::move(found->id)});
}

/// A string as the first statement is a documentation.
void Grammar::mark_doc_string(NodeList& statements) {
  if (statements.empty()) return;
  const ExpressionStatement* first = statements[0]->as<ExpressionStatement>();
  Str* text = first ? first->expr->as<Str>() : nullptr;
  if (!text) return;
  const Place place = first->expr->place;
  DocString doc{.text = std::move(text->value)};
  statements[0] = std::make_unique<Node>(Node{.place = place, .data = std::move(doc)});
}

}  // namespace pxq::pxl
