#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace pxq {

/// What a script does beside answering. Lines count from 1; 0 where it does not. Read from the
/// tokens, so comments and strings never count, whatever way an import is written.
struct ScriptEffects {
  uint64_t probes_line = 0;    // imports pxtrace or pxconfig: installs probes, changes settings
  uint64_t export_line = 0;    // calls px.export: sends data elsewhere
  bool plugin_window = false;  // reads px.plugin.start_time or end_time
  bool streams = false;        // calls df.stream(): its end is when its user says so

  bool mutates() const { return probes_line != 0; }
  bool exports() const { return export_line != 0; }
  /// Whether the script may be sent again after a failure without doing something twice.
  bool repeatable() const { return !mutates() && !exports(); }
};

ScriptEffects find_effects(std::string_view script);

/// kUsage, with the place, for a script that installs probes when the user has not allowed it.
Status check_mutation(const ScriptEffects& effects, bool allowed, const std::string& source);

}  // namespace pxq
