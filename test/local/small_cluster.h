#pragma once

#include <memory>
#include <string>
#include <utility>

#include "local/cluster/state.h"

namespace pxq::local::test {

/// A process of agent `asid`.
constexpr Uint128 upid_of(uint64_t asid, uint64_t pid) { return {asid << 32 | pid, 100 + pid}; }

/// Two nodes, a Kelvin, three pods: "shop/cart-1" is in two services and has two containers,
/// "shop/cart-0" had the same address before it and is gone, "dns/core" belongs to nobody.
inline std::shared_ptr<const ClusterState> small_cluster() {
  ClusterParts parts;
  parts.vizier_id = "vizier-id";
  parts.vizier_name = "small";
  parts.vizier_namespace = "pl";
  parts.vizier_version = "0.14.9";
  parts.cidrs = {"10.1.0.0/16", "10.96.0.0/12"};
  parts.nodes = {{.name = "node-a",
                  .ip = "192.168.0.1",
                  .asid = 1,
                  .agent_id = {1, 1},
                  .processors = 4,
                  .has_kernel_headers = true,
                  .life = {10, 0}},
                 {.name = "node-b",
                  .ip = "192.168.0.2",
                  .asid = 2,
                  .agent_id = {2, 2},
                  .processors = 8,
                  .life = {11, 0}},
                 {.name = "kelvin",
                  .ip = "10.1.0.99",
                  .asid = 3,
                  .agent_id = {3, 3},
                  .is_kelvin = true,
                  .life = {12, 0}}};
  parts.namespaces = {{"ns-shop", "shop"}, {"ns-dns", "dns"}};
  parts.services = {{.id = "svc-cart",
                     .name = "shop/cart",
                     .space = "shop",
                     .cluster_ip = "10.96.0.1",
                     .external_ips = {"1.2.3.4", "1.2.3.5"},
                     .life = {20, 0}},
                    {.id = "svc-all",
                     .name = "shop/all",
                     .space = "shop",
                     .cluster_ip = "10.96.0.2",
                     .life = {21, 0}},
                    {.id = "svc-old", .name = "shop/old", .space = "shop", .life = {1, 2}}};
  parts.deployments = {{.id = "dep-cart",
                        .name = "shop/cart",
                        .space = "shop",
                        .replicas = 2,
                        .ready = 1,
                        .life = {30, 0}}};
  parts.replica_sets = {{.id = "rs-cart",
                         .name = "shop/cart-5f",
                         .space = "shop",
                         .replicas = 2,
                         .ready = 1,
                         .owner = 0,
                         .life = {31, 0}}};
  parts.pods = {{.id = "pod-0",
                 .name = "shop/cart-0",
                 .space = "shop",
                 .ip = "10.1.0.7",
                 .node = 0,
                 .replica_set = 0,
                 .services = {0},
                 .phase = "Terminated",
                 .is_ready = false,
                 .life = {40, 45}},
                {.id = "pod-1",
                 .name = "shop/cart-1",
                 .space = "shop",
                 .ip = "10.1.0.7",
                 .node = 1,
                 .replica_set = 0,
                 .services = {0, 1, 2},
                 .labels = {{"app", "cart"}},
                 .message = "it \"runs\"",
                 .life = {50, 0}},
                {.id = "pod-2",
                 .name = "dns/core",
                 .space = "dns",
                 .ip = "10.1.0.8",
                 .node = 0,
                 .quality = "Guaranteed",
                 .life = {51, 0}}};
  parts.containers = {{.id = "c-0",
                       .name = "app",
                       .pod = 1,
                       .state = "Terminated",
                       .reason = "OOMKilled",
                       .life = {50, 60}},
                      {.id = "c-1", .name = "app", .pod = 1, .life = {60, 0}},
                      {.id = "c-2", .name = "proxy", .pod = 1, .life = {50, 0}}};
  parts.processes = {
      {.upid = upid_of(2, 1), .container = 1, .command = "/bin/cart --port 80", .life = {60, 0}},
      {.upid = upid_of(1, 9), .container = {}, .command = "kubelet", .life = {9, 0}}};
  return std::make_shared<const ClusterState>(std::move(parts));
}

}  // namespace pxq::local::test
