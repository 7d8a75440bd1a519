#include "snapshot/state_builder.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "text/json_bytes.h"

namespace pxq {
namespace {

std::string space_of(const std::string& name) {
  const size_t slash = name.find('/');
  return slash == std::string::npos ? std::string() : name.substr(0, slash);
}

/// A JSON array of texts, or the one text that it is.
std::vector<std::string> list_of(const std::string& text) {
  if (text.empty()) return {};
  const nlohmann::json json =
      text.starts_with('[') ? nlohmann::json::parse(text, nullptr, false) : nlohmann::json();
  std::vector<std::string> list;
  if (!json.is_array()) return {text};
  for (const nlohmann::json& one : json) {
    if (one.is_string()) list.push_back(one.get<std::string>());
  }
  return list;
}

nlohmann::json object_of(const std::string& text) {
  nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  return json.is_object() ? json : nlohmann::json::object();
}

std::string text_of(const nlohmann::json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int64_t count_of(const nlohmann::json& object, const char* member) {
  const auto found = object.find(member);
  return found == object.end() ? 0 : whole_number<int64_t>(*found).value_or(0);
}

/// The number of an entity, and whether it is a new one.
std::pair<size_t, bool> number_of(std::map<std::string, size_t>& numbers, const std::string& key,
                                  size_t next) {
  const auto [entry, is_new] = numbers.try_emplace(key, next);
  return {entry->second, is_new};
}

local::Lifetime life_of(const AnswerRow& row, const std::string& entity) {
  return {number_cell(row, entity + "_start"), number_cell(row, entity + "_stop")};
}

local::Workload workload_of(const AnswerRow& row, const std::string& kind) {
  local::Workload workload;
  workload.id = cell(row, kind + "_id");
  workload.name = cell(row, kind);
  workload.space = space_of(workload.name);
  const nlohmann::json status = object_of(cell(row, kind + "_status"));
  workload.replicas = count_of(status, "replicas");
  workload.ready = count_of(status, "readyReplicas");
  workload.life = life_of(row, kind);
  return workload;
}

}  // namespace

std::string cell(const AnswerRow& row, const std::string& column) {
  const auto found = row.find(column);
  return found == row.end() ? std::string() : found->second;
}

int64_t number_cell(const AnswerRow& row, const std::string& column) {
  const std::string text = cell(row, column);
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Uint128 id_cell(const AnswerRow& row, const std::string& column) {
  const std::string text = cell(row, column);
  const char* const end = text.data() + text.size();
  Uint128 id;
  const char* const space = std::from_chars(text.data(), end, id.high).ptr;
  if (space != end) std::from_chars(space + 1, end, id.low);
  return id;
}

StateBuilder::StateBuilder(std::vector<local::Node> agents) {
  parts_.is_elsewhere = true;
  parts_.nodes = std::move(agents);
  for (size_t i = 0; i < parts_.nodes.size(); ++i) nodes_.emplace(parts_.nodes[i].name, i);
}

void StateBuilder::add(const AnswerRow& row) {
  if (row.contains("version")) return add_cluster(row);
  if (row.contains("ip")) return add_address(row);
  if (row.contains("upid")) return add_process(row);
  if (!cell(row, "pod_id").empty()) add_pod(row);
}

void StateBuilder::add_cluster(const AnswerRow& row) {
  parts_.vizier_version = cell(row, "version");
  parts_.vizier_id = cell(row, "vizier_id");
  parts_.vizier_name = cell(row, "vizier_name");
  parts_.vizier_namespace = cell(row, "vizier_namespace");
  parts_.cidrs = list_of(cell(row, "cidrs"));
  for (local::Node& node : parts_.nodes) node.processors = number_cell(row, "processors");
}

void StateBuilder::add_address(const AnswerRow& row) {
  const std::string name = cell(row, "host_name");
  if (!name.empty()) parts_.host_names[cell(row, "ip")] = name;
  if (!cell(row, "pod_id").empty()) add_pod(row);
  const std::string service = cell(row, "address_service");
  const bool own = !service.empty() && cell(row, "service_ip") == cell(row, "ip");
  if (own) add_service(cell(row, "address_service_id"), service, row);
}

void StateBuilder::add_process(const AnswerRow& row) {
  const auto [number, is_new] = number_of(processes_, cell(row, "upid"), parts_.processes.size());
  if (!is_new) return;
  local::Process process;
  process.upid = id_cell(row, "upid");
  process.command = cell(row, "cmdline");
  parts_.processes.push_back(process);
  if (cell(row, "pod_id").empty()) return;
  const size_t pod = add_pod(row);
  if (!cell(row, "qos").empty()) parts_.pods[pod].quality = cell(row, "qos");
  parts_.processes[number].container = add_container(row, pod);
}

size_t StateBuilder::add_container(const AnswerRow& row, size_t pod) {
  const std::string id = cell(row, "container_id");
  // A process of a pod whose container is not told still belongs to its pod.
  const std::string key = id.empty() ? cell(row, "pod_id") : id;
  const auto [number, is_new] = number_of(containers_, key, parts_.containers.size());
  if (!is_new) return number;
  local::Container container;
  container.id = id;
  container.name = cell(row, "container");
  container.pod = pod;
  const nlohmann::json status = object_of(cell(row, "container_status"));
  container.state = text_of(status, "state");
  container.message = text_of(status, "message");
  container.reason = text_of(status, "reason");
  container.life = life_of(row, "container");
  parts_.containers.push_back(std::move(container));
  return number;
}

size_t StateBuilder::add_pod(const AnswerRow& row) {
  const std::string id = cell(row, "pod_id");
  const auto [number, is_new] = number_of(pods_, id, parts_.pods.size());
  if (!is_new) return number;
  local::Pod pod;
  pod.id = id;
  pod.name = cell(row, "pod");
  pod.space = cell(row, "namespace");
  pod.ip = cell(row, "pod_ip");
  pod.quality.clear();
  pod.life = life_of(row, "pod");
  const nlohmann::json status = object_of(cell(row, "pod_status"));
  pod.phase = text_of(status, "phase");
  pod.message = text_of(status, "message");
  pod.reason = text_of(status, "reason");
  const auto ready = status.find("ready");
  pod.is_ready = ready != status.end() && *ready == true;
  const nlohmann::json labels = object_of(cell(row, "labels"));
  for (const auto& [key, value] : labels.items()) {
    if (value.is_string()) pod.labels[key] = value.get<std::string>();
  }
  pod.node = add_node(cell(row, "node"));
  add_namespace(pod.space, cell(row, "namespace_id"));
  if (!cell(row, "replica_set_id").empty()) pod.replica_set = add_replica_set(row);
  const std::vector<std::string> ids = list_of(cell(row, "service_id"));
  const std::vector<std::string> names = list_of(cell(row, "service"));
  for (size_t i = 0; i < ids.size() && i < names.size(); ++i) {
    // What is told of the service itself is of the only one.
    pod.services.push_back(add_service(ids[i], names[i], ids.size() == 1 ? row : AnswerRow()));
  }
  parts_.pods.push_back(std::move(pod));
  return number;
}

size_t StateBuilder::add_service(const std::string& id, const std::string& name,
                                 const AnswerRow& row) {
  const auto [number, is_new] = number_of(services_, id, parts_.services.size());
  if (is_new) {
    local::Service service;
    service.id = id;
    service.name = name;
    service.space = space_of(name);
    parts_.services.push_back(std::move(service));
  }
  local::Service& service = parts_.services[number];
  if (service.cluster_ip.empty()) service.cluster_ip = cell(row, "service_ip");
  if (service.external_ips.empty()) service.external_ips = list_of(cell(row, "external_ips"));
  return number;
}

size_t StateBuilder::add_replica_set(const AnswerRow& row) {
  const auto [number, is_new] =
      number_of(replica_sets_, cell(row, "replica_set_id"), parts_.replica_sets.size());
  if (!is_new) return number;
  parts_.replica_sets.push_back(workload_of(row, "replica_set"));
  if (!cell(row, "deployment_id").empty()) {
    parts_.replica_sets[number].owner = add_deployment(row);
  }
  return number;
}

size_t StateBuilder::add_deployment(const AnswerRow& row) {
  const auto [number, is_new] =
      number_of(deployments_, cell(row, "deployment_id"), parts_.deployments.size());
  if (is_new) parts_.deployments.push_back(workload_of(row, "deployment"));
  return number;
}

size_t StateBuilder::add_node(const std::string& name) {
  const auto [number, is_new] = number_of(nodes_, name, parts_.nodes.size());
  if (!is_new) return number;
  local::Node node;
  node.name = name;
  node.is_agent = false;
  parts_.nodes.push_back(std::move(node));
  return number;
}

void StateBuilder::add_namespace(const std::string& name, const std::string& id) {
  const auto [number, is_new] = number_of(namespaces_, name, parts_.namespaces.size());
  if (is_new) parts_.namespaces.push_back({id, name});
}

}  // namespace pxq
