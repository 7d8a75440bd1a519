#pragma once

#include <cstdint>

#include "export/window.h"
#include "options/export_options.h"
#include "options/script_options.h"
#include "script/request.h"
#include "script/source.h"

namespace pxq {

/// How much of a window a script can be told, so that the server leaves out what lies around it.
struct WindowPins {
  bool start = false;
  bool end = false;
  /// The script gives all that is held from the moment that the request names: its start is pinned,
  /// or it has none of its own.
  bool asks_back = false;
};
WindowPins window_pins(const Script& script);

/// How the windows of a job are laid at `now_ns`; kUsage for what is no time.
Result<WindowOptions> window_options(const ExportOptions& asked, const ScriptOptions& script,
                                     int64_t now_ns);

/// What the server is asked for a window, which is pinned in it as far as the script can be told.
Result<ScriptRequest> windowed_request(const ScriptOptions& options, const Script& script,
                                       const Window& window, const Context& context);

}  // namespace pxq
