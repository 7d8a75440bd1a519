#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "connect/run_console.h"
#include "local/server/server.h"
#include "settings/target.h"
#include "wire/cluster.h"
#include "wire/script_call.h"
#include "wire/single_call.h"

namespace pxq {

/// An open way to one Vizier, with the local one behind it where that was asked for. The last local
/// one lives as long as the process.
struct Connection {
  std::shared_ptr<local::Server> local;
  wire::Peer peer;
  std::string cluster_id;      // for requests; empty for a direct address
  std::string cluster;         // as users name it; empty for a direct address
  std::string vizier_version;  // as the cloud knows it; empty for a direct address
  bool exposed = false;        // in plain text to another machine: no secret may be sent
  std::unique_ptr<RunConsole> events = {};  // hears of the runs
  wire::RunOptions run;  // limits, stop, retries, encryption and events of this connection's runs

  /// The same limits and retries for questions that are no scripts.
  wire::CallOptions call_options() const { return {run.limits, run.retry, run.stop, run.events}; }
};

/// Finds out which Vizier is meant, asking the cloud where there is one; kUsage where that is not
/// clear. A direct address is connected to when first used.
Result<Connection> open_connection(const TargetOptions& options, Context& context);
Result<Connection> open_connection(const Target& target, Context& context);

/// One of the clusters that a run asks side by side.
struct FleetMember {
  wire::Cluster cluster;
  std::string label;  // by which it is told from the others: its name, with its id where need be
  Status health;      // why it takes no scripts
  std::shared_ptr<wire::Envelope> envelope = {};  // of its rows; none: in plain text
};

/// Clusters of one cloud behind one channel.
struct Fleet {
  Connection cloud;
  std::vector<FleetMember> members;
};

/// Finds out which clusters target.fleet means, asking the cloud; as open_connection(), but that a
/// cluster which takes no scripts is a member that says so. REQUIRES: target.fleet is not empty.
Result<Fleet> open_fleet(const Target& target, Context& context);

/// A cloud, before a cluster of it is chosen: for commands about clusters.
Result<Connection> open_cloud(const Target& target, Context& context);

/// What a call before the run has used of --timeout is gone for the run.
void spend(Duration used, wire::TimeLimits& limits);

/// The channel and key of a cloud or a direct Vizier; the channel stays open until the process
/// ends. REQUIRES: target is not the local Vizier.
Result<wire::Peer> open_peer(const Target& target);

}  // namespace pxq
