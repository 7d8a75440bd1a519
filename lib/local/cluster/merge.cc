#include "local/cluster/merge.h"

#include <map>
#include <optional>
#include <vector>

namespace pxq::local {
namespace {

/// For each of the later entities its place in the merged list.
template <typename Entity, typename KeyOf>
std::vector<size_t> merge_list(std::vector<Entity>& list, const std::vector<Entity>& later,
                               const KeyOf& key_of) {
  std::map<decltype(key_of(list.front())), size_t> places;
  for (size_t i = 0; i < list.size(); ++i) places.emplace(key_of(list[i]), i);
  std::vector<size_t> moved;
  for (const Entity& entity : later) {
    const auto [place, is_new] = places.emplace(key_of(entity), list.size());
    if (is_new) {
      list.push_back(entity);
    } else {
      list[place->second] = entity;
    }
    moved.push_back(place->second);
  }
  return moved;
}

// What has no id goes by its name.
template <typename Entity>
std::string id_or_name(const Entity& entity) {
  return entity.id.empty() ? "name " + entity.name : entity.id;
}

void move(std::optional<size_t>& number, const std::vector<size_t>& moved) {
  if (number) number = moved[*number];
}

}  // namespace

void merge_parts(ClusterParts& parts, const ClusterParts& later) {
  parts.is_elsewhere = later.is_elsewhere;
  parts.vizier_id = later.vizier_id;
  parts.vizier_name = later.vizier_name;
  parts.vizier_namespace = later.vizier_namespace;
  parts.vizier_version = later.vizier_version;
  parts.cidrs = later.cidrs;
  for (const auto& [ip, name] : later.host_names) parts.host_names[ip] = name;
  const auto by_id = [](const auto& entity) { return id_or_name(entity); };
  const auto nodes =
      merge_list(parts.nodes, later.nodes, [](const Node& node) { return node.name; });
  merge_list(parts.namespaces, later.namespaces, by_id);
  const auto services = merge_list(parts.services, later.services, by_id);
  const auto deployments = merge_list(parts.deployments, later.deployments, by_id);
  const auto replica_sets = merge_list(parts.replica_sets, later.replica_sets, by_id);
  for (const size_t place : replica_sets) move(parts.replica_sets[place].owner, deployments);
  const auto pods = merge_list(parts.pods, later.pods, by_id);
  for (const size_t place : pods) {
    Pod& pod = parts.pods[place];
    pod.node = nodes[pod.node];
    move(pod.replica_set, replica_sets);
    for (size_t& service : pod.services) service = services[service];
  }
  const auto containers = merge_list(parts.containers, later.containers, by_id);
  for (const size_t place : containers) {
    parts.containers[place].pod = pods[parts.containers[place].pod];
  }
  const auto processes = merge_list(parts.processes, later.processes,
                                    [](const Process& process) { return process.upid; });
  for (const size_t place : processes) move(parts.processes[place].container, containers);
}

}  // namespace pxq::local
