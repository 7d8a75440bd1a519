#include <algorithm>
#include <iterator>

#include "local/pxl/grammar.h"

namespace pxq::pxl {
namespace {

using enum TokenKind;

constexpr std::string_view kFeatures[] = {"nested_scopes",   "generators",     "division",
                                          "absolute_import", "with_statement", "print_function",
                                          "unicode_literals"};

}  // namespace

NodePtr Grammar::import() {
  const Place place = tokens_.place();
  accept(kImport);
  Import node{.names = module_aliases()};
  // The reference goes on behind this error, so that it stays the only one.
  if (node.names.empty()) tokens_.error("Expected module name to import");
  return make(place, std::move(node));
}

std::vector<Alias> Grammar::module_aliases() {
  std::vector<Alias> names;
  while (auto next = alias(&Grammar::dotted_name)) {
    names.push_back(std::move(*next));
    if (!accept(kComma)) break;
  }
  return names;
}

std::optional<Alias> Grammar::alias(std::optional<Identifier> (Grammar::*production)()) {
  Rewind rewind(tokens_);
  std::optional<Identifier> found = (this->*production)();
  if (!found) return std::nullopt;
  Alias result{.place = found->place, .name = std::move(*found), .renamed = {}};
  if (accept(kAs)) {
    result.renamed = identifier();
    if (!result.renamed) {
      tokens_.error("Expected identifier after `as`");
      return std::nullopt;
    }
  }
  rewind.keep(true);
  return result;
}

std::optional<Identifier> Grammar::dotted_name() {
  Rewind rewind(tokens_);
  std::vector<Place> places;
  Identifier whole;
  do {
    std::optional<Identifier> part = identifier();
    if (!part) {
      // Without any name there is nothing to report; else once for each dot, unwinding.
      if (places.empty()) return std::nullopt;
      constexpr std::string_view kNoName = "Expected identifier after `.`";
      tokens_.error(kNoName);
      for (; places.size() > 1; places.pop_back()) {
        tokens_.error_at(places.back(), "SyntaxError: ", kNoName);
      }
      return std::nullopt;
    }
    if (!places.empty()) whole.id += '.';
    whole.id += part->id;
    places.push_back(part->place);
  } while (accept(kDot));
  whole.place = places.front();
  rewind.keep(true);
  return whole;
}

NodePtr Grammar::import_from() {
  Rewind rewind(tokens_);
  const Place place = tokens_.place();
  accept(kFrom);
  ImportFrom node;
  while (accept(kDot)) ++node.level;
  node.module = dotted_name();
  if (!node.module && node.level == 0) return fail("Expected name of module");
  const bool future = node.level == 0 && node.module->id == "__future__";
  if (!require(kImport, "Expected 'import'")) return nullptr;
  if (future && is(kStar)) return fail("future feature * is not defined");
  node.names = imported_names();
  if (node.names.empty() || (future && !enable_features(node.names))) return nullptr;
  return rewind.keep(make(place, std::move(node)));
}

/// What follows `import` in a `from`: `*`, or names that may stand in parentheses.
std::vector<Alias> Grammar::imported_names() {
  const Place place = tokens_.place();
  std::vector<Alias> names;
  if (accept(kStar)) {
    names.push_back({.place = place, .name = {.place = place, .id = "*"}, .renamed = {}});
    return names;
  }
  const bool parenthesized = accept(kParenOpen);
  names = name_aliases();
  if (parenthesized && !accept(kParenClose)) names.clear();
  return names;
}

std::vector<Alias> Grammar::name_aliases() {
  std::vector<Alias> names;
  while (auto next = alias(&Grammar::identifier)) {
    names.push_back(std::move(*next));
    if (!accept(kComma)) break;
  }
  if (is(kNewLine) || is(kSemicolon) || is(kParenClose) || is(kEnd)) return names;
  tokens_.error("Unexpected token");
  return {};
}

bool Grammar::enable_features(std::span<const Alias> names) {
  bool known = true;
  for (const Alias& alias : names) {
    const std::string& feature = alias.name.id;
    if (feature == "print_function") print_function_ = true;
    if (feature == "unicode_literals") unicode_literals_ = true;
    if (std::find(std::begin(kFeatures), std::end(kFeatures), feature) == std::end(kFeatures)) {
      tokens_.error("future feature " + feature + " is not defined");
      known = false;
    }
  }
  return known;
}

}  // namespace pxq::pxl
