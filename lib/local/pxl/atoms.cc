#include "local/pxl/grammar.h"
#include "local/pxl/literal.h"

namespace pxq::pxl {
namespace {

using enum TokenKind;

}  // namespace

NodePtr Grammar::atom() {
  if (is(kParenOpen)) return parenthesized();
  if (is(kBracketOpen)) return list();
  if (is(kBraceOpen)) return braces();
  if (is(kBackQuote)) return repr();
  if (is(kName)) return name();
  if (is(kString)) return strings();
  return number();
}

NodePtr Grammar::parenthesized() {
  Rewind rewind(tokens_);
  accept(kParenOpen);
  NodePtr content = parentheses_content();
  if (!content) content = yield_expression();
  if (!content) content = make(tokens_.place(), Tuple{});
  if (!require(kParenClose, "Expected `)`")) return nullptr;
  return rewind.keep(std::move(content));
}

NodePtr Grammar::parentheses_content() {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  NodePtr first = test();
  if (!first) return nullptr;
  if (is(kFor)) {
    const Place at_for = tokens_.place();
    Generator node{.element = std::move(first), .clauses = clauses(&Grammar::or_test)};
    if (node.clauses.empty()) return nullptr;
    return rewind.keep(make(at_for, std::move(node)));
  }
  return rewind.keep(tuple_from(std::move(first), place));
}

NodePtr Grammar::list() {
  Rewind rewind(tokens_);
  accept(kBracketOpen);
  NodePtr content = list_content();
  if (!content) content = make(tokens_.place(), List{});
  if (!require(kBracketClose, "Expected `]`")) return nullptr;
  return rewind.keep(std::move(content));
}

NodePtr Grammar::list_content() {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  NodePtr first = test();
  if (!first) return nullptr;
  if (is(kFor)) {
    const Place at_for = tokens_.place();
    ListComp node{.element = std::move(first), .clauses = clauses(&Grammar::iterated_list)};
    if (node.clauses.empty()) return nullptr;
    return rewind.keep(make(at_for, std::move(node)));
  }
  List node;
  node.elements.push_back(std::move(first));
  while (accept(kComma)) {
    NodePtr next = test();
    if (!next) break;
    node.elements.push_back(std::move(next));
  }
  return rewind.keep(make(place, std::move(node)));
}

NodePtr Grammar::braces() {
  Rewind rewind(tokens_);
  accept(kBraceOpen);
  NodePtr content = braces_content();
  if (!content) content = make(tokens_.place(), Dict{});
  if (!require(kBraceClose, "Expected `}`")) return nullptr;
  return rewind.keep(std::move(content));
}

NodePtr Grammar::braces_content() {
  Rewind rewind(tokens_);
  NodePtr first = test();
  if (!first) return nullptr;
  return rewind.keep(accept(kColon) ? dict_content(std::move(first))
                                    : set_content(std::move(first)));
}

NodePtr Grammar::dict_content(NodePtr key) {
  constexpr std::string_view kNoValue = "Expected expression after `:`";
  const Place place = tokens_.place();
  NodePtr value = require(&Grammar::test, kNoValue);
  if (!value) return nullptr;
  if (is(kFor)) {
    const Place at_for = tokens_.place();
    return make(at_for, DictComp{.key = std::move(key),
                                 .value = std::move(value),
                                 .clauses = clauses(&Grammar::or_test)});
  }
  Dict node;
  node.keys.push_back(std::move(key));
  node.values.push_back(std::move(value));
  while (accept(kComma)) {
    NodePtr next = test();
    if (!next) break;
    if (!require(kColon, "Expected `:`")) return nullptr;
    node.keys.push_back(std::move(next));
    node.values.push_back(require(&Grammar::test, kNoValue));
    if (!node.values.back()) return nullptr;
  }
  return make(place, std::move(node));
}

NodePtr Grammar::set_content(NodePtr first) {
  const Place place = tokens_.place();
  if (is(kFor)) {
    SetComp node{.element = std::move(first), .clauses = clauses(&Grammar::or_test)};
    return node.clauses.empty() ? nullptr : make(place, std::move(node));
  }
  Set node;
  node.elements.push_back(std::move(first));
  while (accept(kComma)) {
    NodePtr next = test();
    if (!next) break;
    node.elements.push_back(std::move(next));
  }
  return make(place, std::move(node));
}

NodePtr Grammar::repr() {
  Rewind rewind(tokens_);
  accept(kBackQuote);
  const Place place = tokens_.place();
  NodePtr value = inner_test_list();
  if (!value || !require(kBackQuote, "Expected ``` (back quote)")) return nullptr;
  return rewind.keep(make(place, Repr{.value = std::move(value)}));
}

NodePtr Grammar::number() {
  Rewind rewind(tokens_);
  const Token token = tokens_.current();
  NodePtr node;
  if (is(kInteger)) {
    node = integer();
  } else if (is(kFloat)) {
    const std::optional<double> value = float_value(token.text);
    if (!value) return fail("Invalid floating point number");
    tokens_.pop();
    node = make(token.place, Number{.value = *value, .long_digits = {}});
  } else if (is(kComplex)) {
    tokens_.pop();
    std::string_view digits = token.text;
    if (digits.ends_with('j')) digits.remove_suffix(1);
    return rewind.keep(make(token.place, Complex{.real = {}, .imaginary = std::string(digits)}));
  }
  if (!node) return nullptr;
  NodePtr complex = complex_behind(node);
  return rewind.keep(complex ? std::move(complex) : std::move(node));
}

/// An integer, or a long: that is one with a name `L` behind it, even after a space.
NodePtr Grammar::integer() {
  const Token token = tokens_.current();
  const std::string_view digits = integer_digits(token.text);
  tokens_.pop();
  const std::string_view suffix = tokens_.current().text;
  if (suffix == "L" || suffix == "l") {
    tokens_.pop();
    return make(token.place, Number{.value = int64_t{0}, .long_digits = std::string(digits)});
  }
  const std::optional<int64_t> value = integer_value(digits);
  if (!value) return nullptr;
  return make(token.place, Number{.value = *value, .long_digits = {}});
}

/// `+ 2j` or just `2j` behind a number makes the two one complex number.
NodePtr Grammar::complex_behind(NodePtr& real) {
  Rewind rewind(tokens_);
  const bool plus = accept(kPlus);
  if (!is(kComplex)) return nullptr;
  const Token token = tokens_.current();
  tokens_.pop();
  std::string imaginary = plus ? "+" : "";
  imaginary += token.text;
  return rewind.keep(
      make(token.place, Complex{.real = std::move(real), .imaginary = std::move(imaginary)}));
}

NodePtr Grammar::strings() {
  const Place place = tokens_.place();
  bool unicode = unicode_literals_;
  Str node;
  while (is(kString)) {
    node.value += string_value(tokens_.current().text, unicode);
    tokens_.pop();
  }
  return make(place, std::move(node));
}

NodePtr Grammar::slices() {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  NodePtr first = slice();
  if (!first) return nullptr;
  ExtSlice node;
  node.dims.push_back(std::move(first));
  while (accept(kComma)) {
    NodePtr next = slice();
    if (!next) break;
    node.dims.push_back(std::move(next));
  }
  if (node.dims.size() == 1) return rewind.keep(std::move(node.dims[0]));
  return rewind.keep(make(place, std::move(node)));
}

NodePtr Grammar::slice() {
  constexpr std::string_view kInvalidSlice = "Invalid syntax";
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  if (is(kDot)) {
    if (!(accept(kDot) && accept(kDot) && accept(kDot))) return fail(kInvalidSlice);
    return rewind.keep(make(place, Ellipsis{}));
  }
  NodePtr value = inner_test_list();
  if (accept(kColon)) {
    Slice node{.lower = std::move(value), .upper = {}, .step = {}};
    node.upper = test();
    node.step = slice_step();
    return rewind.keep(make(place, std::move(node)));
  }
  if (!value) return fail(kInvalidSlice);
  return rewind.keep(make(place, Index{.value = std::move(value)}));
}

NodePtr Grammar::slice_step() {
  if (!accept(kColon)) return nullptr;
  NodePtr step = test();
  return step ? std::move(step) : make(tokens_.place(), None{});
}

}  // namespace pxq::pxl
