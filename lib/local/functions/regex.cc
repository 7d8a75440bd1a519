#include <re2/re2.h>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "local/functions/families.h"
#include "local/functions/kernel.h"
#include "local/functions/re2_text.h"

namespace pxq::local {
namespace {

// The pattern is a literal: every row holds the same one, so it is compiled once a batch. RE2 runs
// in time linear in the text, whatever the pattern.
RE2 compile(const StringColumn& patterns, bool dot_matches_newline) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(dot_matches_newline);
  return RE2(patterns.empty() ? re2::StringPiece() : re2_text(patterns.front()), options);
}

Column regex_match(std::span<const Column* const> arguments, size_t rows, FunctionContext&) {
  const RE2 pattern = compile(std::get<StringColumn>(*arguments[0]), true);
  const auto& texts = std::get<StringColumn>(*arguments[1]);
  BooleanColumn matches(rows);
  if (!pattern.ok()) return matches;
  for (size_t row = 0; row < rows; ++row) {
    matches[row] = RE2::FullMatch(re2_text(texts[row]), pattern) ? 1 : 0;
  }
  return matches;
}

using Rules = std::map<std::string, std::unique_ptr<RE2>>;

// {"name": "pattern", ...}; a text that is none has no rules. By name, which is the order in which
// they are tried.
Rules compile_rules(std::string_view json) {
  Rules rules;
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  if (!parsed.is_object()) return rules;
  for (const auto& [name, pattern] : parsed.items()) {
    if (!pattern.is_string()) continue;
    RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true);
    rules[name] = std::make_unique<RE2>(pattern.get<std::string>(), options);
  }
  return rules;
}

Column match_rule(std::span<const Column* const> arguments, size_t rows, FunctionContext& context) {
  const auto& encoded = std::get<StringColumn>(*arguments[0]);
  const auto& texts = std::get<StringColumn>(*arguments[1]);
  StringColumn names(rows);
  const Rules rules = encoded.empty() ? Rules() : compile_rules(encoded.front());
  for (size_t row = 0; row < rows; ++row) {
    for (const auto& [name, pattern] : rules) {
      if (!pattern->ok() || !RE2::FullMatch(re2_text(texts[row]), *pattern)) continue;
      names[row] = context.strings->keep(name);
      break;
    }
  }
  return names;
}

// A bad pattern or rewrite is told in the cell, as Pixie does.
std::string replace_all(const RE2& pattern, std::string_view text, const std::string& rewrite) {
  if (!pattern.ok()) return "Invalid regex expr: " + pattern.error();
  std::string error;
  if (!pattern.CheckRewriteString(rewrite, &error)) {
    return "Invalid regex in substitution string: " + error;
  }
  std::string result(text);
  RE2::GlobalReplace(&result, pattern, rewrite);
  return result;
}

Column regex_replace(std::span<const Column* const> arguments, size_t rows,
                     FunctionContext& context) {
  const RE2 pattern = compile(std::get<StringColumn>(*arguments[0]), false);
  const auto& texts = std::get<StringColumn>(*arguments[1]);
  const auto& rewrites = std::get<StringColumn>(*arguments[2]);
  StringColumn results(rows);
  for (size_t row = 0; row < rows; ++row) {
    results[row] =
        context.strings->keep(replace_all(pattern, texts[row], std::string(rewrites[row])));
  }
  return results;
}

}  // namespace

std::vector<ScalarFunction> regex_functions() {
  return {
      {.name = "regex_match",
       .arguments = {DataType::kString, DataType::kString},
       .result = DataType::kBoolean,
       .semantic = no_semantic,
       .kernel = regex_match,
       .literal_arguments = 1},
      {.name = "_match_regex_rule",
       .arguments = {DataType::kString, DataType::kString},
       .result = DataType::kString,
       .semantic = no_semantic,
       .kernel = match_rule,
       .literal_arguments = 1},
      {.name = "replace",
       .arguments = {DataType::kString, DataType::kString, DataType::kString},
       .result = DataType::kString,
       .semantic = no_semantic,
       .kernel = regex_replace,
       .literal_arguments = 1},
  };
}

}  // namespace pxq::local
