#include "connect/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "base/letter_case.h"
#include "connect/key_memory.h"
#include "file/path_template.h"
#include "local/data/data_set.h"
#include "text/visible.h"
#include "wire/envelope.h"

namespace pxq {
namespace {

// Of all runs over the connection, which tell on stderr what happens to them.
constexpr std::string_view kDefaultCloudNote =
    ", the default cloud, as none is named; --cloud or PX_CLOUD_ADDR names another";

void set_run(const Target& target, Context& context, Connection& connection) {
  connection.events = std::make_unique<RunConsole>(context, target.limits.held);
  wire::RunOptions& options = connection.run;
  options.events = connection.events.get();
  options.limits = target.limits;
  options.stop = context.stop();
  options.retry.retries = target.retries;
}

std::string protection(const wire::Endpoint& endpoint) {
  if (endpoint.kind == wire::Endpoint::Kind::kUnix) return "a socket of this machine";
  if (endpoint.plaintext) return "plain text";
  const std::string roots = endpoint.tls.ca_file.empty()
                                ? "the system's roots"
                                : fmt::format("the CA of {}", endpoint.tls.ca_file);
  return endpoint.tls.server_name.empty()
             ? fmt::format("TLS with {}", roots)
             : fmt::format("TLS with {} for {}", roots, endpoint.tls.server_name);
}

// What -v tells of the way to the server, before it is gone.
void tell_target(const Target& target, Context& context) {
  if (!context.console.verbose()) return;
  const bool cloud = target.kind == Target::Kind::kCloud;
  const auto tell = [&](const std::string& text) { context.console.line(visible(text)); };
  tell(fmt::format("{} {}{}: {}", cloud ? "cloud" : "Vizier", target.endpoint.text(),
                   target.is_default_cloud ? " (the default)" : "", protection(target.endpoint)));
  tell(target.credentials.key.empty() ? "no key is sent"
                                      : fmt::format("key of {}", target.credentials.origin));
  tell(target.encrypt ? "rows encrypted from the Vizier to here"
                      : "rows not encrypted beyond that");
}

HintScope scope_of(const local::DataSet& data) {
  std::vector<HintScope::Table> tables;
  for (const auto& table : data.tables.all()) {
    HintScope::Table& known = tables.emplace_back();
    known.name = table->name();
    for (const ColumnInfo& column : table->relation()) known.columns.push_back(column.name);
  }
  return {.local_tables = std::move(tables), .data = data.name};
}

// To stop it is to wait for gRPC's threads, also for one that could not be started: the last one is
// left to the end of the process.
std::shared_ptr<local::Server> keep_last(std::unique_ptr<local::Server> server) {
  static auto& last = *new std::shared_ptr<local::Server>;
  last = std::move(server);
  return last;
}

Result<Connection> open_local(const Target& target, Context& context) {
  Result<local::DataSet> data = local::open_data_set(target.local, target.at_ns);
  if (!data.ok()) return data.status();
  context.console.set_hint_scope(scope_of(*data));
  for (const std::string& note : data->notes) context.console.warning(visible(note));
  const std::shared_ptr<local::StateGap> gap = data->gap;
  Result<std::unique_ptr<local::Server>> server = local::Server::start(*std::move(data));
  if (!server.ok()) return server.status();
  Connection connection;
  connection.local = keep_last(*std::move(server));
  connection.peer = {connection.local->channel(), "the local Vizier", {}};
  set_run(target, context, connection);
  connection.events->watch(gap);
  return connection;
}

void tell_degraded(const wire::Cluster& cluster, Context& context) {
  if (cluster.state != wire::ClusterState::kDegraded) return;
  context.console.warning(fmt::format(
      "cluster '{}' is degraded{}{}: rows of some nodes may be missing", cluster.title(),
      cluster.state_message.empty() ? "" : ", ", cluster.state_message));
}

Status choose(const Target& target, Connection& connection, Context& context) {
  const TimePoint start = MonotonicClock::now();
  const Result<std::vector<wire::Cluster>> all =
      wire::list_clusters(connection.peer, connection.call_options());
  if (!all.ok()) return all.status();
  const Result<wire::Cluster> cluster = wire::choose_cluster(*all, target.cluster);
  if (!cluster.ok()) return cluster.status();
  if (Status status = wire::check_health(*cluster, *all); !status.ok()) return status;
  tell_degraded(*cluster, context);
  connection.cluster_id = cluster->id;
  connection.cluster = cluster->title();
  connection.vizier_version = cluster->vizier_version;
  context.console.line(fmt::format("cluster {} ({})", visible(cluster->title()), cluster->id));
  spend(MonotonicClock::now() - start, connection.run.limits);
  return {};
}

// Closing gRPC's last channel winds up its threads: that takes longer than a short query, and never
// ends where one of them could not be started. The kernel closes it as well when the process ends.
void keep_for_good(const std::shared_ptr<grpc::Channel>& channel) {
  static auto& kept = *new std::vector<std::shared_ptr<grpc::Channel>>;
  kept.push_back(channel);
}

// A Vizier that is known to refuse elliptic curves is asked with RSA at once.
std::shared_ptr<wire::Envelope> make_envelope(const Target& target, const std::string& vizier,
                                              const std::string& version) {
  const KeyMemory memory(vizier, version);
  const bool any = target.key_choice == wire::KeyChoice::kAny;
  auto envelope = std::make_shared<wire::Envelope>(any && memory.wants_rsa() ? wire::KeyChoice::kRsa
                                                                             : target.key_choice);
  envelope->when_fallen_back([memory] { memory.remember_rsa(); });
  return envelope;
}

// Who refuses a key names the variable that holds the key of such a target, and whether one went.
std::string key_advice(const Target& target) {
  const bool cloud = target.kind == Target::Kind::kCloud;
  const std::string_view variable = cloud ? "PX_API_KEY" : "PX_DIRECT_VIZIER_KEY";
  if (target.credentials.key.empty()) {
    return fmt::format("no key was sent: set {}, or name a file with --key-file", variable);
  }
  if (!cloud) return fmt::format("the key of {} was sent: check it", target.credentials.origin);
  return fmt::format("the key of {} was sent: check it, and whether it is one of {}{}",
                     target.credentials.origin, target.endpoint.host,
                     target.is_default_cloud ? kDefaultCloudNote : std::string_view());
}

std::string name_advice(const Target& target) {
  if (!target.is_default_cloud) return {};
  return fmt::format("is there a network? {} is{}", target.endpoint.host,
                     kDefaultCloudNote.substr(1));
}

// Two clusters of one name, also on a file system that does not tell letters' cases apart, would
// have one file and rows that nobody can part.
void set_labels(std::vector<FleetMember>& members) {
  std::map<std::string, size_t> uses;
  const auto key = [](const FleetMember& one) {
    return lower_case(path_safe(one.cluster.title()));
  };
  for (const FleetMember& one : members) ++uses[key(one)];
  for (FleetMember& one : members) {
    const std::string& title = one.cluster.title();
    one.label = title.empty()            ? one.cluster.id
                : uses.at(key(one)) == 1 ? title
                                         : title + "@" + one.cluster.id;
  }
}

}  // namespace

void spend(Duration used, wire::TimeLimits& limits) {
  if (limits.total == Duration::zero()) return;
  limits.total = std::max<Duration>(limits.total - used, std::chrono::milliseconds(1));
}

Result<wire::Peer> open_peer(const Target& target) {
  auto channel = wire::make_channel(target.endpoint, target.max_message);
  if (!channel.ok()) return channel.status();
  wire::start_connecting(**channel);
  keep_for_good(*channel);
  return wire::Peer{*std::move(channel),
                    target.endpoint.text(),
                    wire::metadata_of(target.credentials),
                    {key_advice(target), name_advice(target)}};
}

Result<Connection> open_cloud(const Target& target, Context& context) {
  Connection connection;
  set_run(target, context, connection);
  Result<wire::Peer> peer = open_peer(target);
  if (!peer.ok()) return peer.status();
  connection.peer = *std::move(peer);
  return connection;
}

Result<Connection> open_connection(const TargetOptions& options, Context& context) {
  const Result<Target> target = resolve_target(options);
  return target.ok() ? open_connection(*target, context) : target.status();
}

Result<Connection> open_connection(const Target& target, Context& context) {
  if (target.kind == Target::Kind::kLocal) {
    if (context.console.verbose()) {
      context.console.line(fmt::format("the local Vizier on {}", visible(target.local)));
    }
    return open_local(target, context);
  }
  tell_target(target, context);
  Result<Connection> connection = open_cloud(target, context);
  if (!connection.ok()) return connection;
  connection->exposed = target.endpoint.plaintext && !target.endpoint.is_loopback();
  if (target.kind == Target::Kind::kCloud) {
    if (Status status = choose(target, *connection, context); !status.ok()) return status;
  }
  if (target.encrypt) {
    connection->run.envelope =
        make_envelope(target, connection->peer.address + " " + connection->cluster_id,
                      connection->vizier_version);
  }
  return connection;
}

Result<Fleet> open_fleet(const Target& target, Context& context) {
  tell_target(target, context);
  Result<Connection> cloud = open_cloud(target, context);
  if (!cloud.ok()) return cloud.status();
  const TimePoint start = MonotonicClock::now();
  const Result<std::vector<wire::Cluster>> all =
      wire::list_clusters(cloud->peer, cloud->call_options());
  if (!all.ok()) return all.status();
  Result<std::vector<wire::Cluster>> chosen = wire::choose_clusters(*all, target.fleet);
  if (!chosen.ok()) return chosen.status();
  Fleet fleet{*std::move(cloud), {}};
  fleet.cloud.exposed = target.endpoint.plaintext && !target.endpoint.is_loopback();
  for (wire::Cluster& cluster : *chosen) {
    FleetMember& member = fleet.members.emplace_back();
    member.health = wire::check_health(cluster, *all);
    if (member.health.ok()) tell_degraded(cluster, context);
    if (target.encrypt) {
      member.envelope = make_envelope(target, fleet.cloud.peer.address + " " + cluster.id,
                                      cluster.vizier_version);
    }
    member.cluster = std::move(cluster);
  }
  set_labels(fleet.members);
  context.console.line(
      fmt::format("{} clusters of {}", fleet.members.size(), visible(fleet.cloud.peer.address)));
  spend(MonotonicClock::now() - start, fleet.cloud.run.limits);
  return fleet;
}

}  // namespace pxq
