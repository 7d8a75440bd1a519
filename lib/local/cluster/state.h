#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/row_batch.h"

namespace pxq::local {

/// Since when something is there and, unless it still is (0), until when. Unix nanoseconds.
struct Lifetime {
  int64_t start_ns = 0;
  int64_t stop_ns = 0;

  bool is_over() const { return stop_ns != 0; }
};

// What a cluster consists of. Names of what lives in a namespace are `namespace/name`; ids are the
// cluster's UIDs. Numbers that refer to another entity count its list in ClusterParts.

struct Node {
  std::string name = {};
  std::string ip = {};
  uint32_t asid = 0;  // the number of Pixie's agent there
  Uint128 agent_id = {};
  bool is_agent = true;  // Pixie's agent there is known; else only its name is
  std::string agent_state = "AGENT_STATE_HEALTHY";
  bool is_kelvin = false;  // the agent that gathers; nothing runs on its node for our purposes
  int64_t processors = 0;
  bool has_kernel_headers = false;
  Lifetime life = {};
};

struct Namespace {
  std::string id = {};
  std::string name = {};
};

struct Service {
  std::string id = {};
  std::string name = {};
  std::string space = {};
  std::string cluster_ip = {};
  std::vector<std::string> external_ips = {};
  Lifetime life = {};
};

/// A deployment or a replica set: both ask for pods.
struct Workload {
  std::string id = {};
  std::string name = {};
  std::string space = {};
  int64_t replicas = 0;
  int64_t ready = 0;
  std::optional<size_t> owner = {};  // of a replica set: its deployment
  Lifetime life = {};
};

struct Pod {
  std::string id = {};
  std::string name = {};
  std::string space = {};
  std::string ip = {};
  size_t node = 0;
  std::optional<size_t> replica_set = {};
  std::vector<size_t> services = {};
  std::map<std::string, std::string> labels = {};
  std::string phase = "Running";
  std::string message = {};
  std::string reason = {};
  bool is_ready = true;
  std::string quality = "Burstable";  // Guaranteed, Burstable or BestEffort
  Lifetime life = {};
};

struct Container {
  std::string id = {};
  std::string name = {};  // without its pod
  size_t pod = 0;
  std::string state = "Running";
  std::string message = {};
  std::string reason = {};
  Lifetime life = {};
};

struct Process {
  Uint128 upid = {};
  std::optional<size_t> container = {};
  std::string command = {};
  Lifetime life = {};
};

/// The lists that a data set fills.
struct ClusterParts {
  /// What is not in the lists is unknown, and not to be looked for on this machine.
  bool is_elsewhere = false;
  std::string vizier_id = {};
  std::string vizier_name = {};
  std::string vizier_namespace = {};
  std::string vizier_version = {};
  std::vector<std::string> cidrs = {};  // of pods and of services
  /// What reverse look-ups gave where that is known; other addresses get names as cluster DNS has.
  std::map<std::string, std::string> host_names = {};
  std::vector<Node> nodes = {};
  std::vector<Namespace> namespaces = {};
  std::vector<Service> services = {};
  std::vector<Workload> deployments = {};
  std::vector<Workload> replica_sets = {};
  std::vector<Pod> pods = {};
  std::vector<Container> containers = {};
  std::vector<Process> processes = {};
};

/// The state of a cluster at one moment: what functions of names, ids and addresses ask. It never
/// changes; whoever looks something up gets nullptr for what is not there. Where several entities
/// answer to one name or address, the one that is still there does, else the youngest.
class ClusterState {
 public:
  ClusterState() : ClusterState(ClusterParts()) {}
  /// REQUIRES: every number in `parts` is in range.
  explicit ClusterState(ClusterParts parts);
  ClusterState(const ClusterState&) = delete;
  ClusterState& operator=(const ClusterState&) = delete;

  const ClusterParts& parts() const { return parts_; }
  /// Whether nothing at all is known, as on a machine without Kubernetes.
  bool is_empty() const { return parts_.nodes.empty() && parts_.pods.empty(); }

  const Namespace* namespace_by_name(std::string_view name) const;
  const Service* service_by_id(std::string_view id) const;
  const Service* service_by_name(std::string_view name) const;
  const Service* service_by_ip(std::string_view ip) const;
  const Workload* deployment_by_id(std::string_view id) const;
  const Workload* deployment_by_name(std::string_view name) const;
  const Workload* replica_set_by_id(std::string_view id) const;
  const Workload* replica_set_by_name(std::string_view name) const;
  const Pod* pod_by_id(std::string_view id) const;
  const Pod* pod_by_name(std::string_view name) const;
  const Pod* pod_by_ip(std::string_view ip) const;
  /// The pod that had the address at a moment: the youngest that was there by then.
  const Pod* pod_by_ip(std::string_view ip, int64_t at_ns) const;
  const Container* container_by_id(std::string_view id) const;
  const Container* container_by_name(std::string_view name) const;
  const Process* process(Uint128 upid) const;
  const Node* node_by_asid(uint32_t asid) const;
  /// The name that a reverse look-up of an address gives: a service's or a pod's.
  std::string_view host_name(std::string_view ip) const;

  const Pod& pod_of(const Container& container) const { return parts_.pods[container.pod]; }
  const Container* container_of(const Process& process) const;
  const Pod* pod_of(const Process& process) const;
  const Node& node_of(const Pod& pod) const { return parts_.nodes[pod.node]; }
  const Workload* replica_set_of(const Pod& pod) const;
  const Workload* deployment_of(const Workload& replica_set) const;
  const Workload* deployment_of(const Pod& pod) const;

 private:
  /// Views of the strings of parts_, which never move.
  using Index = std::unordered_map<std::string_view, size_t>;

  void index_names();

  ClusterParts parts_;
  Index namespace_names_, service_ids_, service_names_, service_ips_, deployment_ids_,
      deployment_names_, replica_set_ids_, replica_set_names_, pod_ids_, pod_names_, pod_ips_,
      container_ids_, container_names_;
  std::map<Uint128, size_t> upids_;
  std::unordered_map<uint32_t, size_t> asids_;
  std::unordered_map<std::string_view, std::string> host_names_;
};

}  // namespace pxq::local
