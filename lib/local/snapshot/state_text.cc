#include "local/snapshot/state_text.h"

#include <concepts>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "text/json_bytes.h"

namespace pxq::local::snapshot {
namespace {

using Json = nlohmann::ordered_json;

template <typename Value>
inline constexpr bool kIsOptional = false;
template <typename Value>
inline constexpr bool kIsOptional<std::optional<Value>> = true;

/// Writes what fields() names.
class Writer {
 public:
  template <typename Value>
  Writer& operator()(const char* name, const Value& value) {
    if constexpr (std::is_same_v<Value, Uint128>) {
      json_[name] = Json::array({value.high, value.low});
    } else if constexpr (std::is_same_v<Value, Lifetime>) {
      json_[name] = Json::array({value.start_ns, value.stop_ns});
    } else if constexpr (kIsOptional<Value>) {
      if (value) json_[name] = *value;
    } else {
      json_[name] = value;
    }
    return *this;
  }
  Json take() { return std::move(json_); }

 private:
  Json json_ = Json::object();
};

/// Reads what fields() names; what is not there keeps its default.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}

  template <typename Value>
  Reader& operator()(const char* name, Value& value) {
    const auto found = json_.find(name);
    if (found == json_.end()) return *this;
    read(*found, value);
    return *this;
  }

 private:
  template <typename Value>
  static void read(const Json& json, Value& value) {
    if constexpr (std::is_same_v<Value, Uint128>) {
      value = {whole<uint64_t>(json.at(0)), whole<uint64_t>(json.at(1))};
    } else if constexpr (std::is_same_v<Value, Lifetime>) {
      value = {whole<int64_t>(json.at(0)), whole<int64_t>(json.at(1))};
    } else if constexpr (std::is_same_v<Value, std::vector<size_t>>) {
      for (const Json& one : json) value.push_back(whole<size_t>(one));
    } else if constexpr (kIsOptional<Value>) {
      read(json, value.emplace());
    } else if constexpr (std::integral<Value> && !std::is_same_v<Value, bool>) {
      value = whole<Value>(json);
    } else {
      value = json.get<Value>();
    }
  }

