#include "local/cluster/merge.h"

#include <catch2/catch.hpp>

#include "small_cluster.h"

namespace pxq::local {
namespace {

using test::small_cluster;
using test::upid_of;

/// The small cluster a little later: the pod of DNS has moved to a new node, and a pod is there
/// that began at 100.
ClusterParts later() {
  ClusterParts parts = small_cluster()->parts();
  parts.nodes.insert(parts.nodes.begin(), {.name = "node-c", .asid = 9, .life = {90, 0}});
  for (Pod& pod : parts.pods) ++pod.node;
  parts.pods[2].node = 0;
  parts.pods.insert(parts.pods.begin(), {.id = "pod-9",
                                         .name = "shop/new",
                                         .space = "shop",
                                         .node = 0,
                                         .replica_set = 0,
                                         .life = {100, 0}});
  for (Container& container : parts.containers) ++container.pod;
  parts.containers.insert(parts.containers.begin(), {.id = "c-9", .name = "app", .pod = 0});
  for (Process& process : parts.processes) {
    if (process.container) ++*process.container;
  }
  parts.processes.insert(parts.processes.begin(),
                         {.upid = upid_of(9, 7), .container = 0, .command = "new"});
  parts.host_names = {{"1.1.1.1", "one.example"}};
  return parts;
}

TEST_CASE("of two states the later one tells what both know, and the other what only it knew") {
  ClusterParts parts = small_cluster()->parts();
  merge_parts(parts, later());
  const ClusterState state(std::move(parts));
  CHECK(state.node_of(*state.pod_by_id("pod-2")).name == "node-c");
  CHECK(state.node_of(*state.pod_by_id("pod-1")).name == "node-b");
  const Process* added = state.process(upid_of(9, 7));
  REQUIRE(added != nullptr);
  CHECK(state.pod_of(*added)->name == "shop/new");
  CHECK(state.replica_set_of(*state.pod_of(*added))->name == "shop/cart-5f");
  CHECK(state.node_by_asid(9)->name == "node-c");
  CHECK(state.host_name("1.1.1.1") == "one.example");
}

TEST_CASE("a state is completed with what a later one alone knows as of a moment") {
  const int64_t now = GENERATE(99, 100);
  ClusterParts parts = small_cluster()->parts();
  const size_t processes = parts.processes.size();
  complete_parts(parts, later(), now);
  CHECK(parts.processes.size() == processes + (now < 100 ? 0 : 1));
  const ClusterState state(std::move(parts));
  CHECK(state.node_of(*state.pod_by_id("pod-2")).name == "node-a");
  CHECK(state.node_by_asid(9) == nullptr);
  CHECK(state.host_name("1.1.1.1") == "one.example");
  const Process* added = state.process(upid_of(9, 7));
  CHECK((state.pod_by_name("shop/new") != nullptr) == (now >= 100));
  REQUIRE((added != nullptr) == (now >= 100));
  if (added == nullptr) return;
  CHECK(state.pod_of(*added)->name == "shop/new");
  CHECK(state.node_of(*state.pod_of(*added)).name == "node-c");
  CHECK(state.replica_set_of(*state.pod_of(*added))->name == "shop/cart-5f");
}

TEST_CASE("containers without ids are those of their pods, in states that are put together, too") {
  const auto state_of = [](const std::vector<uint64_t>& numbers) {
    ClusterParts parts;
    parts.nodes = {{.name = "n"}};
    for (const uint64_t number : numbers) {
      const std::string name = "pod-" + std::to_string(number);
      parts.pods.push_back({.id = name, .name = name});
      parts.containers.push_back({.pod = parts.pods.size() - 1});
      parts.processes.push_back(
          {.upid = upid_of(1, number), .container = parts.containers.size() - 1});
    }
    return parts;
  };
  const bool completes = GENERATE(false, true);
  ClusterParts parts = state_of({0});
  if (completes) {
    complete_parts(parts, state_of({2, 1, 0}), 1);
  } else {
    merge_parts(parts, state_of({2, 1, 0}));
  }
  CHECK(parts.containers.size() == 3);
  const ClusterState state(std::move(parts));
  for (uint64_t number = 0; number < 3; ++number) {
    const Process* process = state.process(upid_of(1, number));
    REQUIRE(process != nullptr);
    CHECK(state.pod_of(*process)->name == "pod-" + std::to_string(number));
  }
}

}  // namespace
}  // namespace pxq::local
