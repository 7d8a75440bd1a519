#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "wire/single_call.h"

namespace pxq::wire {

/// What a cloud says of a cluster; the numbers are those of cloudapi.ClusterStatus.
enum class ClusterState : int32_t {
  kUnknown = 0,
  kHealthy = 1,
  kUnhealthy = 2,
  kDisconnected = 3,
  kUpdating = 4,
  kConnected = 5,
  kUpdateFailed = 6,
  kDegraded = 7,
};

/// "healthy", "update failed" ...; "state 77" for numbers that are not listed.
std::string cluster_state_name(ClusterState state);

/// A cluster as its cloud knows it. Texts are raw bytes from the cloud.
struct Cluster {
  std::string id;  // dashed UUID text
  std::string name;
  std::string pretty_name;  // made up by the cloud and not a stable key
  ClusterState state = ClusterState::kUnknown;
  std::string state_message;
  std::string vizier_version;
  std::string cluster_version;
  int32_t nodes = 0;
  int32_t instrumented_nodes = 0;
  std::optional<Duration> heartbeat_age;  // nothing: there never was one

  /// The name to show: the cloud's own, or the pretty one where there is none.
  const std::string& title() const { return name.empty() ? pretty_name : name; }
};

/// All clusters that the key's organisation has.
Result<std::vector<Cluster>> list_clusters(const Peer& cloud, const CallOptions& options);

/// The cluster of this id or exact name. Empty: the only healthy one. Never a guess: unknown,
/// ambiguous and malformed are kUsage with the candidates, none healthy is kServer.
Result<Cluster> choose_cluster(const std::vector<Cluster>& all, std::string_view wanted);

/// Whether a user's word for a cluster is an id, whole and well-formed.
bool is_cluster_id(std::string_view wanted);

/// Whether a user's word for clusters may stand for several: it has a sign of a glob, as shells
/// know them (`*`, `?`, `[...]`).
bool is_glob(std::string_view wanted);

/// All clusters that these words mean, each once: ids, exact names, and globs of names, whose
/// clusters come by name. As choose_cluster() for each word; a glob that matches nothing is kUsage.
Result<std::vector<Cluster>> choose_clusters(const std::vector<Cluster>& all,
                                             const std::vector<std::string>& wanted);

/// Ok if the cluster takes scripts (healthy or degraded), else kServer with its state and those of
/// `all` that do.
Status check_health(const Cluster& cluster, const std::vector<Cluster>& all);

}  // namespace pxq::wire
