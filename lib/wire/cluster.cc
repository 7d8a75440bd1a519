#include "wire/cluster.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "base/letter_case.h"
#include "base/suggest.h"
#include "cloudapi.pb.h"
#include "wire/wire_reader.h"

namespace pxq::wire {
namespace {

namespace pb = px::cloudapi;

constexpr const char* kGetClusterInfo = "/px.cloudapi.VizierClusterInfo/GetClusterInfo";
// Far more than an organisation has. It bounds what a hostile answer can make the parser allocate.
constexpr size_t kMostClusters = 100'000;
constexpr size_t kMostNamed = 10;  // of candidates in a message

std::string uuid_text(const px::uuidpb::UUID& id) {
  const uint64_t high = id.high_bits();
  const uint64_t low = id.low_bits();
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffffffffffff);
}

Cluster to_cluster(const pb::ClusterInfo& from) {
  Cluster cluster;
  cluster.id = uuid_text(from.id());
  cluster.name = from.cluster_name();
  cluster.pretty_name = from.pretty_cluster_name();
  cluster.state = static_cast<ClusterState>(from.status());
  cluster.state_message = from.status_message();
  cluster.vizier_version = from.vizier_version();
  cluster.cluster_version = from.cluster_version();
  cluster.nodes = from.num_nodes();
  cluster.instrumented_nodes = from.num_instrumented_nodes();
  // -1 stands for a cluster that has never sent a heartbeat (docs/wire.md, Clusters).
  if (from.last_heartbeat_ns() >= 0) cluster.heartbeat_age = Duration(from.last_heartbeat_ns());
  return cluster;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

// Long and of an id's letters only: a slip in an id rather than a name.
bool looks_like_uuid(std::string_view text) {
  // 24 is two thirds of an id's 36 characters: an id that lost some is still recognised, and few
  // names are that long without a letter beyond f.
  return text.size() >= 24 &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_hex(c) || c == '-'; });
}

bool takes_scripts(const Cluster& cluster) {
  return cluster.state == ClusterState::kHealthy || cluster.state == ClusterState::kDegraded;
}

using Candidates = std::vector<const Cluster*>;

std::string listed(const Candidates& candidates, bool with_id) {
  std::string text;
  for (size_t i = 0; i < candidates.size() && i < kMostNamed; ++i) {
    const Cluster& one = *candidates[i];
    text += fmt::format("{}{}{} ({})", i == 0 ? "" : ", ", one.title(), with_id ? " " + one.id : "",
                        cluster_state_name(one.state));
  }
  if (candidates.size() > kMostNamed) {
    text += fmt::format(" and {} more", candidates.size() - kMostNamed);
  }
  return text;
}

template <typename Test>
Candidates those(const std::vector<Cluster>& all, Test test) {
  Candidates found;
  for (const Cluster& cluster : all) {
    if (test(cluster)) found.push_back(&cluster);
  }
  return found;
}

std::string known_text(const std::vector<Cluster>& all) {
  return fmt::format("the clusters are {}",
                     listed(those(all, [](const Cluster&) { return true; }), false));
}

Status unknown(const std::vector<Cluster>& all, std::string_view wanted) {
  std::vector<std::string> names;
  for (const Cluster& cluster : all) {
    names.push_back(cluster.name);
    names.push_back(cluster.pretty_name);
  }
  const std::string near = did_you_mean(wanted, names);
  const std::string known = known_text(all);
  if (is_glob(wanted)) {
    return {Code::kUsage, fmt::format("no cluster '{}'", wanted),
            "`pxq run` and `pxq export` take a glob, which may mean several; " + known};
  }
  return {Code::kUsage, fmt::format("no cluster '{}'", wanted),
          near.empty() ? known : fmt::format("{} {}", near, known)};
}

Result<Cluster> the_only_healthy(const std::vector<Cluster>& all) {
  const Candidates healthy = those(all, takes_scripts);
  if (healthy.size() == 1) return *healthy.front();
  if (healthy.empty()) {
    return Status(Code::kServer,
                  fmt::format("no cluster is healthy: {}",
                              listed(those(all, [](const Cluster&) { return true; }), false)))
        .with_retryable(true);
  }
  return Status(Code::kUsage, "more than one cluster is healthy and none is named",
                fmt::format("-c NAME, one of {}", listed(healthy, false)));
}

bool matches(const std::string& glob, const Cluster& cluster) {
  // The pretty name is made up anew by the cloud, so it counts where there is no other.
  return ::fnmatch(glob.c_str(), cluster.title().c_str(), FNM_NOESCAPE) == 0;
}

Status without_id(const Cluster& cluster) {
  return {Code::kIncomplete, fmt::format("the cloud gives cluster '{}' no id", cluster.title())};
}

std::string age_text(const std::optional<Duration>& age) {
  if (!age) return "it never sent a heartbeat";
  return fmt::format("last heartbeat {} s ago",
                     std::chrono::duration_cast<std::chrono::seconds>(*age).count());
}

}  // namespace

