#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/flag_types.h"

namespace pxq {

/// A flag as people see it. Help, manual and completion read this and never the library's words.
struct FlagView {
  std::vector<std::string> names;  // with their dashes, the short one first
  std::string value;               // what stands behind it: NAME, auto|on|off; empty: nothing
  bool value_optional = false;     // --flag or --flag=VALUE
  std::vector<std::string> choices;
  std::string text;
  std::string group;

  /// -x, --expanded[=WHEN]
  std::string spelled() const;
  /// The name that examples and tables know it by, the long one where there is one.
  const std::string& name() const { return names.back(); }
  bool is(std::string_view name) const;
  bool takes_word() const { return !value.empty() && !value_optional; }
};

/// A word of a command that is no flag.
struct ArgumentView {
  std::string name;
  std::string text;
  bool required = false;
  bool many = false;
};

/// --flag or --flag=VALUE
bool takes_optional_value(const CLI::Option& option);

enum class Hidden { kWithout, kWith };

/// Flags, by what they are for: Script, Target, Output ...; in each group in
/// the order of declaration. Hidden ones are spellings of other tools.
std::vector<FlagView> flags_of(const CLI::App& app, Hidden hidden = Hidden::kWithout);
std::vector<ArgumentView> arguments_of(const CLI::App& app);
/// Subcommands that are not hidden.
std::vector<const CLI::App*> commands_of(const CLI::App& app);
/// nullptr if there is none of that name, hidden or not.
const CLI::App* find_command(const CLI::App& app, std::string_view name);
/// The words that name a command, without the program: `scripts show`.
std::string path_of(const CLI::App& app);
/// [SCRIPT] [flags] [-- --name value ...]
std::string usage_of(const CLI::App& app);
/// Whether what stands behind `--` belongs to a script.
bool takes_script_arguments(const CLI::App& app);

}  // namespace pxq
