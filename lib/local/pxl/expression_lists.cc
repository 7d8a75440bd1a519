#include "local/pxl/grammar.h"

namespace pxq::pxl {
namespace {

using enum TokenKind;

}  // namespace

/// `a` alone, or the tuple that a comma behind it begins.
NodePtr Grammar::tuple_from(NodePtr first, Place place) {
  if (!is(kComma)) return first;
  Tuple node;
  node.elements.push_back(std::move(first));
  while (accept(kComma)) {
    NodePtr next = test();
    if (!next) break;
    node.elements.push_back(std::move(next));
  }
  return make(place, std::move(node));
}

NodePtr Grammar::test_list() {
  const Place place = tokens_.place();
  NodePtr first = test();
  return first ? tuple_from(std::move(first), place) : nullptr;
}

/// The same in brackets and back quotes, where a tuple stands at its first element's node.
NodePtr Grammar::inner_test_list() {
  NodePtr first = test();
  if (!first) return nullptr;
  const Place place = first->place;
  return tuple_from(std::move(first), place);
}

/// Here a trailing comma alone makes no tuple.
NodePtr Grammar::loose_list(Production element) {
  const Place place = tokens_.place();
  Tuple node;
  while (NodePtr next = (this->*element)()) {
    node.elements.push_back(std::move(next));
    if (!accept(kComma)) break;
  }
  if (node.elements.empty()) return nullptr;
  if (node.elements.size() == 1) return std::move(node.elements[0]);
  return make(place, std::move(node));
}

NodePtr Grammar::iterated_list() { return loose_list(&Grammar::old_test); }

NodePtr Grammar::target_list() { return loose_list(&Grammar::expression); }

NodePtr Grammar::yield_expression() {
  const Place place = tokens_.place();
  if (!accept(kYield)) return nullptr;
  return make(place, YieldExpr{.value = test_list()});
}

/// All the `for ... in ... if ...` of a comprehension; none after an error.
std::vector<Comprehension> Grammar::clauses(Production iter) {
  Rewind rewind(tokens_);
  std::vector<Comprehension> result;
  while (is(kFor)) {
    Comprehension next{.place = tokens_.place(), .target = {}, .iter = {}, .conditions = {}};
    accept(kFor);
    if (!clause(iter, next)) return {};
    result.push_back(std::move(next));
  }
  rewind.keep(!result.empty());
  return result;
}

bool Grammar::clause(Production iter, Comprehension& clause) {
  clause.target = require(&Grammar::target_list, "Expected expression after `for`");
  if (!clause.target || !require(kIn, "Expected `in`")) return false;
  clause.iter = require(iter, "Expected expression after `in`");
  if (!clause.iter) return false;
  for (;;) {
    Rewind rewind(tokens_);
    if (!accept(kIf)) return true;
    NodePtr condition = rewind.keep(require(&Grammar::old_test, "Expected condition after `if`"));
    if (!condition) return true;
    clause.conditions.push_back(std::move(condition));
  }
}

}  // namespace pxq::pxl
