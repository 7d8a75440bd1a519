// Services, deployments, replica sets and namespaces by their ids and names.

#include "local/functions/families.h"
#include "local/functions/json_text.h"
#include "local/functions/lookup.h"

namespace pxq::local {
namespace {

constexpr SemanticRule kIsNamespace = always<SemanticType::kNamespaceName>;

constexpr auto kServiceById = [](const ClusterState& state, std::string_view id) {
  return state.service_by_id(id);
};
constexpr auto kServiceByName = [](const ClusterState& state, std::string_view name) {
  return state.service_by_name(name);
};
constexpr auto kDeploymentById = [](const ClusterState& state, std::string_view id) {
  return state.deployment_by_id(id);
};
constexpr auto kDeploymentByName = [](const ClusterState& state, std::string_view name) {
  return state.deployment_by_name(name);
};
constexpr auto kNamespaceByName = [](const ClusterState& state, std::string_view name) {
  return state.namespace_by_name(name);
};

constexpr auto kAddressOf = [](const ClusterState&, const Service& service) {
  return std::string_view(service.cluster_ip);
};
constexpr auto kExternalOf = [](const ClusterState&, const Service& service) {
  return one_or_list({service.external_ips.begin(), service.external_ips.end()});
};

void add_count(std::string& json, std::string_view key, int64_t count) {
  json += json.back() == '{' ? "" : ",";
  append_json_string(json, key);
  json += ':' + std::to_string(count);
}

constexpr auto kDeploymentStatus = [](const ClusterState&, const Workload& deployment) {
  std::string json = "{";
  add_count(json, "replicas", deployment.replicas);
  add_count(json, "updatedReplicas", deployment.replicas);
  add_count(json, "readyReplicas", deployment.ready);
  add_count(json, "availableReplicas", deployment.ready);
  add_count(json, "unavailableReplicas", deployment.replicas - deployment.ready);
  add_count(json, "requestedReplicas", deployment.replicas);
  return json += '}';
};

constexpr auto kReplicaSetStatus = [](const ClusterState&, const Workload& set) {
  std::string json = "{";
  add_count(json, "replicas", set.replicas);
  add_count(json, "fullyLabeledReplicas", set.replicas);
  add_count(json, "readyReplicas", set.ready);
  add_count(json, "availableReplicas", set.ready);
  add_count(json, "requestedReplicas", set.replicas);
  return json += '}';
};

/// The deployment that made a replica set.
constexpr auto kOwnersOf = [](const ClusterState& state, const Workload& set) {
  const Workload* owner = state.deployment_of(set);
  if (owner == nullptr) return std::string();
  std::string json = "{\"uid\":";
  append_json_string(json, owner->id);
  json += ",\"kind\":\"Deployment\",\"name\":";
  append_json_string(json, owner->name.substr(owner->name.find('/') + 1));
  return json += '}';
};

void add_services(std::vector<ScalarFunction>& all) {
  all.push_back(lookup<kServiceById, kNameOf>("service_id_to_service_name",
                                              always<SemanticType::kServiceName>));
  all.push_back(lookup<kServiceById, kAddressOf>("service_id_to_cluster_ip",
                                                 always<SemanticType::kIpAddress>));
  all.push_back(lookup<kServiceById, kExternalOf>("service_id_to_external_ips"));
  all.push_back(lookup<kServiceByName, kIdOf>("service_name_to_service_id"));
  all.push_back(lookup<kServiceByName, kSpaceOf>("service_name_to_namespace", kIsNamespace));
  all.push_back(lookup<kNamespaceByName, kIdOf>("namespace_name_to_namespace_id"));
}

void add_replica_sets(std::vector<ScalarFunction>& all) {
  constexpr auto kById = kThen<kReplicaSetById, kDeploymentOf>;
  constexpr auto kByName = kThen<kReplicaSetByName, kDeploymentOf>;
  for (const ScalarFunction& function : std::vector<ScalarFunction>{
           lookup<kReplicaSetById, kNameOf>("replicaset_id_to_replicaset_name"),
           lookup<kReplicaSetById, kSpaceOf>("replicaset_id_to_namespace"),
           lookup<kReplicaSetById, kOwnersOf>("replicaset_id_to_owner_references"),
           lookup<kReplicaSetById, kReplicaSetStatus>("replicaset_id_to_status"),
           lookup<kById, kNameOf>("replicaset_id_to_deployment_name"),
           lookup<kById, kIdOf>("replicaset_id_to_deployment_id"),
           lookup<kReplicaSetById, kStartOf>("replicaset_id_to_start_time"),
           lookup<kReplicaSetById, kStopOf>("replicaset_id_to_stop_time"),
           lookup<kReplicaSetByName, kIdOf>("replicaset_name_to_replicaset_id"),
           lookup<kReplicaSetByName, kSpaceOf>("replicaset_name_to_namespace"),
           lookup<kReplicaSetByName, kOwnersOf>("replicaset_name_to_owner_references"),
           lookup<kReplicaSetByName, kReplicaSetStatus>("replicaset_name_to_status"),
           lookup<kByName, kNameOf>("replicaset_name_to_deployment_name"),
           lookup<kByName, kIdOf>("replicaset_name_to_deployment_id"),
           lookup<kReplicaSetByName, kStartOf>("replicaset_name_to_start_time"),
           lookup<kReplicaSetByName, kStopOf>("replicaset_name_to_stop_time")}) {
    all.push_back(function);
  }
}

void add_deployments(std::vector<ScalarFunction>& all) {
  for (const ScalarFunction& function : std::vector<ScalarFunction>{
           lookup<kDeploymentById, kNameOf>("deployment_id_to_deployment_name"),
           lookup<kDeploymentById, kSpaceOf>("deployment_id_to_namespace"),
           lookup<kDeploymentById, kDeploymentStatus>("deployment_id_to_status"),
           lookup<kDeploymentById, kStartOf>("deployment_id_to_start_time"),
           lookup<kDeploymentById, kStopOf>("deployment_id_to_stop_time"),
           lookup<kDeploymentByName, kIdOf>("deployment_name_to_deployment_id"),
           lookup<kDeploymentByName, kSpaceOf>("deployment_name_to_namespace"),
           lookup<kDeploymentByName, kDeploymentStatus>("deployment_name_to_status"),
           lookup<kDeploymentByName, kStartOf>("deployment_name_to_start_time"),
           lookup<kDeploymentByName, kStopOf>("deployment_name_to_stop_time")}) {
    all.push_back(function);
  }
}

}  // namespace

std::vector<ScalarFunction> workload_functions() {
  std::vector<ScalarFunction> all;
  add_services(all);
  add_replica_sets(all);
  add_deployments(all);
  return all;
}

}  // namespace pxq::local
