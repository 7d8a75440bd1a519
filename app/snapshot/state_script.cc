#include "snapshot/state_script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace pxq {
namespace {

/// A column of an answer, the function of px that gives it, and of which column.
struct Fact {
  std::string_view column;
  std::string_view function;
  std::string_view of;
};

// Agents alone know processes, so these come before rows are grouped.
constexpr auto kOfProcess = std::to_array<Fact>({
    {"pod_id", "upid_to_pod_id", "upid"},
    {"container_id", "upid_to_container_id", "upid"},
    {"container", "upid_to_container_name", "upid"},
    {"cmdline", "upid_to_cmdline", "upid"},
    {"host", "upid_to_hostname", "upid"},
    {"qos", "upid_to_pod_qos", "upid"},
});

constexpr auto kOfAddress = std::to_array<Fact>({
    {"host_name", "nslookup", "ip"},
    {"pod_id", "ip_to_pod_id", "ip"},
});

// An address may be a service's own, which is none of a pod's.
constexpr auto kOfAddressService = std::to_array<Fact>({
    {"address_service_id", "ip_to_service_id", "ip"},
    {"address_service", "service_id_to_service_name", "address_service_id"},
    {"service_ip", "service_id_to_cluster_ip", "address_service_id"},
    {"external_ips", "service_id_to_external_ips", "address_service_id"},
});

constexpr auto kOfContainer = std::to_array<Fact>({
    {"container_status", "container_id_to_status", "container_id"},
    {"container_start", "container_id_to_start_time", "container_id"},
    {"container_stop", "container_id_to_stop_time", "container_id"},
});

constexpr auto kOfPod = std::to_array<Fact>({
    {"pod", "pod_id_to_pod_name", "pod_id"},
    {"namespace", "pod_id_to_namespace", "pod_id"},
    {"node", "pod_id_to_node_name", "pod_id"},
    {"service_id", "pod_id_to_service_id", "pod_id"},
    {"service", "pod_id_to_service_name", "pod_id"},
    {"pod_start", "pod_id_to_start_time", "pod_id"},
    {"pod_stop", "pod_id_to_stop_time", "pod_id"},
    {"labels", "pod_id_to_pod_labels", "pod_id"},
    {"replica_set_id", "pod_id_to_replicaset_id", "pod_id"},
    {"replica_set", "pod_id_to_replicaset_name", "pod_id"},
    {"deployment_id", "pod_id_to_deployment_id", "pod_id"},
    {"deployment", "pod_id_to_deployment_name", "pod_id"},
    {"pod_ip", "pod_name_to_pod_ip", "pod"},
    {"pod_status", "pod_name_to_status", "pod"},
    {"namespace_id", "namespace_name_to_namespace_id", "namespace"},
    {"replica_set_status", "replicaset_id_to_status", "replica_set_id"},
    {"replica_set_start", "replicaset_id_to_start_time", "replica_set_id"},
    {"replica_set_stop", "replicaset_id_to_stop_time", "replica_set_id"},
    {"deployment_status", "deployment_id_to_status", "deployment_id"},
    {"deployment_start", "deployment_id_to_start_time", "deployment_id"},
    {"deployment_stop", "deployment_id_to_stop_time", "deployment_id"},
});

constexpr auto kOfService = std::to_array<Fact>({
    {"service_ip", "service_id_to_cluster_ip", "service_id"},
    {"external_ips", "service_id_to_external_ips", "service_id"},
});

constexpr auto kOfCluster = std::to_array<Fact>({
    {"vizier_id", "vizier_id", ""},
    {"vizier_name", "vizier_name", ""},
    {"vizier_namespace", "vizier_namespace", ""},
    {"cidrs", "get_cidrs", ""},
    {"processors", "_exec_host_num_cpus", ""},
});

class StateScript {
 public:
  StateScript(std::string text, const std::vector<std::string>& left_out,
              std::vector<std::string> known)
      : text_(std::move(text)), left_out_(left_out), known_(std::move(known)) {}

  /// Adds what is not left out, nor needs what is.
  template <size_t kCount>
  StateScript& add(const std::array<Fact, kCount>& facts) {
    for (const Fact& fact : facts) {
      if (has(left_out_, fact.function) || (!fact.of.empty() && !has(known_, fact.of))) continue;
      text_ += fmt::format("df.{} = px.{}({}{})\n", fact.column, fact.function,
                           fact.of.empty() ? "" : "df.", fact.of);
      if (!has(known_, fact.column)) known_.emplace_back(fact.column);
    }
    return *this;
  }

  StateScript& group() {
    std::string names;
    for (const std::string& name : known_) names += fmt::format("'{}', ", name);
    text_ += fmt::format("df = df.groupby([{}]).agg(n=('time_', px.count))\n", names);
    return *this;
  }

  std::string finish() { return text_ + "px.display(df, 'state')\n"; }

 private:
  static bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  }

  std::string text_;
  const std::vector<std::string>& left_out_;
  std::vector<std::string> known_;
};

}  // namespace

std::string state_script(const StateQuestion& question, const Slice& window,
                         const std::vector<std::string>& left_out) {
  if (question.table.empty()) {
    return StateScript("import px\ndf = px.Version()\n", left_out, {}).add(kOfCluster).finish();
  }
  std::string text = fmt::format("import px\ndf = px.DataFrame('{}', start_time={}, end_time={})\n",
                                 question.table, window.start_ns, window.end_ns);
  if (question.key == "upid") {
    StateScript script(std::move(text), left_out, {"upid"});
    return script.add(kOfProcess).group().add(kOfContainer).add(kOfPod).add(kOfService).finish();
  }
  if (question.key == "pod_id") {
    return StateScript(std::move(text), left_out, {"pod_id"})
        .group()
        .add(kOfPod)
        .add(kOfService)
        .finish();
  }
  text += fmt::format("df.ip = df.{}\n", question.key);
  StateScript script(std::move(text), left_out, {"ip"});
  return script.group().add(kOfAddress).add(kOfPod).add(kOfAddressService).finish();
}

std::vector<StateQuestion> state_questions(const std::vector<CatalogueTable>& tables) {
  std::vector<StateQuestion> questions = {{}};
  for (const std::string_view key : {"upid", "pod_id", "remote_addr", "local_addr"}) {
    for (const CatalogueTable& table : tables) {
      const bool has =
          std::ranges::find(table.columns, key, &ColumnInfo::name) != table.columns.end();
      if (has) questions.push_back({table.name, std::string(key)});
    }
  }
  return questions;
}

std::vector<std::string> state_functions() {
  std::vector<std::string> names;
  const auto add = [&names](const auto& facts) {
    for (const Fact& fact : facts) names.emplace_back(fact.function);
  };
  add(kOfProcess);
  add(kOfAddress);
  add(kOfAddressService);
  add(kOfContainer);
  add(kOfPod);
  add(kOfService);
  add(kOfCluster);
  return names;
}

}  // namespace pxq
