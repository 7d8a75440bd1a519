#include "script/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/letter_case.h"
#include "base/number_text.h"
#include "base/suggest.h"
#include "script/script_text.h"
#include "script/time_argument.h"

namespace pxq {
namespace {

constexpr size_t kShownValue = 60;

// Values may be long or hold anything; messages show their start.
std::string shown(const std::string& value) {
  if (value.size() <= kShownValue) return fmt::format("'{}'", value);
  return fmt::format("'{}...' ({} bytes)", std::string_view(value).substr(0, kShownValue),
                     value.size());
}

std::vector<std::string> names_of(const Vis& vis) {
  std::vector<std::string> names;
  for (const Variable& variable : vis.variables) names.push_back(variable.name);
  return names;
}

template <typename Names>
std::string joined(const Names& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

bool is_boolean(const std::string& value) {
  const std::string text = lower_case(value);
  constexpr std::string_view kWords[] = {"true",  "t", "yes", "y", "1",
                                         "false", "f", "no",  "n", "0"};
  return std::find(std::begin(kWords), std::end(kWords), text) != std::end(kWords);
}

template <typename Number>
bool is_number(std::string_view text) {
  // Python takes a plus sign that from_chars refuses.
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return false;
  }
  return number_from<Number>(text).has_value();
}

bool is_list(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return false;
  const size_t last = text.find_last_not_of(" \t\r\n");
  return last > first && text[first] == '[' && text[last] == ']';
}

std::string list_hint(std::string_view value) {
  std::string text = "write it as a PxL list: [";
  for (size_t start = 0; start <= value.size();) {
    const size_t comma = std::min(value.find(',', start), value.size());
    text += fmt::format("{}'{}'", start == 0 ? "" : ", ", value.substr(start, comma - start));
    start = comma + 1;
  }
  return text + "]";
}

// Why `value` is not of the variable's type and what is; ok if it is.
Status check_type(const Variable& variable, const std::string& value) {
  const auto wrong = [&](std::string_view expected, std::string hint) {
    return Status{
        Code::kUsage,
        fmt::format("argument '{}' is {}, which {} is not", variable.name, expected, shown(value)),
        std::move(hint)};
  };
  switch (variable.type) {
    case PxType::kBoolean:
      return is_boolean(value) ? Status{} : wrong("a boolean", "true or false");
    case PxType::kInt64:
      return is_number<int64_t>(value) ? Status{}
                                       : wrong("a 64-bit integer", "digits only, without a unit");
    case PxType::kFloat64:
      return is_number<double>(value) ? Status{} : wrong("a number", "such as 0.5 or 1e3");
    case PxType::kList:
    case PxType::kStringList: return is_list(value) ? Status{} : wrong("a list", list_hint(value));
    // Whatever a cluster calls its pods and services is its own business.
    case PxType::kService:
    case PxType::kPod:
    case PxType::kContainer:
    case PxType::kNamespace:
    case PxType::kNode:
    case PxType::kUnknown:
    case PxType::kString: return {};
  }
  return {};
}

Status check_allowed(const Variable& variable, const std::string& value) {
  const auto& allowed = variable.valid_values;
  if (allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end()) {
    return {};
  }
  std::string hint = did_you_mean(value, allowed);
  if (!hint.empty()) hint += " ";
  return {Code::kUsage, fmt::format("argument '{}' cannot be {}", variable.name, shown(value)),
          hint + "allowed: " + joined(allowed)};
}

bool is_time(const Variable& variable) {
  return variable.type == PxType::kString &&
         (variable.name == "start_time" || variable.name == "end_time");
}

Diagnostic unknown(const Vis& vis, const Argument& argument, const std::string& source) {
  const std::vector<std::string> names = names_of(vis);
  std::string hint = did_you_mean(argument.name, names);
  if (hint.empty()) {
    hint = names.empty() ? "the script takes no arguments" : "arguments: " + joined(names);
  }
  return {fmt::format("{} has no argument '{}'", source, argument.name), {}, std::move(hint)};
}

Diagnostic missing(const Variable& variable, const std::string& source) {
  std::string hint = fmt::format("-a {}=VALUE ({})", variable.name, variable.type_name);
  if (!variable.description.empty()) hint += ": " + variable.description;
  if (!variable.valid_values.empty()) hint += "; allowed: " + joined(variable.valid_values);
  return {fmt::format("{} needs argument '{}'", source, variable.name), {}, std::move(hint)};
}

Status as_status(std::vector<Diagnostic> findings, const std::string& source) {
  if (findings.empty()) return {};
  if (findings.size() == 1) {
    return {Code::kUsage, std::move(findings[0].message), std::move(findings[0].hint)};
  }
  std::string text;
  std::string hint;
  for (const Diagnostic& finding : findings) {
    text += fmt::format("{}{}", text.empty() ? "" : "; ", finding.message);
    if (finding.hint.empty() || hint.find(finding.hint) != std::string::npos) continue;
    hint += fmt::format("{}{}", hint.empty() ? "" : "; ", finding.hint);
  }
  return {Code::kUsage,
          fmt::format("{} arguments of {} are wrong: {}", findings.size(), source, text),
          std::move(hint)};
}

// The token's name and, after '=', its value. Empty name: not of the form of a flag.
std::pair<std::string, std::optional<std::string>> split_token(std::string_view token) {
  if (!token.starts_with('-')) return {};
  token.remove_prefix(token.starts_with("--") ? 2 : 1);
  if (token.starts_with('-')) return {};
  const size_t equals = token.find('=');
  if (equals == std::string_view::npos) return {std::string(token), std::nullopt};
  return {std::string(token.substr(0, equals)), std::string(token.substr(equals + 1))};
}

Status bad_token(const std::string& token) {
  return {Code::kUsage, fmt::format("{} after -- is not an argument", shown(token)),
          "arguments of the script: --name value or --name=value"};
}

}  // namespace

Result<std::vector<Argument>> parse_argument_flags(std::span<const std::string> flags) {
  std::vector<Argument> arguments;
  for (const std::string& flag : flags) {
    const size_t equals = flag.find('=');
    if (equals == std::string::npos) {
      return Status{Code::kUsage, fmt::format("-a {}: no '='", shown(flag)),
                    fmt::format("-a {}=VALUE", flag.empty() ? "NAME" : flag)};
    }
    if (equals == 0) {
      return Status{Code::kUsage, fmt::format("-a {}: no name before '='", shown(flag)),
                    "-a NAME=VALUE"};
    }
    arguments.push_back({flag.substr(0, equals), flag.substr(equals + 1)});
  }
  return arguments;
}

Result<ScriptTokens> parse_script_tokens(std::span<const std::string> tokens, const Vis& vis) {
  ScriptTokens result;
  for (size_t i = 0; i < tokens.size(); ++i) {
    auto [name, value] = split_token(tokens[i]);
    if (name.empty()) return bad_token(tokens[i]);
    if (!value && (name == "help" || name == "h") && vis.find_variable(name) == nullptr) {
      result.help = true;
      continue;
    }
    if (!value) {
      const std::string next = i + 1 < tokens.size() ? split_token(tokens[i + 1]).first : "";
      if (i + 1 == tokens.size() || vis.find_variable(next) != nullptr) {
        return Status{
            Code::kUsage, fmt::format("argument '{}' has no value", name),
            fmt::format("--{0} VALUE; a value that begins with a dash: --{0}=-VALUE", name)};
      }
      value = tokens[++i];
    }
    result.arguments.push_back({std::move(name), *std::move(value)});
  }
  return result;
}

Status check_value(const Variable& variable, const std::string& value) {
  if (const auto bad = find_invalid_utf8(value)) {
    return {Code::kUsage, fmt::format("argument '{}': byte {} is not UTF-8", variable.name, *bad)};
  }
  // What the script's author wrote is the author's business, and the server's.
  if (value == variable.default_value) return {};
  if (Status allowed = check_allowed(variable, value); !allowed.ok()) return allowed;
  if (is_time(variable)) return check_pixie_time(variable.name, value);
  return check_type(variable, value);
}

Status check_arguments(const Vis& vis, std::span<const Argument> arguments,
                       const std::string& source) {
  std::vector<Diagnostic> findings;
  const auto given = [&](std::span<const Argument> among, const std::string& name) {
    return std::any_of(among.begin(), among.end(),
                       [&](const Argument& each) { return each.name == name; });
  };
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Argument& argument = arguments[i];
    const Variable* variable = vis.find_variable(argument.name);
    if (variable == nullptr) {
      findings.push_back(unknown(vis, argument, source));
    } else if (given(arguments.first(i), argument.name)) {
      findings.push_back({fmt::format("argument '{}' is given twice", argument.name), {}, {}});
    } else if (Status value = check_value(*variable, argument.value); !value.ok()) {
      findings.push_back({value.message(), {}, value.hint()});
    }
  }
  for (const Variable& variable : vis.variables) {
    if (variable.required() && !given(arguments, variable.name)) {
      findings.push_back(missing(variable, source));
    }
  }
  return as_status(std::move(findings), source);
}

}  // namespace pxq
