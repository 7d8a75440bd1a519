#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "local/functions/kernel.h"

namespace pxq::local {

// Kernels that look something up in the state of the cluster.

/// Among so many rows a key is looked for before the state is asked.
inline constexpr size_t kToldRows = 256;
inline size_t told_place(const Uint128& key) {
  return ((key.high ^ key.low) * 0x9e3779b97f4a7c15U) >> 56;
}
inline size_t told_place(std::string_view key) {
  uint64_t end = key.size();
  for (size_t i = key.size() > 8 ? key.size() - 8 : 0; i < key.size(); ++i) {
    end = end << 8 | static_cast<uint8_t>(key[i]);
  }
  return (end * 0x9e3779b97f4a7c15U) >> 56;
}

/// What kTell says of the entity that kFind gives for a key: a text or a time. Of an entity that is
/// not there: the empty text, or time 0. A view that kTell returns must be of the state's strings.
template <auto kFind, auto kTell, typename Key>
Column look_up(std::span<const Column* const> arguments, size_t rows, FunctionContext& context) {
  const ClusterState& state = context.state();
  const auto& keys = std::get<ColumnOf<Key>>(*arguments[0]);
  using Entity = decltype(kFind(state, Key()));
  using Told = decltype(kTell(state, *Entity()));
  ColumnOf<Told> told(rows);
  // Rows are of few processes and pods: what was told in an earlier row is told again, and is the
  // same bytes then.
  std::array<size_t, kToldRows> earlier;
  earlier.fill(rows);
  for (size_t row = 0; row < rows; ++row) {
    size_t& last = earlier[told_place(keys[row])];
    if (last < row && keys[last] == keys[row]) {
      told[row] = told[last];
      continue;
    }
    last = row;
    const Entity entity = kFind(state, Key(keys[row]));
    told[row] = to_cell(entity == nullptr ? Told() : kTell(state, *entity), context);
  }
  return told;
}

/// A table entry for look_up().
template <auto kFind, auto kTell, typename Key = std::string_view>
ScalarFunction lookup(std::string_view name, SemanticRule semantic = no_semantic,
                      Placement placement = Placement::kAnywhere) {
  using Entity = decltype(kFind(std::declval<const ClusterState&>(), Key()));
  using Told = decltype(kTell(std::declval<const ClusterState&>(), *Entity()));
  return {.name = name,
          .arguments = {CellTraits<Key>::kType},
          .result = CellTraits<Told>::kType,
          .semantic = semantic,
          .kernel = look_up<kFind, kTell, Key>,
          .placement = placement};
}

// What kTell says of any entity that has it.
inline constexpr auto kIdOf = [](const ClusterState&, const auto& entity) {
  return std::string_view(entity.id);
};
inline constexpr auto kNameOf = [](const ClusterState&, const auto& entity) {
  return std::string_view(entity.name);
};
inline constexpr auto kSpaceOf = [](const ClusterState&, const auto& entity) {
  return std::string_view(entity.space);
};
inline constexpr auto kStartOf = [](const ClusterState&, const auto& entity) {
  return Time64{entity.life.start_ns};
};
inline constexpr auto kStopOf = [](const ClusterState&, const auto& entity) {
  return Time64{entity.life.stop_ns};
};

// How kFind finds by a name or id.
inline constexpr auto kPodById = [](const ClusterState& state, std::string_view id) {
  return state.pod_by_id(id);
};
inline constexpr auto kPodByName = [](const ClusterState& state, std::string_view name) {
  return state.pod_by_name(name);
};
inline constexpr auto kReplicaSetById = [](const ClusterState& state, std::string_view id) {
  return state.replica_set_by_id(id);
};
inline constexpr auto kReplicaSetByName = [](const ClusterState& state, std::string_view name) {
  return state.replica_set_by_name(name);
};

/// The entity that kStep leads to from the one that kFind finds.
template <auto kFind, auto kStep>
inline constexpr auto kThen = [](const ClusterState& state, auto key) {
  const auto* first = kFind(state, key);
  using Next = decltype(kStep(state, *first));
  return first == nullptr ? Next(nullptr) : kStep(state, *first);
};

inline constexpr auto kReplicaSetOf = [](const ClusterState& state, const Pod& pod) {
  return state.replica_set_of(pod);
};
inline constexpr auto kNodeOf = [](const ClusterState& state, const Pod& pod) {
  return &state.node_of(pod);
};
/// Of a pod or a replica set.
inline constexpr auto kDeploymentOf = [](const ClusterState& state, const auto& entity) {
  return state.deployment_of(entity);
};

/// The names, or the ids, of the services that a pod is in and that are still there: one as it is,
/// several as a JSON array.
std::string service_names(const ClusterState& state, const Pod& pod);
std::string service_ids(const ClusterState& state, const Pod& pod);

/// {"phase":...}; of no pod: the phase Unknown.
std::string pod_status(const Pod* pod);

/// No text for none, one as it is, several as a JSON array.
std::string one_or_list(const std::vector<std::string_view>& texts);

}  // namespace pxq::local
