#include "script/functions.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "script/script_text.h"
#include "script/tokens.h"

namespace pxq {
namespace {

// The value of a variable: the user's, else its default.
const std::string* value_of(const Vis& vis, std::span<const Argument> arguments,
                            const std::string& name) {
  for (const Argument& argument : arguments) {
    if (argument.name == name) return &argument.value;
  }
  const Variable* variable = vis.find_variable(name);
  return variable != nullptr && variable->default_value ? &*variable->default_value : nullptr;
}

Result<FunctionCall> make_call(const Vis& vis, std::span<const Argument> arguments,
                               const VisFunction& function, std::string prefix,
                               const std::string& source) {
  FunctionCall call{.function = function.name, .arguments = {}, .output_prefix = std::move(prefix)};
  for (const VisArgument& argument : function.arguments) {
    const std::string* value = argument.value ? &*argument.value : nullptr;
    if (value == nullptr && argument.variable) {
      value = value_of(vis, arguments, *argument.variable);
    }
    if (value == nullptr) {
      const std::string why =
          argument.variable ? fmt::format("names '{}', which is no variable", *argument.variable)
                            : std::string("has neither value nor variable");
      return Status{Code::kUsage, fmt::format("vis.json of {}: argument '{}' of {}() {}", source,
                                              argument.name, function.name, why)};
    }
    call.arguments.emplace_back(argument.name, *value);
  }
  return call;
}

// Functions that the text defines, in order.
std::vector<std::string> defined_functions(const std::vector<Token>& tokens) {
  std::vector<std::string> names;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].text == "def" && tokens[i + 1].is_name) names.emplace_back(tokens[i + 1].text);
  }
  return names;
}

Status unknown_function(const std::vector<Token>& tokens, const std::string& function,
                        const std::string& source) {
  const std::vector<std::string> names = defined_functions(tokens);
  std::string hint = did_you_mean(function, names);
  if (hint.empty()) {
    hint = names.empty() ? "the script defines no functions"
                         : fmt::format("functions: {}", fmt::join(names, ", "));
  }
  return {Code::kUsage, fmt::format("{} has no function '{}'", source, function), std::move(hint)};
}

}  // namespace

Result<std::vector<FunctionCall>> function_calls(const Vis& vis,
                                                 std::span<const Argument> arguments,
                                                 const std::string& source) {
  std::vector<FunctionCall> calls;
  for (const GlobalFunction& global : vis.global_functions) {
    auto call = make_call(vis, arguments, global.function, global.output_name, source);
    if (!call.ok()) return call.status();
    calls.push_back(*std::move(call));
  }
  for (size_t i = 0; i < vis.widgets.size(); ++i) {
    if (!vis.widgets[i].function) continue;
    auto call = make_call(vis, arguments, *vis.widgets[i].function, widget_table(vis, i), source);
    if (!call.ok()) return call.status();
    calls.push_back(*std::move(call));
  }
  return calls;
}

Result<FunctionCall> function_call(std::string_view script, const std::string& function,
                                   std::span<const Argument> arguments, const std::string& source) {
  const std::vector<Token> tokens = tokenize(script);
  // Any mention will do: the name may also be imported or assigned, which only the server sorts
  // out.
  const bool mentioned = std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
    return token.is_name && token.text == function;
  });
  if (!mentioned) return unknown_function(tokens, function, source);
  FunctionCall call{.function = function, .arguments = {}, .output_prefix = function};
  for (const Argument& argument : arguments) {
    for (const auto& [name, value] : call.arguments) {
      if (name != argument.name) continue;
      return Status{Code::kUsage, fmt::format("argument '{}' is given twice", argument.name)};
    }
    if (const auto bad = find_invalid_utf8(argument.name + argument.value)) {
      return Status{Code::kUsage, fmt::format("argument '{}' is not UTF-8", argument.name)};
    }
    call.arguments.emplace_back(argument.name, argument.value);
  }
  return call;
}

}  // namespace pxq