  const Json& json_;
};

// The members of each entity, for both directions: `Entity` is const where they are written.

template <typename Fields>
void fields(Fields& of,
            auto& node) requires std::is_same_v<std::remove_cvref_t<decltype(node)>, Node> {
  of("name", node.name)("ip", node.ip)("asid", node.asid)("agent", node.agent_id);
  of("is_agent", node.is_agent)("agent_state", node.agent_state)("kelvin", node.is_kelvin);
  of("processors", node.processors)("headers", node.has_kernel_headers)("life", node.life);
}

template <typename Fields>
void fields(Fields& of,
            auto& space) requires std::is_same_v<std::remove_cvref_t<decltype(space)>, Namespace> {
  of("id", space.id)("name", space.name);
}

template <typename Fields>
void fields(Fields& of, auto& service) requires
    std::is_same_v<std::remove_cvref_t<decltype(service)>, Service> {
  of("id", service.id)("name", service.name)("namespace", service.space);
  of("ip", service.cluster_ip)("external_ips", service.external_ips)("life", service.life);
}

template <typename Fields>
void fields(Fields& of, auto& workload) requires
    std::is_same_v<std::remove_cvref_t<decltype(workload)>, Workload> {
  of("id", workload.id)("name", workload.name)("namespace", workload.space);
  of("replicas", workload.replicas)("ready", workload.ready)("owner", workload.owner);
  of("life", workload.life);
}

template <typename Fields>
void fields(Fields& of,
            auto& pod) requires std::is_same_v<std::remove_cvref_t<decltype(pod)>, Pod> {
  of("id", pod.id)("name", pod.name)("namespace", pod.space)("ip", pod.ip)("node", pod.node);
  of("replica_set", pod.replica_set)("services", pod.services)("labels", pod.labels);
  of("phase", pod.phase)("message", pod.message)("reason", pod.reason)("ready", pod.is_ready);
  of("quality", pod.quality)("life", pod.life);
}

template <typename Fields>
void fields(Fields& of, auto& container) requires
    std::is_same_v<std::remove_cvref_t<decltype(container)>, Container> {
  of("id", container.id)("name", container.name)("pod", container.pod)("state", container.state);
  of("message", container.message)("reason", container.reason)("life", container.life);
}

template <typename Fields>
void fields(Fields& of, auto& process) requires
    std::is_same_v<std::remove_cvref_t<decltype(process)>, Process> {
  of("upid", process.upid)("container", process.container)("command", process.command);
  of("life", process.life);
}

template <typename Entity>
Json list_json(const std::vector<Entity>& entities) {
  Json list = Json::array();
  for (const Entity& entity : entities) {
    Writer writer;
    fields(writer, entity);
    list.push_back(writer.take());
  }
  return list;
}

template <typename Entity>
void read_list(const Json& json, const char* name, std::vector<Entity>& entities) {
  for (const Json& one : json.at(name)) {
    Reader reader(one);
    fields(reader, entities.emplace_back());
  }
}

ClusterParts parts_of(const Json& json) {
  ClusterParts parts;
  Reader reader(json);
  reader("vizier_id", parts.vizier_id)("vizier_name", parts.vizier_name);
  reader("vizier_namespace", parts.vizier_namespace)("vizier_version", parts.vizier_version);
  reader("cidrs", parts.cidrs)("host_names", parts.host_names);
  read_list(json, "nodes", parts.nodes);
  read_list(json, "namespaces", parts.namespaces);
  read_list(json, "services", parts.services);
  read_list(json, "deployments", parts.deployments);
  read_list(json, "replica_sets", parts.replica_sets);
  read_list(json, "pods", parts.pods);
  read_list(json, "containers", parts.containers);
  read_list(json, "processes", parts.processes);
  parts.is_elsewhere = true;
  return parts;
}

bool is_inside(const std::optional<size_t>& number, size_t size) {
  return !number || *number < size;
}

/// Whether every number counts an entity that is there, as ClusterState requires.
bool is_sound(const ClusterParts& parts) {
  bool sound = true;
  for (const Workload& set : parts.replica_sets) {
    sound = sound && is_inside(set.owner, parts.deployments.size());
  }
  for (const Pod& pod : parts.pods) {
    sound = sound && pod.node < parts.nodes.size();
    sound = sound && is_inside(pod.replica_set, parts.replica_sets.size());
    for (const size_t service : pod.services) sound = sound && service < parts.services.size();
  }
  for (const Container& container : parts.containers) {
    sound = sound && container.pod < parts.pods.size();
  }
  for (const Process& process : parts.processes) {
    sound = sound && is_inside(process.container, parts.containers.size());
  }
  return sound;
}

}  // namespace

std::string to_json(const ClusterParts& parts) {
  Writer writer;
  writer("vizier_id", parts.vizier_id)("vizier_name", parts.vizier_name);
  writer("vizier_namespace", parts.vizier_namespace)("vizier_version", parts.vizier_version);
  writer("cidrs", parts.cidrs)("host_names", parts.host_names);
  Json json = writer.take();
  json["nodes"] = list_json(parts.nodes);
  json["namespaces"] = list_json(parts.namespaces);
  json["services"] = list_json(parts.services);
  json["deployments"] = list_json(parts.deployments);
  json["replica_sets"] = list_json(parts.replica_sets);
  json["pods"] = list_json(parts.pods);
  json["containers"] = list_json(parts.containers);
  json["processes"] = list_json(parts.processes);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<ClusterParts> parse_state(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  // nlohmann throws where a member lacks or has another type.
  try {
    ClusterParts parts = parts_of(json);
    if (is_sound(parts)) return parts;
  } catch (const Json::exception&) {
  }
  return Status(Code::kIncomplete, "its state of the cluster is damaged");
}

}  // namespace pxq::local::snapshot
