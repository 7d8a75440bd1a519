// What runs where: from a process to its container, pod, service and node.

#include "local/functions/families.h"
#include "local/functions/lookup.h"

namespace pxq::local {
namespace {

constexpr auto kProcess = [](const ClusterState& state, Uint128 upid) {
  return state.process(upid);
};
constexpr auto kContainerOf = [](const ClusterState& state, const Process& process) {
  return state.container_of(process);
};
constexpr auto kPodOf = [](const ClusterState& state, const Process& process) {
  return state.pod_of(process);
};
constexpr auto kQualityOf = [](const ClusterState&, const Pod& pod) {
  return std::string_view(pod.quality);
};

constexpr auto kContainer = kThen<kProcess, kContainerOf>;
constexpr auto kPod = kThen<kProcess, kPodOf>;
constexpr auto kNode = kThen<kPod, kNodeOf>;
constexpr auto kReplicaSet = kThen<kPod, kReplicaSetOf>;
constexpr auto kDeployment = kThen<kPod, kDeploymentOf>;

constexpr auto kStatusOf = [](Uint128 upid, FunctionContext& context) {
  return pod_status(kPod(context.state(), upid));
};

/// The pod of a process, or of the address that it had at a time when the process is not known.
constexpr auto kPodNameOrByAddress = [](Uint128 upid, std::string_view address, Time64 time,
                                        FunctionContext& context) {
  const ClusterState& state = context.state();
  const Pod* pod = kPod(state, upid);
  if (pod == nullptr) pod = state.pod_by_ip(address, time.ns);
  return pod == nullptr ? std::string_view() : std::string_view(pod->name);
};

constexpr auto kStartTicks = [](Uint128 upid) { return Time64{static_cast<int64_t>(upid.low)}; };

template <auto kFind, auto kTell>
ScalarFunction of_process(std::string_view name, SemanticRule semantic = no_semantic) {
  return lookup<kFind, kTell, Uint128>(name, semantic, Placement::kPemOnly);
}

}  // namespace

std::vector<ScalarFunction> upid_functions() {
  return {
      of_process<kContainer, kIdOf>("upid_to_container_id"),
      of_process<kContainer, kNameOf>("upid_to_container_name",
                                      always<SemanticType::kContainerName>),
      of_process<kPod, kSpaceOf>("upid_to_namespace", always<SemanticType::kNamespaceName>),
      of_process<kNode, kNameOf>("upid_to_node_name", always<SemanticType::kNodeName>),
      of_process<kPod, kIdOf>("upid_to_pod_id"),
      of_process<kPod, kNameOf>("upid_to_pod_name", always<SemanticType::kPodName>),
      of_process<kPod, kQualityOf>("upid_to_pod_qos"),
      of_process<kPod, service_ids>("upid_to_service_id"),
      of_process<kPod, service_names>("upid_to_service_name", always<SemanticType::kServiceName>),
      of_process<kReplicaSet, kIdOf>("upid_to_replicaset_id"),
      of_process<kReplicaSet, kNameOf>("upid_to_replicaset_name"),
      of_process<kDeployment, kIdOf>("upid_to_deployment_id"),
      of_process<kDeployment, kNameOf>("upid_to_deployment_name"),
      scalar<kStatusOf, Uint128>("upid_to_pod_status", always<SemanticType::kPodStatus>,
                                 Placement::kPemOnly),
      scalar<kStartTicks, Uint128>("upid_to_start_ts"),
      scalar<kPodNameOrByAddress, Uint128, std::string_view, Time64>(
          "_upid_to_podname_local_addr_fallback", always<SemanticType::kPodName>,
          Placement::kPemOnly),
  };
}

}  // namespace pxq::local
