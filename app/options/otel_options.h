#pragma once

#include <optional>
#include <string>

#include "cli/flag_types.h"
#include "connect/connection.h"
#include "script/request.h"

namespace pxq {

/// The OpenTelemetry collector to which px.export() sends what names no collector of its own.
struct OtelOptions {
  std::string endpoint;     // empty: none
  std::string header_file;  // empty: none

  void declare(CLI::App& app);

  /// Nothing where none is named. kUsage for what no Vizier could connect to, and for a header file
  /// that is not its owner's alone, has a bad line or no header. To be asked once: the file may be
  /// a pipe.
  Result<std::optional<OTelEndpoint>> collector() const;
};

/// Puts a collector into a request; kUsage where the script exports nothing.
Status set_collector(std::optional<OTelEndpoint> collector, ScriptRequest& request);

/// Refuses to send headers, which are secrets, in plain text to another machine.
Status check_headers(const ScriptRequest& request, const Connection& connection);

}  // namespace pxq
