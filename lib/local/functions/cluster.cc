// Functions that only a cluster can run: their signatures, so that scripts which use them compile.

#include <initializer_list>
#include <string_view>

#include "local/functions/families.h"
#include "local/functions/semantics.h"

namespace pxq::local {
namespace {

constexpr SemanticRule kPod = always<SemanticType::kPodName>;
constexpr SemanticRule kService = always<SemanticType::kServiceName>;
constexpr SemanticRule kNamespace = always<SemanticType::kNamespaceName>;
constexpr SemanticRule kNode = always<SemanticType::kNodeName>;
constexpr SemanticRule kContainer = always<SemanticType::kContainerName>;
constexpr SemanticRule kPodState = always<SemanticType::kPodStatus>;
constexpr SemanticRule kContainerState = always<SemanticType::kContainerStatus>;

/// A service only of what is known to be a pod.
SemanticType service_of_pod(std::span<const SemanticType> arguments) {
  const bool pod = arguments.size() == 1 && arguments[0] == SemanticType::kPodName;
  return pod ? SemanticType::kServiceName : SemanticType::kNone;
}

struct Look {
  std::string_view name;
  SemanticRule semantic = no_semantic;
};

void add(std::vector<ScalarFunction>& all, std::vector<DataType> arguments, DataType result,
         Placement placement, std::initializer_list<Look> looks) {
  for (const Look& look : looks) {
    all.push_back({.name = look.name,
                   .arguments = arguments,
                   .result = result,
                   .semantic = look.semantic,
                   .kernel = nullptr,
                   .placement = placement});
  }
}

void add_of_processes(std::vector<ScalarFunction>& all) {
  add(all, {DataType::kUint128}, DataType::kString, Placement::kPemOnly,
      {{"upid_to_container_id"},
       {"upid_to_container_name", kContainer},
       {"upid_to_namespace", kNamespace},
       {"upid_to_node_name", kNode},
       {"upid_to_pod_id"},
       {"upid_to_pod_name", kPod},
       {"upid_to_pod_qos"},
       {"upid_to_pod_status", kPodState},
       {"upid_to_service_id"},
       {"upid_to_service_name", kService},
       {"upid_to_replicaset_id"},
       {"upid_to_replicaset_name"},
       {"upid_to_deployment_id"},
       {"upid_to_deployment_name"},
       {"shared_libraries"}});
  add(all, {DataType::kUint128}, DataType::kTime64Ns, Placement::kAnywhere, {{"upid_to_start_ts"}});
  add(all, {DataType::kUint128, DataType::kString, DataType::kTime64Ns}, DataType::kString,
      Placement::kPemOnly, {{"_upid_to_podname_local_addr_fallback", kPod}});
}

void add_of_pods(std::vector<ScalarFunction>& all) {
  add(all, {DataType::kString}, DataType::kString, Placement::kAnywhere,
      {{"pod_id_to_pod_name", kPod},
       {"pod_id_to_pod_labels"},
       {"pod_id_to_namespace", kNamespace},
       {"pod_id_to_node_name", kNode},
       {"pod_id_to_service_name", kService},
       {"pod_id_to_service_id"},
       {"pod_id_to_replicaset_name"},
       {"pod_id_to_replicaset_id"},
       {"pod_id_to_deployment_name"},
       {"pod_id_to_deployment_id"},
       {"pod_id_to_owner_references"},
       {"pod_name_to_namespace", kNamespace},
       {"pod_name_to_pod_id"},
       {"pod_name_to_pod_ip"},
       {"pod_name_to_service_name", service_of_pod},
       {"pod_name_to_service_id"},
       {"pod_name_to_replicaset_name"},
       {"pod_name_to_replicaset_id"},
       {"pod_name_to_deployment_name"},
       {"pod_name_to_deployment_id"},
       {"pod_name_to_owner_references"},
       {"pod_name_to_status", kPodState},
       {"container_id_to_status", kContainerState},
       {"container_name_to_container_id"}});
}

void add_of_owners(std::vector<ScalarFunction>& all) {
  add(all, {DataType::kString}, DataType::kString, Placement::kAnywhere,
      {{"service_id_to_service_name", kService},
       {"service_id_to_cluster_ip", always<SemanticType::kIpAddress>},
       {"service_id_to_external_ips"},
       {"service_name_to_service_id"},
       {"service_name_to_namespace", kNamespace},
       {"replicaset_id_to_replicaset_name"},
       {"replicaset_id_to_namespace"},
       {"replicaset_id_to_owner_references"},
       {"replicaset_id_to_status"},
       {"replicaset_id_to_deployment_name"},
       {"replicaset_id_to_deployment_id"},
       {"replicaset_name_to_replicaset_id"},
       {"replicaset_name_to_namespace"},
       {"replicaset_name_to_owner_references"},
       {"replicaset_name_to_status"},
       {"replicaset_name_to_deployment_name"},
       {"replicaset_name_to_deployment_id"},
       {"deployment_id_to_deployment_name"},
       {"deployment_id_to_namespace"},
       {"deployment_id_to_status"},
       {"deployment_name_to_deployment_id"},
       {"deployment_name_to_namespace"},
       {"deployment_name_to_status"},
       {"namespace_name_to_namespace_id"}});
}

void add_times(std::vector<ScalarFunction>& all) {
  add(all, {DataType::kString}, DataType::kTime64Ns, Placement::kAnywhere,
      {{"pod_id_to_start_time"},
       {"pod_id_to_stop_time"},
       {"pod_name_to_start_time"},
       {"pod_name_to_stop_time"},
       {"container_id_to_start_time"},
       {"container_id_to_stop_time"},
       {"container_name_to_start_time"},
       {"container_name_to_stop_time"},
       {"replicaset_id_to_start_time"},
       {"replicaset_id_to_stop_time"},
       {"replicaset_name_to_start_time"},
       {"replicaset_name_to_stop_time"},
       {"deployment_id_to_start_time"},
       {"deployment_id_to_stop_time"},
       {"deployment_name_to_start_time"},
       {"deployment_name_to_stop_time"}});
}

void add_of_network(std::vector<ScalarFunction>& all) {
  constexpr DataType kText = DataType::kString;
  add(all, {kText}, kText, Placement::kKelvinOnly, {{"ip_to_pod_id"}, {"ip_to_service_id"}});
  add(all, {kText, DataType::kTime64Ns}, kText, Placement::kKelvinOnly, {{"ip_to_pod_id"}});
  add(all, {kText}, kText, Placement::kAnywhere, {{"nslookup"}, {"redact_pii_best_effort"}});
  add(all, {}, kText, Placement::kAnywhere,
      {{"get_cidrs"}, {"vizier_id"}, {"vizier_name"}, {"vizier_namespace"}});
  add(all, {kText, kText}, DataType::kBoolean, Placement::kAnywhere,
      {{"cidrs_contain_ip"}, {"_match_endpoint"}});
  add(all, {kText, kText}, kText, Placement::kAnywhere,
      {{"normalize_pgsql"}, {"_predict_request_path_cluster"}});
  add(all, {kText, DataType::kInt64}, kText, Placement::kAnywhere, {{"normalize_mysql"}});
}

}  // namespace

std::vector<ScalarFunction> cluster_functions() {
  std::vector<ScalarFunction> all;
  add_of_processes(all);
  add_of_pods(all);
  add_of_owners(all);
  add_times(all);
  add_of_network(all);
  return all;
}

std::vector<AggregateFunction> cluster_aggregates() {
  return {{.name = "_build_request_path_clusters",
           .argument = DataType::kString,
           .result = DataType::kString,
           .semantic = no_semantic,
           .make = nullptr},
          {.name = "sample",
           .argument = DataType::kString,
           .result = DataType::kString,
           .semantic = no_semantic,
           .make = nullptr},
          {.name = "pprof",  // stack traces, their counts, the sampling period
           .argument = DataType::kString,
           .result = DataType::kString,
           .semantic = no_semantic,
           .make = nullptr,
           .more_arguments = {DataType::kInt64, DataType::kInt64}}};
}

}  // namespace pxq::local
