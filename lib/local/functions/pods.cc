// Pods and containers by their ids and names.

#include "local/functions/families.h"
#include "local/functions/json_text.h"
#include "local/functions/lookup.h"

namespace pxq::local {
namespace {

constexpr SemanticRule kIsNamespace = always<SemanticType::kNamespaceName>;
constexpr SemanticRule kIsService = always<SemanticType::kServiceName>;

/// A service only of what is known to be a pod.
SemanticType service_of_pod(std::span<const SemanticType> arguments) {
  const bool pod = arguments.size() == 1 && arguments[0] == SemanticType::kPodName;
  return pod ? SemanticType::kServiceName : SemanticType::kNone;
}

/// A JSON member: "key":"text", with a comma before all but the first.
void add_member(std::string& json, std::string_view key, std::string_view text) {
  json += json.back() == '{' ? "" : ",";
  append_json_string(json, key);
  json += ':';
  append_json_string(json, text);
}

constexpr auto kLabelsOf = [](const ClusterState&, const Pod& pod) {
  std::string json = "{";
  for (const auto& [key, value] : pod.labels) add_member(json, key, value);
  return json += '}';
};

/// Who made the pod: its replica set, or nobody that we know.
constexpr auto kOwnersOf = [](const ClusterState& state, const Pod& pod) {
  const Workload* owner = state.replica_set_of(pod);
  if (owner == nullptr) return std::string();
  std::string json = "{";
  add_member(json, "uid", owner->id);
  add_member(json, "kind", "ReplicaSet");
  add_member(json, "name", owner->name.substr(owner->name.find('/') + 1));
  return json += '}';
};

constexpr auto kAddressOf = [](const ClusterState&, const Pod& pod) {
  return std::string_view(pod.ip);
};

constexpr auto kStatusByName = [](std::string_view name, FunctionContext& context) {
  return pod_status(context.state().pod_by_name(name));
};

/// What stands before the slash, whether such a pod is there or not.
constexpr auto kNamespacePart = [](std::string_view name) {
  const size_t slash = name.find('/');
  const bool whole =
      slash != std::string_view::npos && name.find('/', slash + 1) == std::string_view::npos;
  return whole ? name.substr(0, slash) : std::string_view();
};

constexpr auto kContainerById = [](const ClusterState& state, std::string_view id) {
  return state.container_by_id(id);
};
constexpr auto kContainerByName = [](const ClusterState& state, std::string_view name) {
  return state.container_by_name(name);
};

constexpr auto kContainerStatus = [](std::string_view id, FunctionContext& context) {
  const Container* container = context.state().container_by_id(id);
  std::string json = "{";
  add_member(json, "state", container == nullptr ? "Unknown" : container->state);
  add_member(json, "message", container == nullptr ? "" : container->message);
  add_member(json, "reason", container == nullptr ? "" : container->reason);
  return json += '}';
};

void add_of_ids(std::vector<ScalarFunction>& all) {
  constexpr auto kReplicaSet = kThen<kPodById, kReplicaSetOf>;
  constexpr auto kDeployment = kThen<kPodById, kDeploymentOf>;
  for (const ScalarFunction& function : std::vector<ScalarFunction>{
           lookup<kPodById, kNameOf>("pod_id_to_pod_name", always<SemanticType::kPodName>),
           lookup<kPodById, kLabelsOf>("pod_id_to_pod_labels"),
           lookup<kPodById, kSpaceOf>("pod_id_to_namespace", kIsNamespace),
           lookup<kThen<kPodById, kNodeOf>, kNameOf>("pod_id_to_node_name",
                                                     always<SemanticType::kNodeName>),
           lookup<kPodById, service_names>("pod_id_to_service_name", kIsService),
           lookup<kPodById, service_ids>("pod_id_to_service_id"),
           lookup<kReplicaSet, kNameOf>("pod_id_to_replicaset_name"),
           lookup<kReplicaSet, kIdOf>("pod_id_to_replicaset_id"),
           lookup<kDeployment, kNameOf>("pod_id_to_deployment_name"),
           lookup<kDeployment, kIdOf>("pod_id_to_deployment_id"),
           lookup<kPodById, kOwnersOf>("pod_id_to_owner_references"),
           lookup<kPodById, kStartOf>("pod_id_to_start_time"),
           lookup<kPodById, kStopOf>("pod_id_to_stop_time")}) {
    all.push_back(function);
  }
}

void add_of_names(std::vector<ScalarFunction>& all) {
  constexpr auto kReplicaSet = kThen<kPodByName, kReplicaSetOf>;
  constexpr auto kDeployment = kThen<kPodByName, kDeploymentOf>;
  for (const ScalarFunction& function : std::vector<ScalarFunction>{
           scalar<kNamespacePart, std::string_view>("pod_name_to_namespace", kIsNamespace),
           lookup<kPodByName, kIdOf>("pod_name_to_pod_id"),
           lookup<kPodByName, kAddressOf>("pod_name_to_pod_ip"),
           lookup<kPodByName, service_names>("pod_name_to_service_name", service_of_pod),
           lookup<kPodByName, service_ids>("pod_name_to_service_id"),
           lookup<kReplicaSet, kNameOf>("pod_name_to_replicaset_name"),
           lookup<kReplicaSet, kIdOf>("pod_name_to_replicaset_id"),
           lookup<kDeployment, kNameOf>("pod_name_to_deployment_name"),
           lookup<kDeployment, kIdOf>("pod_name_to_deployment_id"),
           lookup<kPodByName, kOwnersOf>("pod_name_to_owner_references"),
           scalar<kStatusByName, std::string_view>("pod_name_to_status",
                                                   always<SemanticType::kPodStatus>),
           lookup<kPodByName, kStartOf>("pod_name_to_start_time"),
           lookup<kPodByName, kStopOf>("pod_name_to_stop_time")}) {
    all.push_back(function);
  }
}

void add_of_containers(std::vector<ScalarFunction>& all) {
  for (const ScalarFunction& function : std::vector<ScalarFunction>{
           scalar<kContainerStatus, std::string_view>("container_id_to_status",
                                                      always<SemanticType::kContainerStatus>),
           lookup<kContainerByName, kIdOf>("container_name_to_container_id"),
           lookup<kContainerById, kStartOf>("container_id_to_start_time"),
           lookup<kContainerById, kStopOf>("container_id_to_stop_time"),
           lookup<kContainerByName, kStartOf>("container_name_to_start_time"),
           lookup<kContainerByName, kStopOf>("container_name_to_stop_time")}) {
    all.push_back(function);
  }
}

template <auto kTell>
std::string of_services(const ClusterState& state, const Pod& pod) {
  std::vector<std::string_view> texts;
  for (const size_t number : pod.services) {
    const Service& service = state.parts().services[number];
    if (!service.life.is_over()) texts.push_back(kTell(state, service));
  }
  return one_or_list(texts);
}

}  // namespace

std::string one_or_list(const std::vector<std::string_view>& texts) {
  if (texts.empty()) return {};
  if (texts.size() == 1) return std::string(texts.front());
  std::string json = "[";
  for (const std::string_view text : texts) {
    json += json.size() == 1 ? "" : ",";
    append_json_string(json, text);
  }
  return json += ']';
}

std::string service_names(const ClusterState& state, const Pod& pod) {
  return of_services<kNameOf>(state, pod);
}

std::string service_ids(const ClusterState& state, const Pod& pod) {
  return of_services<kIdOf>(state, pod);
}

std::string pod_status(const Pod* pod) {
  std::string json = "{";
  add_member(json, "phase", pod == nullptr ? "Unknown" : pod->phase);
  add_member(json, "message", pod == nullptr ? "" : pod->message);
  add_member(json, "reason", pod == nullptr ? "" : pod->reason);
  json += ",\"ready\":";
  json += pod != nullptr && pod->is_ready ? "true" : "false";
  return json += '}';
}

std::vector<ScalarFunction> pod_functions() {
  std::vector<ScalarFunction> all;
  add_of_ids(all);
  add_of_names(all);
  add_of_containers(all);
  return all;
}

}  // namespace pxq::local