std::string cluster_state_name(ClusterState state) {
  switch (state) {
    case ClusterState::kUnknown: return "unknown";
    case ClusterState::kHealthy: return "healthy";
    case ClusterState::kUnhealthy: return "unhealthy";
    case ClusterState::kDisconnected: return "disconnected";
    case ClusterState::kUpdating: return "updating";
    case ClusterState::kConnected: return "connected";
    case ClusterState::kUpdateFailed: return "update failed";
    case ClusterState::kDegraded: return "degraded";
  }
  return fmt::format("state {}", static_cast<int32_t>(state));
}

Result<std::vector<Cluster>> list_clusters(const Peer& cloud, const CallOptions& options) {
  Result<std::string> reply =
      call_once(cloud, kGetClusterInfo, pb::GetClusterInfoRequest(), options);
  if (!reply.ok()) return reply.status();
  // Counted in the raw bytes, since the generated class allocates for every entry before anybody
  // could ask how many there are.
  if (count_fields(*reply, pb::GetClusterInfoResponse::kClustersFieldNumber) > kMostClusters) {
    return Status(Code::kLimit,
                  fmt::format("the cloud lists more than {} clusters", kMostClusters));
  }
  pb::GetClusterInfoResponse response;
  if (!response.ParseFromString(*reply)) {
    return Status(Code::kIncomplete, "the cloud sent a malformed message (list of clusters)");
  }
  std::vector<Cluster> clusters;
  for (const pb::ClusterInfo& one : response.clusters()) clusters.push_back(to_cluster(one));
  return clusters;
}

Result<Cluster> choose_cluster(const std::vector<Cluster>& all, std::string_view wanted) {
  if (all.empty()) {
    return Status(Code::kUsage, "the cloud lists no cluster for this key",
                  "check the key and the organisation it belongs to");
  }
  if (wanted.empty()) return the_only_healthy(all);
  Candidates found = those(all, [&](const Cluster& one) { return one.id == lower_case(wanted); });
  if (found.empty()) {
    found = those(
        all, [&](const Cluster& one) { return one.name == wanted || one.pretty_name == wanted; });
  }
  if (found.size() == 1 && found.front()->id == uuid_text({})) return without_id(*found.front());
  if (found.size() == 1) return *found.front();
  if (found.size() > 1) {
    return Status(Code::kUsage, fmt::format("{} clusters are named '{}'", found.size(), wanted),
                  fmt::format("-c ID, one of {}", listed(found, true)));
  }
  if (looks_like_uuid(wanted) && !is_uuid(wanted)) {
    return Status(Code::kUsage, fmt::format("'{}' is not a cluster id", wanted),
                  "an id is 32 hexadecimal digits in groups of 8-4-4-4-12; " + known_text(all));
  }
  return unknown(all, wanted);
}

bool is_cluster_id(std::string_view wanted) { return is_uuid(wanted); }

bool is_glob(std::string_view wanted) {
  return wanted.find_first_of("*?[") != std::string_view::npos;
}

Result<std::vector<Cluster>> choose_clusters(const std::vector<Cluster>& all,
                                             const std::vector<std::string>& wanted) {
  std::vector<Cluster> chosen;
  const auto add = [&](const Cluster& one) {
    // Of clusters without an id nobody knows whether they are one.
    const bool known =
        one.id != uuid_text({}) &&
        std::ranges::any_of(chosen, [&](const Cluster& other) { return other.id == one.id; });
    if (!known) chosen.push_back(one);
  };
  for (const std::string& word : wanted) {
    Result<Cluster> exact = choose_cluster(all, word);
    if (exact.ok()) add(*exact);
    if (exact.ok()) continue;
    if (!is_glob(word) || all.empty()) return exact.status();
    Candidates found = those(all, [&](const Cluster& one) { return matches(word, one); });
    if (found.empty()) {
      return Status(Code::kUsage, fmt::format("no cluster matches '{}'", word), known_text(all));
    }
    std::ranges::stable_sort(found, {}, [](const Cluster* one) { return one->title(); });
    for (const Cluster* one : found) add(*one);
  }
  return chosen;
}

Status check_health(const Cluster& cluster, const std::vector<Cluster>& all) {
  if (cluster.id == uuid_text({})) return without_id(cluster);
  if (takes_scripts(cluster)) return {};
  const Candidates others = those(all, takes_scripts);
  const std::string why =
      cluster.state_message.empty() ? std::string() : fmt::format(": {}", cluster.state_message);
  return Status(
             Code::kServer,
             fmt::format("cluster '{}' is {} ({}){}", cluster.title(),
                         cluster_state_name(cluster.state), age_text(cluster.heartbeat_age), why),
             others.empty()
                 ? "no cluster takes scripts now; kubectl shows the pods of Pixie's namespace"
                 : fmt::format(
                       "kubectl shows the pods of Pixie's namespace; scripts are taken by {}",
                       listed(others, false)))
      .with_retryable(cluster.state != ClusterState::kDisconnected);
}

}  // namespace pxq::wire
