#include "job/window_request.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/wall_clock.h"
#include "script/mutation.h"
#include "script/time_argument.h"

namespace pxq {

WindowPins window_pins(const Script& script) {
  const bool plugin = find_effects(script.text).plugin_window;
  const bool takes_start = script.vis && script.vis->find_variable("start_time") != nullptr;
  const bool takes_end = script.vis && script.vis->find_variable("end_time") != nullptr;
  return {
      .start = plugin || takes_start,
      .end = takes_end || (plugin && !takes_start),
      .asks_back = plugin || takes_start || script.text.find("start_time") == std::string::npos};
}

Result<WindowOptions> window_options(const ExportOptions& asked, const ScriptOptions& script,
                                     int64_t now_ns) {
  Result<WindowOptions> options = asked.window(now_ns);
  if (!options.ok()) return options;
  const auto& first = script.since ? script.since : script.start;
  if (first) {
    Result<TimeArgument> start = parse_time(*first, {.now_ns = now_ns, .utc_offset = {}},
                                            script.since ? "--since" : "--start");
    if (!start.ok()) return start.status();
    options->first_start_ns = start->ns;
  }
  return options;
}

Result<ScriptRequest> windowed_request(const ScriptOptions& options, const Script& script,
                                       const Window& window, const Context& context) {
  ScriptOptions asked = options;
  // The server's clock may be ahead of this machine's.
  asked.now_ns = std::max(wall_clock_ns(), window.end_ns);
  asked.since = asked.start = asked.end = std::nullopt;
  // The server's own cap would cut a window in silence.
  if (asked.max_rows.empty()) asked.max_rows = "all";
  const WindowPins pins = window_pins(script);
  if (pins.start) asked.start = pixie_time(window.query_start_ns);
  if (pins.end) asked.end = pixie_time(window.end_ns);
  return asked.request(script, {}, context);
}

}  // namespace pxq
