#include "local/pxl/grammar.h"

namespace pxq::pxl {
namespace {

using enum TokenKind;

constexpr std::string_view kKeywordExpected = "Expected keyword argument";

}  // namespace

/// What stands between the parentheses of a call. It takes its arguments in two runs with an
/// optional comma between, so that one comma may be missing before a keyword argument, or too many.
bool Grammar::call_arguments(Call& call) {
  Rewind rewind(tokens_);
  if (!leading_arguments(call)) return false;
  accept(kComma);
  if (!star_arguments(call) || !late_keywords(call)) return false;
  accept(kComma);
  if (accept(kPower)) {
    call.star_kwargs = require(&Grammar::test, "Expected expression after `**`");
    if (!call.star_kwargs) return false;
  }
  return rewind.keep(true);
}

bool Grammar::leading_arguments(Call& call) {
  do {
    Argument next = argument();
    if (auto* positional = std::get_if<NodePtr>(&next)) {
      if (!call.keywords.empty()) {
        tokens_.error(kKeywordExpected);
        return false;
      }
      call.args.push_back(std::move(*positional));
    } else if (auto* keyword = std::get_if<Keyword>(&next)) {
      call.keywords.push_back(std::move(*keyword));
    } else {
      return true;
    }
  } while (accept(kComma));
  return true;
}

bool Grammar::star_arguments(Call& call) {
  while (accept(kStar)) {
    call.star_args = require(&Grammar::test, "Expected expression after `*`");
    if (!call.star_args) return false;
    if (!accept(kComma)) break;
  }
  return true;
}

bool Grammar::late_keywords(Call& call) {
  do {
    Argument next = argument();
    if (std::holds_alternative<NodePtr>(next)) {
      tokens_.error(kKeywordExpected);
      return false;
    }
    if (std::holds_alternative<std::monostate>(next)) return true;
    call.keywords.push_back(std::get<Keyword>(std::move(next)));
  } while (accept(kComma));
  return true;
}

Grammar::Argument Grammar::argument() {
  Rewind rewind(tokens_);
  NodePtr first = test();
  if (!first) return {};
  if (accept(kAssign)) {
    Argument keyword = keyword_argument(std::move(first));
    rewind.keep(keyword.index() != 0);
    return keyword;
  }
  rewind.keep(true);
  const Place place = tokens_.place();
  std::vector<Comprehension> found = clauses(&Grammar::or_test);
  if (found.empty()) return first;
  return make(place, Generator{.element = std::move(first), .clauses = std::move(found)});
}

Grammar::Argument Grammar::keyword_argument(NodePtr name) {
  const Place place = tokens_.place();
  Name* found = name->as<Name>();
  if (!found) {
    tokens_.error("Expected identifier before `=` in keyword argument");
    return {};
  }
  NodePtr value = require(&Grammar::test, "Expected expression after `=`");
  if (!value) return {};
  return Keyword{.place = place,
                 .name = {.place = name->place, .id = std::move(found->id)},
                 .value = std::move(value)};
}

bool Grammar::parameters(Arguments& arguments) {
  Rewind rewind(tokens_);
  if (!accept(kParenOpen)) return false;
  parameter_list(arguments, &Grammar::typed_parameter);
  return rewind.keep(require(kParenClose, "Expected `)`"));
}

bool Grammar::parameter_list(Arguments& arguments, Production parameter) {
  Rewind rewind(tokens_);
  arguments.place = tokens_.place();
  if (!defaulted_parameters(arguments, parameter)) return false;
  if (accept(kStar)) {
    arguments.args = require(&Grammar::name, "Expected identifier after `*`");
    if (!arguments.args) return false;
    accept(kComma);
  }
  if (accept(kPower)) {
    arguments.kwargs = require(&Grammar::name, "Expected identifier after `**`");
    if (!arguments.kwargs) return false;
  }
  return rewind.keep(true);
}

bool Grammar::defaulted_parameters(Arguments& arguments, Production parameter) {
  while (!is(kPower) && !is(kStar)) {
    NodePtr next = (this->*parameter)();
    if (!next) return true;
    arguments.params.push_back(std::move(next));
    arguments.defaults.emplace_back();
    if (accept(kAssign)) {
      arguments.defaults.back() = require(&Grammar::test, "Expected expression after `=`");
      if (!arguments.defaults.back()) return false;
    }
    if (!accept(kComma)) return true;
  }
  return true;
}

NodePtr Grammar::typed_parameter() {
  Rewind rewind(tokens_);
  std::optional<Identifier> found = identifier();
  if (!found) {
    if (!is(kParenClose)) tokens_.error("Expected name identifier in args");
    return nullptr;
  }
  Arg node{.name = std::move(found->id), .annotation = {}};
  if (accept(kColon)) {
    node.annotation = require(&Grammar::test, "Expected identifier for the annotation");
    if (!node.annotation) return nullptr;
  }
  return rewind.keep(make(found->place, std::move(node)));
}

/// A name, or names in parentheses.
NodePtr Grammar::lambda_parameter() {
  if (!is(kParenOpen)) return name();
  Level level(*this);
  Rewind rewind(tokens_);
  accept(kParenOpen);
  NodePtr inner = require(&Grammar::lambda_parameter_list, "Expected parameter list");
  if (!inner || !require(kParenClose, "Expected `)`")) return nullptr;
  return rewind.keep(std::move(inner));
}

NodePtr Grammar::lambda_parameter_list() {
  const Place place = tokens_.place();
  NodePtr first = lambda_parameter();
  if (!first || !is(kComma)) return first;
  Tuple node;
  node.elements.push_back(std::move(first));
  while (accept(kComma)) {
    NodePtr next = lambda_parameter();
    if (!next) break;
    node.elements.push_back(std::move(next));
  }
  return make(place, std::move(node));
}

}  // namespace pxq::pxl
