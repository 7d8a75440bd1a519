#include "cli/completion_script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/Option.hpp>
#include <vector>

#include "format/format.h"

namespace pxq {
namespace {

using Names = std::vector<std::string>;

// Asked for when a script's name may stand.
constexpr std::string_view kScriptNames =
    "pxq scripts -o tsv --columns name --no-header 2>/dev/null";

bool takes_scripts(const CLI::App& app) {
  const std::string& name = app.get_name();
  return name == "run" || name == "export" || name == "check" || name == "show";
}

Names flags_of(const CLI::Option& option) {
  Names flags;
  for (const std::string& name : option.get_snames()) flags.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) flags.push_back("--" + name);
  return flags;
}

Names flags_of(const CLI::App& app) {
  Names flags;
  for (const CLI::Option* option : app.get_options()) {
    for (std::string& flag : flags_of(*option)) flags.push_back(std::move(flag));
  }
  return flags;
}

// The values an option allows: CLI11 writes them into its type's name, TEXT:{a,b}.
Names values_of(const CLI::Option& option) {
  Names values;
  if (option.get_lnames() == Names{"output"}) {
    for (const Format& format : formats()) values.emplace_back(format.name);
    return values;
  }
  const std::string type = option.get_type_name();
  const size_t open = type.find('{');
  const size_t close = type.find('}');
  if (open == std::string::npos || close == std::string::npos || close < open) return values;
  std::string rest = type.substr(open + 1, close - open - 1);
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    values.push_back(rest.substr(0, comma));
    rest.erase(0, comma + 1);
  }
  return values;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_min() > 0; }

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

Names command_names(const CLI::App& app) {
  Names names;
  for (const CLI::App* command : commands_of(app)) names.push_back(command->get_name());
  return names;
}

// Text between single quotes, in all three shells.
std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

std::string bash_values(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options()) {
    const Names values = values_of(*option);
    if (values.empty() || !takes_value(*option)) continue;
    for (const std::string& flag : flags_of(*option)) {
      text += fmt::format("    {}:{}) words={} ;;\n", command.get_name(), flag,
                          in_quotes(fmt::format("{}", fmt::join(values, " "))));
    }
  }
  return text;
}

std::string bash_words(const CLI::App& command) {
  Names words = flags_of(command);
  for (std::string& name : command_names(command)) words.push_back(std::move(name));
  std::string text = fmt::format("    {}) words={}\n", command.get_name(),
                                 in_quotes(fmt::format("{}", fmt::join(words, " "))));
  if (takes_scripts(command)) {
    text += fmt::format("      [[ $cur == -* ]] || words+=\" $({})\"\n", kScriptNames);
  }
  return text + "      ;;\n";
}

// A flag's or command's line in zsh's _describe: NAME:DESCRIPTION.
std::string zsh_entry(std::string_view name, std::string_view description) {
  std::string entry;
  for (const char c : name) {
    if (c == ':') entry += '\\';
    entry += c;
  }
  return "    " + in_quotes(fmt::format("{}:{}", entry, description)) + "\n";
}

std::string zsh_command(const CLI::App& command) {
  std::string text = fmt::format("  {}) entries=(\n", command.get_name());
  for (const CLI::App* inner : commands_of(command)) {
    text += zsh_entry(inner->get_name(), inner->get_description());
  }
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& flag : flags_of(*option)) {
      text += zsh_entry(flag, option->get_description());
    }
  }
  text += "    )\n";
  if (takes_scripts(command)) {
    text += fmt::format("    [[ $PREFIX == -* ]] || names=(${{(f)\"$({})\"}})\n", kScriptNames);
  }
  return text + "    ;;\n";
}

std::string fish_option(const std::string& command, const CLI::Option& option) {
  const Names flags = flags_of(option);
  if (flags.empty()) return {};
  std::string line = fmt::format("complete -c pxq -n '__fish_seen_subcommand_from {}'", command);
  for (const std::string& flag : flags) {
    line += flag.starts_with("--") ? " -l " + flag.substr(2) : " -s " + flag.substr(1);
  }
  if (takes_value(option)) line += " -r";
  const Names values = values_of(option);
  if (!values.empty()) line += " -a " + in_quotes(fmt::format("{}", fmt::join(values, " ")));
  return line + " -d " + in_quotes(option.get_description()) + "\n";
}

}  // namespace

std::string bash_completion(const CLI::App& root) {
  std::string text =
      "# bash completion of pxq: eval \"$(pxq completion bash)\"\n"
      "_pxq() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local command= words= i\n"
      "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
      "    case ${COMP_WORDS[i]} in\n";
  text += fmt::format("      {}) command=${{COMP_WORDS[i]}}; break ;;\n",
                      fmt::join(command_names(root), "|"));
  text += "    esac\n  done\n  case $command:$prev in\n";
  for (const CLI::App* command : commands_of(root)) text += bash_values(*command);
  text += "    *) case $command in\n";
  text += fmt::format("    '') words={} ;;\n",
                      in_quotes(fmt::format("{} {}", fmt::join(command_names(root), " "),
                                            fmt::join(flags_of(root), " "))));
  for (const CLI::App* command : commands_of(root)) text += bash_words(*command);
  return text +
         "    esac ;;\n"
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\") $(compgen -f -- \"$cur\"))\n"
         "}\n"
         "complete -o filenames -F _pxq pxq\n";
}

std::string zsh_completion(const CLI::App& root) {
  std::string text =
      "#compdef pxq\n"
      "# zsh completion of pxq: a file _pxq in a directory of $fpath\n"
      "_pxq() {\n"
      "  local command word\n"
      "  local -a entries names\n";
  text += fmt::format(
      "  for word in ${{words[2,CURRENT-1]}}; do\n    case $word in ({}) "
      "command=$word; break ;; esac\n  done\n",
      fmt::join(command_names(root), "|"));
  text += "  case $command in\n  '') entries=(\n";
  for (const CLI::App* command : commands_of(root)) {
    text += zsh_entry(command->get_name(), command->get_description());
  }
  text += "    )\n    ;;\n";
  for (const CLI::App* command : commands_of(root)) text += zsh_command(*command);
  return text +
         "  esac\n"
         "  _describe -V 'pxq' entries\n"
         "  (( ${#names} )) && compadd -a names\n"
         "  _files\n"
         "}\n"
         "compdef _pxq pxq\n";
}

std::string fish_completion(const CLI::App& root) {
  std::string text = "# fish completion of pxq: pxq completion fish | source\n";
  for (const CLI::App* command : commands_of(root)) {
    text += fmt::format("complete -c pxq -n __fish_use_subcommand -f -a {} -d {}\n",
                        command->get_name(), in_quotes(command->get_description()));
    if (takes_scripts(*command)) {
      text += fmt::format("complete -c pxq -n '__fish_seen_subcommand_from {}' -a '({})'\n",
                          command->get_name(), kScriptNames);
    }
    for (const CLI::App* inner : commands_of(*command)) {
      text +=
          fmt::format("complete -c pxq -n '__fish_seen_subcommand_from {}' -a {} -d {}\n",
                      command->get_name(), inner->get_name(), in_quotes(inner->get_description()));
    }
    for (const CLI::Option* option : command->get_options()) {
      text += fish_option(command->get_name(), *option);
    }
  }
  return text;
}

}  // namespace pxq
