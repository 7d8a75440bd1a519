#include <array>
#include <iterator>

#include "local/pxl/grammar.h"

namespace pxq::pxl {
namespace {

using enum TokenKind;

constexpr std::string_view kNoOperand = "Expected expression after operator";

/// The binary operators that bind equally tight; kEnd fills the places not needed. `at_operator`
/// says that the node stands at the operator and not at its right operand.
struct Precedence {
  std::array<TokenKind, 4> operators;
  bool at_operator;
  std::string_view no_operand;
};

// From loose to tight.
constexpr Precedence kPrecedences[] = {
    {{kBitOr, kEnd, kEnd, kEnd}, false, kNoOperand},
    {{kBitXor, kEnd, kEnd, kEnd}, false, kNoOperand},
    {{kBitAnd, kEnd, kEnd, kEnd}, false, kNoOperand},
    {{kShiftLeft, kShiftRight, kEnd, kEnd}, true, "Expected expression"},
    {{kPlus, kMinus, kEnd, kEnd}, true, kNoOperand},
    {{kStar, kSlash, kPercent, kFloorDiv}, false, kNoOperand},
};

bool holds(const Precedence& level, TokenKind kind) {
  if (kind == kEnd) return false;
  for (const TokenKind entry : level.operators) {
    if (entry == kind) return true;
  }
  return false;
}

/// `-` before a complex number becomes part of it.
void negate(Complex& number) {
  if (number.real) {
    Number& real = *number.real->as<Number>();
    std::visit([](auto& value) { value = -value; }, real.value);
    if (real.long_digits) real.long_digits->insert(0, "-");
  }
  if (number.imaginary.starts_with('+')) number.imaginary.erase(0, 1);
  number.imaginary.insert(0, "-");
}

/// Whether `left + right` is one complex number: `1 + 2j`, or `1 - 2j`.
bool joins(const Node& left, const Node& right) {
  const Complex* complex = right.as<Complex>();
  return left.as<Number>() && complex && !complex->real && !complex->imaginary.starts_with('-') &&
         !complex->imaginary.starts_with('+');
}

}  // namespace

NodePtr Grammar::test() {
  Level level(*this);
  Rewind rewind(tokens_);
  NodePtr body = or_test();
  if (!body) return rewind.keep(lambda(&Grammar::test));
  return rewind.keep(is(kIf) ? conditional(std::move(body)) : std::move(body));
}

NodePtr Grammar::conditional(NodePtr body) {
  accept(kIf);
  const Place place = tokens_.place();
  NodePtr condition = require(&Grammar::or_test, "Expected expression after `if`");
  if (!condition || !require(kElse, "Expected `else`")) return nullptr;
  NodePtr otherwise = require(&Grammar::test, "Expected expression after `else`");
  if (!otherwise) return nullptr;
  return make(place, IfExpr{.test = std::move(condition),
                            .body = std::move(body),
                            .otherwise = std::move(otherwise)});
}

/// A test without a conditional expression, as conditions in comprehensions take it.
NodePtr Grammar::old_test() {
  Level level(*this);
  NodePtr node = or_test();
  return node ? std::move(node) : lambda(&Grammar::old_test);
}

NodePtr Grammar::lambda(Production body) {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  if (!accept(kLambda)) return nullptr;
  Lambda node;
  parameter_list(node.arguments, &Grammar::lambda_parameter);
  if (!require(kColon, "Expected `:`")) return nullptr;
  node.body = require(body, "Expected expression");
  if (!node.body) return nullptr;
  return rewind.keep(make(place, std::move(node)));
}

NodePtr Grammar::or_test() { return logical(kOr, &Grammar::and_test); }

NodePtr Grammar::and_test() { return logical(kAnd, &Grammar::not_test); }

NodePtr Grammar::logical(TokenKind op, Production operand) {
  Rewind rewind(tokens_);
  NodePtr first = (this->*operand)();
  if (!first || !is(op)) return rewind.keep(std::move(first));
  const Place place = tokens_.place();
  BoolOp node{.op = spelling(op), .values = {}};
  node.values.push_back(std::move(first));
  while (accept(op)) {
    NodePtr next = require(operand, kNoOperand);
    if (!next) return nullptr;
    node.values.push_back(std::move(next));
  }
  return rewind.keep(make(place, std::move(node)));
}

NodePtr Grammar::not_test() {
  if (!is(kNot)) return comparison();
  Level level(*this);
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  accept(kNot);
  NodePtr operand = not_test();
  if (!operand) return nullptr;
  return rewind.keep(make(place, UnaryOp{.op = "not", .operand = std::move(operand)}));
}

NodePtr Grammar::comparison() {
  Rewind rewind(tokens_);
  NodePtr left = expression();
  if (!left) return nullptr;
  const Place place = left->place;
  Compare node;
  while (const auto op = comparison_operator()) {
    node.ops.push_back(*op);
    node.others.push_back(
        require(&Grammar::expression, "Expected expression after comparison operator"));
    if (!node.others.back()) return nullptr;
  }
  if (node.ops.empty()) return rewind.keep(std::move(left));
  node.left = std::move(left);
  return rewind.keep(make(place, std::move(node)));
}

std::optional<std::string_view> Grammar::comparison_operator() {
  constexpr TokenKind kSimple[] = {kLess,      kGreater,  kEqual, kGreaterEqual,
                                   kLessEqual, kNotEqual, kIn};
  for (const TokenKind kind : kSimple) {
    if (accept(kind)) return spelling(kind);
  }
  if (accept(kIs)) return accept(kNot) ? "is-not" : "is";
  Rewind rewind(tokens_);
  if (!rewind.keep(accept(kNot) && accept(kIn))) return std::nullopt;
  return "not-in";
}

NodePtr Grammar::expression() { return binary(0); }

NodePtr Grammar::binary(size_t level) {
  if (level == std::size(kPrecedences)) return factor();
  const Precedence& precedence = kPrecedences[level];
  Rewind rewind(tokens_);
  NodePtr left = binary(level + 1);
  while (left && !tokens_.stopped() && holds(precedence, tokens_.current().kind)) {
    const TokenKind op = tokens_.current().kind;
    Place place = tokens_.place();
    tokens_.pop();
    if (!precedence.at_operator) place = tokens_.place();
    NodePtr right = binary(level + 1);
    if (!right) return fail(precedence.no_operand);
    if ((op == kPlus || op == kMinus) && joins(*left, *right)) {
      Complex& complex = *right->as<Complex>();
      complex.imaginary.insert(0, spelling(op));
      complex.real = std::move(left);
      left = make(right->place, std::move(complex));
    } else {
      left = make(place,
                  BinOp{.op = spelling(op), .left = std::move(left), .right = std::move(right)});
    }
  }
  return rewind.keep(std::move(left));
}

NodePtr Grammar::factor() {
  const TokenKind op = tokens_.current().kind;
  if (!is(kPlus) && !is(kMinus) && !is(kTilde)) return power();
  Level level(*this);
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  tokens_.pop();
  NodePtr operand = factor();
  if (!operand) return nullptr;
  if (op == kMinus && operand->as<Complex>()) {
    negate(*operand->as<Complex>());
    return rewind.keep(std::move(operand));
  }
  return rewind.keep(make(place, UnaryOp{.op = spelling(op), .operand = std::move(operand)}));
}

NodePtr Grammar::power() {
  Rewind rewind(tokens_);
  NodePtr base = atom();
  if (!base) return nullptr;
  while (NodePtr longer = trailer(base)) base = std::move(longer);
  if (!accept(kPower)) return rewind.keep(std::move(base));
  Level level(*this);
  const Place place = tokens_.place();
  NodePtr exponent = require(&Grammar::factor, "Expected expression after `**`");
  if (!exponent) return nullptr;
  return rewind.keep(
      make(place, BinOp{.op = "**", .left = std::move(base), .right = std::move(exponent)}));
}

/// A call, subscript or attribute of `target`, which it takes over only if it succeeds.
NodePtr Grammar::trailer(NodePtr& target) {
  if (is(kParenOpen)) return call(target);
  if (is(kBracketOpen)) return subscript(target);
  if (is(kDot)) return attribute(target);
  return nullptr;
}

NodePtr Grammar::call(NodePtr& target) {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  accept(kParenOpen);
  Call node;
  call_arguments(node);
  if (!require(kParenClose, "Expected `)`")) return nullptr;
  node.function = std::move(target);
  return rewind.keep(make(place, std::move(node)));
}

NodePtr Grammar::subscript(NodePtr& target) {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  accept(kBracketOpen);
  NodePtr index = require(&Grammar::slices, "Expected expression within `[]`");
  if (!index || !require(kBracketClose, "Expected `]`")) return nullptr;
  return rewind.keep(make(place, Subscript{.value = std::move(target), .slice = std::move(index)}));
}

NodePtr Grammar::attribute(NodePtr& target) {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  accept(kDot);
  std::optional<Identifier> found = identifier();
  if (!found) return fail("Expected identifier after `.`");
  return rewind.keep(make(place, Attribute{.value = std::move(target), .name = std::move(*found)}));
}

}  // namespace pxq::pxl
