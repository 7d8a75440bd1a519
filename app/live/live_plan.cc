#include "live/live_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "script/arguments.h"
#include "script/tokens.h"

namespace pxq {
namespace {

constexpr std::string_view kStart = "start_time";
constexpr std::string_view kEnd = "end_time";

// Values by name, those of --since and the like among them as they were typed.
std::map<std::string, std::string> given_values(const LivePlan& plan) {
  std::map<std::string, std::string> values;
  const auto flags = parse_argument_flags(plan.options.arguments);
  const auto tokens = parse_script_tokens(plan.tokens, plan.script.vis.value_or(Vis{}));
  if (flags.ok()) {
    for (const Argument& argument : *flags) values[argument.name] = argument.value;
  }
  if (tokens.ok()) {
    for (const Argument& argument : tokens->arguments) values[argument.name] = argument.value;
  }
  if (plan.options.since) values[std::string(kStart)] = *plan.options.since;
  if (plan.options.start) values[std::string(kStart)] = *plan.options.start;
  if (plan.options.end) values[std::string(kEnd)] = *plan.options.end;
  return values;
}

// The text behind `name=` where the script says it itself, the same everywhere.
std::string literal_of(std::string_view script, std::string_view name) {
  const std::vector<Token> tokens = tokenize(script);
  std::string found;
  for (size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (tokens[i].text != name || tokens[i + 1].text != "=") continue;
    const std::string_view text = tokens[i + 2].text;
    const bool quoted = text.size() > 2 && (text.front() == '\'' || text.front() == '"');
    if (!quoted) return {};
    const std::string value(text.substr(1, text.size() - 2));
    if (!found.empty() && found != value) return {};
    found = value;
  }
  return found;
}

std::string time_of(const ScriptRequest& request, std::string_view name) {
  for (const FunctionCall& call : request.functions) {
    for (const auto& [argument, value] : call.arguments) {
      if (argument == name) return value;
    }
  }
  return literal_of(request.text, name);
}

}  // namespace

Result<ScriptRequest> LivePlan::request(Context& context) const {
  Context asked = context;
  asked.script_arguments = tokens;
  return options.request(script, time_zone, asked);
}

std::vector<live::ArgumentField> LivePlan::fields() const {
  std::vector<live::ArgumentField> fields;
  if (!script.vis || !options.function.empty()) return fields;
  const auto given = given_values(*this);
  for (const Variable& variable : script.vis->variables) {
    const auto value = given.find(variable.name);
    fields.push_back(
        {.name = variable.name,
         .type =
             fmt::format("{}{}", variable.type_name, variable.required() ? ", must be given" : ""),
         .about = variable.description,
         .value = value != given.end() ? value->second : variable.default_value.value_or(""),
         .choices = variable.valid_values});
  }
  return fields;
}

LivePlan LivePlan::with(const std::vector<live::ArgumentField>& fields) const {
  LivePlan plan = *this;
  plan.tokens.clear();
  plan.options.arguments.clear();
  const auto given = given_values(*this);
  for (const live::ArgumentField& field : fields) {
    const auto before = given.find(field.name);
    const bool same = before != given.end() && before->second == field.value;
    const bool start = field.name == kStart && (options.since || options.start);
    const bool end = field.name == kEnd && options.end;
    if ((start || end) && same) continue;  // the flag still says it, in its own words
    if (start) plan.options.since = plan.options.start = std::nullopt;
    if (end) plan.options.end = std::nullopt;
    const Variable* variable = script.vis ? script.vis->find_variable(field.name) : nullptr;
    const auto usual = variable != nullptr ? variable->default_value : std::nullopt;
    const bool unsaid = usual ? field.value == *usual : field.value.empty();
    if (!unsaid) plan.options.arguments.push_back(field.name + "=" + field.value);
  }
  return plan;
}

std::string window_text(const ScriptRequest& request) {
  const std::string start = time_of(request, kStart);
  const std::string end = time_of(request, kEnd);
  if (start.empty() && end.empty()) return {};
  return fmt::format("{} to {}", start.empty() ? "the beginning" : start,
                     end.empty() ? "now" : end);
}

}  // namespace pxq
