#pragma once

#include <string>

#include "base/status.h"
#include "wire/single_call.h"

namespace pxq::wire {

/// Whether a Vizier says that it can run scripts: its first word decides. A standalone agent says
/// nothing and means yes.
Status check_vizier_health(const Peer& peer, const std::string& cluster_id,
                           const CallOptions& options);

/// The script that a Vizier derives from `script` to send its tables to an OpenTelemetry collector.
Result<std::string> generate_otel_script(const Peer& peer, const std::string& cluster_id,
                                         const std::string& script, const CallOptions& options);

}  // namespace pxq::wire
