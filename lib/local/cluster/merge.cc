#include "local/cluster/merge.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pxq::local {
namespace {

enum class Prefer { kLater, kKnown };

constexpr size_t kNowhere = SIZE_MAX;

/// What became of a list of later entities.
struct Merged {
  std::vector<size_t> places = {};  // of each in the merged list; kNowhere: it was left out
  std::vector<size_t> taken = {};   // places that hold a later entity now, with its own numbers
};

/// Puts the later entities that are wanted into the list. Entities are told by their keys, of which
/// there is one for each.
template <typename Entity, typename Key, typename Wanted>
Merged merge_list(std::vector<Entity>& list, const std::vector<Key>& keys,
                  const std::vector<Entity>& later, const std::vector<Key>& later_keys,
                  Prefer prefer, const Wanted& wanted) {
  std::map<Key, size_t> numbers;
  for (size_t i = 0; i < list.size(); ++i) numbers.emplace(keys[i], i);
  Merged merged;
  std::set<size_t> taken;
  for (size_t i = 0; i < later.size(); ++i) {
    const auto known = numbers.find(later_keys[i]);
    const bool is_new = known == numbers.end();
    if (is_new && !wanted(later[i])) {
      merged.places.push_back(kNowhere);
      continue;
    }
    const size_t place = is_new ? list.size() : known->second;
    merged.places.push_back(place);
    if (!is_new && (prefer == Prefer::kKnown || taken.contains(place))) continue;
    if (is_new) {
      numbers.emplace(later_keys[i], place);
      list.push_back(later[i]);
    } else {
      list[place] = later[i];
    }
    taken.insert(place);
  }
  merged.taken.assign(taken.begin(), taken.end());
  return merged;
}

template <typename Entity, typename KeyOf>
auto keys_of(const std::vector<Entity>& list, const KeyOf& key_of) {
  std::vector<decltype(key_of(list.front()))> keys;
  keys.reserve(list.size());
  for (const Entity& entity : list) keys.push_back(key_of(entity));
  return keys;
}

/// Where the keys are the entities' own.
template <typename Entity, typename KeyOf>
Merged merge_list(std::vector<Entity>& list, const std::vector<Entity>& later, Prefer prefer,
                  const KeyOf& key_of) {
  return merge_list(list, keys_of(list, key_of), later, keys_of(later, key_of), prefer,
                    [](const Entity&) { return true; });
}

// What has no id goes by its name.
template <typename Entity>
std::string id_or_name(const Entity& entity) {
  return entity.id.empty() ? "name " + entity.name : entity.id;
}

// A pod may have one container whose id nobody told.
std::vector<std::string> container_keys(const ClusterParts& parts) {
  return keys_of(parts.containers, [&parts](const Container& container) {
    return container.id.empty() ? "pod " + id_or_name(parts.pods[container.pod]) : container.id;
  });
}

void move(std::optional<size_t>& number, const Merged& merged) {
  if (number) number = merged.places[*number];
}

/// All that has a number; `begun` tells which pods there were.
template <typename Begun>
void merge_entities(ClusterParts& parts, const ClusterParts& later, Prefer prefer,
                    const Begun& begun) {
  const auto by_id = [](const auto& entity) { return id_or_name(entity); };
  const auto by_name = [](const Node& node) { return node.name; };
  const auto nodes = merge_list(parts.nodes, later.nodes, prefer, by_name);
  if (prefer == Prefer::kKnown) {
    for (const size_t place : nodes.taken) parts.nodes[place].is_agent = false;
  }
  merge_list(parts.namespaces, later.namespaces, prefer, by_id);
  const auto services = merge_list(parts.services, later.services, prefer, by_id);
  const auto deployments = merge_list(parts.deployments, later.deployments, prefer, by_id);
  const auto replica_sets = merge_list(parts.replica_sets, later.replica_sets, prefer, by_id);
  for (const size_t place : replica_sets.taken) move(parts.replica_sets[place].owner, deployments);
  const auto pods = merge_list(parts.pods, keys_of(parts.pods, by_id), later.pods,
                               keys_of(later.pods, by_id), prefer, begun);
  for (const size_t place : pods.taken) {
    Pod& pod = parts.pods[place];
    pod.node = nodes.places[pod.node];
    move(pod.replica_set, replica_sets);
    for (size_t& service : pod.services) service = services.places[service];
  }
  const auto has_pod = [&pods](const Container& container) {
    return pods.places[container.pod] != kNowhere;
  };
  const auto containers = merge_list(parts.containers, container_keys(parts), later.containers,
                                     container_keys(later), prefer, has_pod);
  for (const size_t place : containers.taken) {
    parts.containers[place].pod = pods.places[parts.containers[place].pod];
  }
  const auto has_container = [&containers](const Process& process) {
    return !process.container || containers.places[*process.container] != kNowhere;
  };
  const auto by_upid = [](const Process& process) { return process.upid; };
  const auto processes =
      merge_list(parts.processes, keys_of(parts.processes, by_upid), later.processes,
                 keys_of(later.processes, by_upid), prefer, has_container);
  for (const size_t place : processes.taken) move(parts.processes[place].container, containers);
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
  merge_entities(parts, later, Prefer::kLater, [](const Pod&) { return true; });
}

void complete_parts(ClusterParts& parts, const ClusterParts& later, int64_t now_ns) {
  parts.host_names.insert(later.host_names.begin(), later.host_names.end());
  merge_entities(parts, later, Prefer::kKnown,
                 [now_ns](const Pod& pod) { return pod.life.start_ns <= now_ns; });
}

}  // namespace pxq::local
