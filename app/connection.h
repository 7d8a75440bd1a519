#pragma once

#include <memory>

#include "command.h"
#include "local/server.h"
#include "options/target_options.h"
#include "wire/script_call.h"

namespace pxq {

/// An open way to one Vizier, with the local one behind it where that was asked for.
struct Connection {
  std::unique_ptr<local::Server> local;
  wire::Peer peer;
};

/// Finds out which Vizier is meant; kUsage where that is not clear. Connects when first used.
Result<Connection> open_connection(const TargetOptions& options, Context& context);

/// The size of --max-message in bytes.
Result<size_t> parse_size(const std::string& flag, const std::string& text);

}  // namespace pxq
