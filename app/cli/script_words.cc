#include "cli/script_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "script/tokens.h"
#include "script/vis.h"

namespace pxq {
namespace {

Vis vis_of(const std::optional<Script>& script) {
  return script ? script->vis.value_or(Vis{}) : Vis{};
}

std::vector<Candidate> values_of(const Variable& variable, const std::string& before) {
  std::vector<std::string> values = variable.valid_values;
  if (values.empty() && variable.type == PxType::kBoolean) values = {"true", "false"};
  if (values.empty() && variable.default_value && !variable.default_value->empty()) {
    values = {*variable.default_value};
  }
  std::vector<Candidate> words;
  for (const std::string& value : values) words.push_back({before + value, variable.description});
  return words;
}

// The name in --name, -name and --name=value.
std::string_view name_in(std::string_view word) {
  if (!word.starts_with('-')) return {};
  word.remove_prefix(word.starts_with("--") ? 2 : 1);
  return word.substr(0, word.find('='));
}

std::string_view unquoted(std::string_view token) {
  return token.size() < 2 ? token : token.substr(1, token.size() - 2);
}

// The last text of each px.display(...) names a table.
std::vector<Candidate> displayed(std::string_view text) {
  std::vector<Candidate> tables;
  const std::vector<Token> tokens = tokenize(text);
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].text != "display" || tokens[i + 1].text != "(") continue;
    size_t depth = 0;
    for (size_t at = i + 1; at < tokens.size(); ++at) {
      if (tokens[at].text == "(") ++depth;
      if (tokens[at].text == ")" && --depth == 0) {
        const Token& last = tokens[at - 1].text == "," ? tokens[at - 2] : tokens[at - 1];
        if (last.is_string) tables.push_back({std::string(unquoted(last.text)), {}});
        break;
      }
    }
  }
  return tables;
}

}  // namespace

std::vector<Candidate> script_tables_of(const std::optional<Script>& script) {
  if (!script) return {};
  if (!script->vis) return displayed(script->text);
  std::vector<Candidate> tables;
  for (const VisTable& table : vis_tables(*script->vis)) {
    tables.push_back({table.name, fmt::format("{}()", table.function)});
  }
  return tables;
}

std::vector<Candidate> script_functions_of(const std::optional<Script>& script) {
  std::vector<Candidate> functions;
  if (!script) return functions;
  const std::vector<Token> tokens = tokenize(script->text);
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].text == "def") functions.push_back({std::string(tokens[i + 1].text), {}});
  }
  return functions;
}

std::vector<Candidate> script_assignments(const std::optional<Script>& script,
                                          std::span<const std::string> given,
                                          const std::string& typed) {
  const Vis vis = vis_of(script);
  const size_t equals = typed.find('=');
  if (equals != std::string::npos) {
    const Variable* variable = vis.find_variable(typed.substr(0, equals));
    if (variable == nullptr) return {};
    return values_of(*variable, typed.substr(0, equals + 1));
  }
  std::vector<Candidate> words;
  for (const Variable& variable : vis.variables) {
    const bool set = std::any_of(given.begin(), given.end(), [&](const std::string& text) {
      return text.starts_with(variable.name + "=");
    });
    if (!set) words.push_back({variable.name + "=", variable.description});
  }
  return words;
}

std::vector<Candidate> script_tail(const std::optional<Script>& script,
                                   std::span<const std::string> given, const std::string& typed) {
  const Vis vis = vis_of(script);
  if (!given.empty() && given.back().find('=') == std::string::npos && !typed.starts_with('-')) {
    const Variable* variable = vis.find_variable(name_in(given.back()));
    if (variable != nullptr) return values_of(*variable, {});
  }
  const size_t equals = typed.find('=');
  if (equals != std::string::npos) {
    const Variable* variable = vis.find_variable(name_in(typed));
    if (variable == nullptr) return {};
    return values_of(*variable, typed.substr(0, equals + 1));
  }
  std::vector<Candidate> words;
  for (const Variable& variable : vis.variables) {
    const bool set = std::any_of(given.begin(), given.end(), [&](const std::string& word) {
      return name_in(word) == variable.name;
    });
    if (!set) words.push_back({"--" + variable.name, variable.description});
  }
  return words;
}

}  // namespace pxq
