#include "local/cluster/state.h"

#include <algorithm>

namespace pxq::local {
namespace {

template <typename Entity>
const Entity* find(const std::vector<Entity>& all,
                   const std::unordered_map<std::string_view, size_t>& index,
                   std::string_view key) {
  const auto found = index.find(key);
  return found == index.end() ? nullptr : &all[found->second];
}

/// Whether `b` answers to a name before `a`.
bool outlives(const Lifetime& b, const Lifetime& a) {
  if (a.is_over() != b.is_over()) return a.is_over();
  return b.start_ns >= a.start_ns;
}

/// Indexes one member of every entity; empty ones cannot be looked up.
template <typename Entity>
void index_by(const std::vector<Entity>& all, std::string Entity::*member,
              std::unordered_map<std::string_view, size_t>& index) {
  index.reserve(all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string& key = all[i].*member;
    if (key.empty()) continue;
    const auto [entry, is_new] = index.try_emplace(key, i);
    // A name or an address may come back when its first bearer is gone; who lives, or lived last,
    // answers to it.
    if constexpr (requires { all[i].life; }) {
      if (!is_new && outlives(all[i].life, all[entry->second].life)) entry->second = i;
    }
  }
}

/// "shop/cart" as "cart.shop.svc.cluster.local".
std::string service_host_name(std::string_view name) {
  const size_t slash = name.find('/');
  std::string host(name.substr(slash + 1));
  host.append(".").append(name.substr(0, slash)).append(".svc.cluster.local");
  return host;
}

/// "10.0.1.7" of a pod in "shop" as "10-0-1-7.shop.pod.cluster.local".
std::string pod_host_name(const Pod& pod) {
  std::string host = pod.ip;
  std::replace(host.begin(), host.end(), '.', '-');
  return host + "." + pod.space + ".pod.cluster.local";
}

}  // namespace

ClusterState::ClusterState(ClusterParts parts) : parts_(std::move(parts)) {
  index_by(parts_.namespaces, &Namespace::name, namespace_names_);
  index_by(parts_.services, &Service::id, service_ids_);
  index_by(parts_.services, &Service::name, service_names_);
  index_by(parts_.services, &Service::cluster_ip, service_ips_);
  index_by(parts_.deployments, &Workload::id, deployment_ids_);
  index_by(parts_.deployments, &Workload::name, deployment_names_);
  index_by(parts_.replica_sets, &Workload::id, replica_set_ids_);
  index_by(parts_.replica_sets, &Workload::name, replica_set_names_);
  index_by(parts_.pods, &Pod::id, pod_ids_);
  index_by(parts_.pods, &Pod::name, pod_names_);
  index_by(parts_.pods, &Pod::ip, pod_ips_);
  index_by(parts_.containers, &Container::id, container_ids_);
  index_by(parts_.containers, &Container::name, container_names_);
  for (size_t i = 0; i < parts_.processes.size(); ++i) upids_[parts_.processes[i].upid] = i;
  for (size_t i = 0; i < parts_.nodes.size(); ++i) {
    if (parts_.nodes[i].is_agent) asids_[parts_.nodes[i].asid] = i;
  }
  index_names();
}

void ClusterState::index_names() {
  for (const auto& [ip, name] : parts_.host_names) host_names_.emplace(ip, name);
  for (const auto& [ip, service] : service_ips_) {
    host_names_.emplace(ip, service_host_name(parts_.services[service].name));
  }
  for (const auto& [ip, number] : pod_ips_) {
    const Pod& pod = parts_.pods[number];
    const bool served = !pod.services.empty();
    // Cluster DNS gives the pods of a service names below the service's own.
    std::string host =
        served ? service_host_name(parts_.services[pod.services.front()].name) : pod_host_name(pod);
    if (served) {
      std::string label = pod.ip;
      std::replace(label.begin(), label.end(), '.', '-');
      host = label + "." + host;
    }
    host_names_.emplace(ip, std::move(host));
  }
}

const Namespace* ClusterState::namespace_by_name(std::string_view name) const {
  return find(parts_.namespaces, namespace_names_, name);
}
const Service* ClusterState::service_by_id(std::string_view id) const {
  return find(parts_.services, service_ids_, id);
}
const Service* ClusterState::service_by_name(std::string_view name) const {
  return find(parts_.services, service_names_, name);
}
const Service* ClusterState::service_by_ip(std::string_view ip) const {
  return find(parts_.services, service_ips_, ip);
}
const Workload* ClusterState::deployment_by_id(std::string_view id) const {
  return find(parts_.deployments, deployment_ids_, id);
}
const Workload* ClusterState::deployment_by_name(std::string_view name) const {
  return find(parts_.deployments, deployment_names_, name);
}
const Workload* ClusterState::replica_set_by_id(std::string_view id) const {
  return find(parts_.replica_sets, replica_set_ids_, id);
}
const Workload* ClusterState::replica_set_by_name(std::string_view name) const {
  return find(parts_.replica_sets, replica_set_names_, name);
}
const Pod* ClusterState::pod_by_id(std::string_view id) const {
  return find(parts_.pods, pod_ids_, id);
}
const Pod* ClusterState::pod_by_name(std::string_view name) const {
  return find(parts_.pods, pod_names_, name);
}
const Pod* ClusterState::pod_by_ip(std::string_view ip) const {
  return find(parts_.pods, pod_ips_, ip);
}

const Pod* ClusterState::pod_by_ip(std::string_view ip, int64_t at_ns) const {
  const Pod* youngest = nullptr;
  const Pod* now = pod_by_ip(ip);
  if (now == nullptr || (now->life.start_ns <= at_ns && !now->life.is_over())) return now;
  for (const Pod& pod : parts_.pods) {
    if (pod.ip != ip || pod.life.start_ns > at_ns) continue;
    if (youngest == nullptr || pod.life.start_ns > youngest->life.start_ns) youngest = &pod;
  }
  return youngest;
}

const Container* ClusterState::container_by_id(std::string_view id) const {
  return find(parts_.containers, container_ids_, id);
}
const Container* ClusterState::container_by_name(std::string_view name) const {
  return find(parts_.containers, container_names_, name);
}

const Process* ClusterState::process(Uint128 upid) const {
  const auto found = upids_.find(upid);
  return found == upids_.end() ? nullptr : &parts_.processes[found->second];
}

const Node* ClusterState::node_by_asid(uint32_t asid) const {
  const auto found = asids_.find(asid);
  return found == asids_.end() ? nullptr : &parts_.nodes[found->second];
}

std::string_view ClusterState::host_name(std::string_view ip) const {
  const auto found = host_names_.find(ip);
  return found == host_names_.end() ? std::string_view() : std::string_view(found->second);
}

const Container* ClusterState::container_of(const Process& process) const {
  return process.container ? &parts_.containers[*process.container] : nullptr;
}

const Pod* ClusterState::pod_of(const Process& process) const {
  const Container* container = container_of(process);
  return container == nullptr ? nullptr : &pod_of(*container);
}

const Workload* ClusterState::replica_set_of(const Pod& pod) const {
  return pod.replica_set ? &parts_.replica_sets[*pod.replica_set] : nullptr;
}

const Workload* ClusterState::deployment_of(const Workload& replica_set) const {
  return replica_set.owner ? &parts_.deployments[*replica_set.owner] : nullptr;
}

const Workload* ClusterState::deployment_of(const Pod& pod) const {
  const Workload* replica_set = replica_set_of(pod);
  return replica_set == nullptr ? nullptr : deployment_of(*replica_set);
}

}  // namespace pxq::local
