#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>

#include "connection.h"
#include "script/request.h"

namespace pxq {

/// The OpenTelemetry collector to which px.export() sends what names no collector of its own.
struct OtelOptions {
  std::string endpoint;     // empty: none
  std::string header_file;  // empty: none

  void declare(CLI::App& app);

  /// Nothing where none is named. kUsage for what no Vizier could connect to, and for a header file
  /// that is not its owner's alone or has a bad line.
  Result<std::optional<OTelEndpoint>> collector() const;

  /// Puts it into a request; kUsage also where the script exports nothing.
  Status add_to(ScriptRequest& request) const;
};

/// Refuses to send headers, which are secrets, in plain text to another machine.
Status check_headers(const ScriptRequest& request, const Connection& connection);

}  // namespace pxq
