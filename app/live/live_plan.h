#pragma once

#include <optional>
#include <string>
#include <vector>

#include "live/argument_form.h"
#include "options/script_options.h"
#include "options/target_options.h"
#include "script/source.h"

namespace pxq {

/// What is to be run: a script with what the command line, or the form, says of its arguments.
struct LivePlan {
  Script script;
  ScriptOptions options;
  std::vector<std::string> tokens;  // arguments behind --
  std::string time_zone;            // of times without one

  /// How the screen names the script.
  const std::string& name() const { return script.name.empty() ? script.source : script.name; }
  /// Checks every argument; nothing is connected to.
  Result<ScriptRequest> request(Context& context) const;
  /// The script's arguments with the values that they have now.
  std::vector<live::ArgumentField> fields() const;
  /// The plan with the values of a form in their place.
  LivePlan with(const std::vector<live::ArgumentField>& fields) const;
};

/// The stretch of time that a request asks for, as far as its words tell; else empty.
std::string window_text(const ScriptRequest& request);

}  // namespace pxq
