#include "cli/command_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/App.hpp>

#include <CLI/Option.hpp>
#include <algorithm>
#include <iterator>
#include <set>

#include "cli/reference.h"

namespace pxq {
namespace {

constexpr std::string_view kGroups[] = {"Script", "Target", "Output", "Export", "Run", "Talk"};

bool is_group(const std::string& name) {
  return std::find(std::begin(kGroups), std::end(kGroups), name) != std::end(kGroups);
}

// The library's type of an option: a name, then, if its values are counted, ":{a,b}".
struct Type {
  std::string name;
  std::vector<std::string> choices;
};

Type type_of(const CLI::Option& option) {
  Type type{option.get_type_name(), {}};
  const size_t open = type.name.find(":{");
  const size_t close = type.name.find('}', open);
  if (open == std::string::npos || close == std::string::npos) return type;
  std::string rest = type.name.substr(open + 2, close - open - 2);
  type.name.erase(open);
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    type.choices.push_back(rest.substr(0, comma));
    rest.erase(0, comma + 1);
  }
  return type;
}

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

// Sets of the library's options are ordered by their place in memory; text must not be.
std::string listed(const std::set<CLI::Option*>& options) {
  std::vector<std::string> names;
  for (const CLI::Option* option : options) names.push_back(names_of(*option).back());
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string text_of(const CLI::Option& option, const std::string& name) {
  std::string text = option.get_description();
  if (option.get_required()) text += "; must be given";
  if (!option.get_excludes().empty()) text += "; not with " + listed(option.get_excludes());
  if (!option.get_needs().empty()) text += "; only with " + listed(option.get_needs());
  const std::string_view variable = variable_of(name);
  if (!variable.empty()) text += fmt::format(" [{}]", variable);
  return text;
}

FlagView view_of(const CLI::Option& option) {
  FlagView view;
  view.names = names_of(option);
  view.group = is_group(option.get_group()) ? option.get_group() : "Talk";
  Type type = type_of(option);
  view.choices = std::move(type.choices);
  view.value_optional = takes_optional_value(option);
  if (view.value_optional) {
    view.value = type.name.substr(2, type.name.size() - 3);
  } else if (option.get_items_expected_max() > 0) {
    // TEXT is what CLI11 calls every string.
    const bool unnamed = type.name.empty() || type.name == "TEXT";
    view.value = unnamed ? fmt::format("{}", fmt::join(view.choices, "|")) : type.name;
    if (view.value.empty()) view.value = "VALUE";
  }
  view.text = text_of(option, view.name());
  return view;
}

size_t rank_of(const FlagView& flag) {
  const auto* found = std::find(std::begin(kGroups), std::end(kGroups), flag.group);
  return static_cast<size_t>(found - std::begin(kGroups));
}

}  // namespace

std::string FlagView::spelled() const {
  const std::string all = fmt::format("{}", fmt::join(names, ", "));
  if (value.empty()) return all;
  return value_optional ? fmt::format("{}[={}]", all, value) : fmt::format("{} {}", all, value);
}

bool FlagView::is(std::string_view name) const {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool takes_optional_value(const CLI::Option& option) {
  return option.get_type_name().starts_with("[=");
}

std::vector<FlagView> flags_of(const CLI::App& app, Hidden hidden) {
  std::vector<FlagView> flags;
  for (const CLI::Option* option : app.get_options()) {
    if (names_of(*option).empty()) continue;
    if (hidden == Hidden::kWithout && option->get_group().empty()) continue;
    flags.push_back(view_of(*option));
  }
  std::stable_sort(flags.begin(), flags.end(),
                   [](const FlagView& a, const FlagView& b) { return rank_of(a) < rank_of(b); });
  return flags;
}

std::vector<ArgumentView> arguments_of(const CLI::App& app) {
  std::vector<ArgumentView> arguments;
  for (const CLI::Option* option : app.get_options()) {
    if (!names_of(*option).empty() || option->get_group().empty()) continue;
    arguments.push_back({option->get_name(true), option->get_description(), option->get_required(),
                         option->get_items_expected_max() > 1});
  }
  return arguments;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  std::vector<const CLI::App*> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) commands.push_back(command);
  }
  return commands;
}

const CLI::App* find_command(const CLI::App& app, std::string_view name) {
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->check_name(std::string(name))) return command;
  }
  return nullptr;
}

std::string path_of(const CLI::App& app) {
  if (app.get_parent() == nullptr) return {};
  const std::string parent = path_of(*app.get_parent());
  return parent.empty() ? app.get_name() : parent + " " + app.get_name();
}

bool takes_script_arguments(const CLI::App& app) {
  const std::vector<FlagView> flags = flags_of(app);
  return std::any_of(flags.begin(), flags.end(),
                     [](const FlagView& flag) { return flag.is("--arg"); });
}

std::string usage_of(const CLI::App& app) {
  std::string usage;
  const std::vector<const CLI::App*> commands = commands_of(app);
  if (!commands.empty()) usage += app.get_require_subcommand_min() > 0 ? "COMMAND " : "[COMMAND] ";
  for (const ArgumentView& argument : arguments_of(app)) {
    const std::string word = argument.many ? argument.name + "..." : argument.name;
    usage += argument.required ? word + " " : fmt::format("[{}] ", word);
  }
  usage += "[flags]";
  if (takes_script_arguments(app)) usage += " [-- --name value ...]";
  return usage;
}

}  // namespace pxq
