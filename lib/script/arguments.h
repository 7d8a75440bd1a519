#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "script/vis.h"

namespace pxq {

/// One argument as the user gave it; the value is never changed on its way to the server.
struct Argument {
  std::string name;
  std::string value;

  bool operator==(const Argument&) const = default;
};

/// What stands after `--`: arguments, and whether help was asked for there as px allows.
struct ScriptTokens {
  std::vector<Argument> arguments;
  bool help = false;
};

/// Reads the values of `-a`: NAME=VALUE, split at the first '='. kUsage for any other form.
Result<std::vector<Argument>> parse_argument_flags(std::span<const std::string> flags);

/// Reads px's spellings: -name=value, -name value, and both with two dashes. `vis` tells a value
/// that begins with a dash from a forgotten one. kUsage for anything else.
Result<ScriptTokens> parse_script_tokens(std::span<const std::string> tokens, const Vis& vis);

/// Checks names, types, allowed values, duplicates and missing ones. Every finding is told: one as
/// the message itself, several as diagnostics. kUsage; `source` names the script.
Status check_arguments(const Vis& vis, std::span<const Argument> arguments,
                       const std::string& source);

/// Whether `value` is what Pixie accepts for the variable, and if not, why; the hint says what is.
Status check_value(const Variable& variable, const std::string& value);

}  // namespace pxq
