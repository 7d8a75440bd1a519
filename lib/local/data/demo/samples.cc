#include "local/data/demo/samples.h"

#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <utility>
#include <vector>

#include "local/data/catalogue.h"
#include "local/data/demo/dice.h"
#include "local/data/demo/row_writer.h"
#include "local/data/demo/stacks.h"
#include "local/data/demo/usage.h"

namespace pxq::local::demo {
namespace {

/// A table with rows at every multiple of a step.
struct SampleKind {
  std::string_view table;
  int64_t step_ns;
  void (*write)(const World& world, int64_t time_ns, RowWriter& rows);
};

class SampleTable final : public TableSource {
 public:
  SampleTable(const SampleKind& kind, WorldPtr world) : kind_(kind), world_(std::move(world)) {}

  std::string_view name() const override { return kind_.table; }
  std::string_view description() const override { return catalogue_description(kind_.table); }
  const std::vector<ColumnInfo>& relation() const override {
    return catalogue_relation(kind_.table);
  }

  Status scan(const ScanRequest& request, RowReceiver& receiver) const override {
    const TimeWindow window = world_->window(request);
    RowWriter rows(relation(), request, receiver);
    const int64_t step = kind_.step_ns;
    const int64_t first = (window.start_ns - kOpening + step - 1) / step * step + kOpening;
    for (int64_t time = first; time <= window.end_ns && rows.wanted(); time += step) {
      kind_.write(*world_, time, rows);
    }
    rows.finish();
    return {};
  }

 private:
  const SampleKind& kind_;  // lives for ever
  const WorldPtr world_;
};

void write_process_stats(const World& world, int64_t time_ns, RowWriter& rows) {
  const Usage usage(world, time_ns);
  for (const ProcessUse& use : usage.processes()) {
    rows.add(Time64{time_ns}).add(use.upid).add(use.major_faults).add(use.minor_faults);
    rows.add(use.user_ns).add(use.kernel_ns).add(use.threads).add(use.virtual_bytes);
    rows.add(use.resident_bytes).add(use.read_calls).add(use.write_calls);
    rows.add(use.read_storage).add(use.write_storage);
  }
}

void write_network_stats(const World& world, int64_t time_ns, RowWriter& rows) {
  const Usage usage(world, time_ns);
  for (size_t pod = 0; pod < world.shop.pods().size(); ++pod) {
    const Exchanged& moved = usage.moved(pod);
    // A packet carries the half of a message here; its headers count too.
    const int64_t received = moved.received + moved.calls * 110;
    const int64_t sent = moved.sent + moved.calls * 110;
    rows.add(Time64{time_ns}).add(std::string_view(world.shop.pods()[pod].id));
    rows.add(received).add(moved.calls * 2 + received / 1400).add(int64_t{0});
    // One machine's card loses a packet now and then.
    rows.add(world.shop.pods()[pod].node == 1 ? moved.calls / 5000 : int64_t{0});
    rows.add(sent).add(moved.calls * 2 + sent / 1400).add(int64_t{0}).add(int64_t{0});
  }
}

int64_t protocol_number(Protocol protocol) {
  switch (protocol) {
    case Protocol::kHttp: return 1;
    case Protocol::kGrpc: return 2;
    case Protocol::kMysql: return 3;
    case Protocol::kCql: return 4;
    case Protocol::kPgsql: return 5;
    case Protocol::kDns: return 6;
    case Protocol::kRedis: return 7;
    case Protocol::kNats: return 8;
    case Protocol::kMongo: return 9;
    case Protocol::kKafka: return 10;
    case Protocol::kMux: return 11;
    case Protocol::kAmqp: return 12;
    case Protocol::kTls: return 13;
  }
  return 0;
}

/// Where a pair's other side is, as one side sees it.
struct Peer {
  std::string_view ip;
  int64_t port;
};

Peer peer_of(const World& world, const Traffic::Pair& pair, bool is_server) {
  const auto& pods = world.shop.pods();
  if (is_server) {
    // A server's peers lose their port, so that a client has one row.
    if (pair.client != Call::kNobody) return {pods[pair.client].ip, 0};
    return {world.shop.nodes()[pods[pair.server].node].ip, 0};
  }
  if (pair.server == Call::kNobody) return {"203.0.113.40", 443};
  return {pods[pair.server].ip, card(pair.server_tier).port};
}

/// What a process has exchanged with a peer since it started.
Exchanged since_start(const World& world, const Traffic::Pair& pair, size_t pod, int64_t time_ns,
                      uint64_t visit) {
  Exchanged sum = Traffic::before(pair, visit);
  if (world.shop.pods()[pod].tier != Tier::kShipping) return sum;
  return sum - world.traffic.until(pair, last_crash(time_ns) + kCrashPause);
}

void write_conn_stats(const World& world, int64_t time_ns, RowWriter& rows) {
  constexpr int64_t kInet = 2;
  constexpr int64_t kActive = 4;       // connections that stay open
  constexpr int64_t kCallsOfOne = 50;  // before a new one takes its place
  const uint64_t visit = world.traffic.visits_before(time_ns);
  for (const Traffic::Pair& pair : world.traffic.pairs()) {
    for (const bool server : {false, true}) {
      const size_t pod = server ? pair.server : pair.client;
      if (pod == Call::kNobody) continue;
      const ShopPod& own = world.shop.pods()[pod];
      if (own.tier == Tier::kShipping && time_ns - last_crash(time_ns) < kCrashPause) continue;
      const Exchanged moved = since_start(world, pair, pod, time_ns, visit);
      const Peer peer = peer_of(world, pair, server);
      const int64_t closed = moved.calls / kCallsOfOne;
      rows.add(Time64{time_ns}).add(world.shop.upid(own, time_ns)).add(peer.ip).add(peer.port);
      rows.add(server ? kServerRole : kClientRole).add(kInet).add(protocol_number(pair.protocol));
      rows.add(static_cast<uint8_t>(pair.server == Call::kNobody));
      rows.add(closed + kActive).add(closed).add(kActive);
      rows.add(server ? moved.received : moved.sent).add(server ? moved.sent : moved.received);
    }
  }
}

void write_tcp_stats(const World& world, int64_t time_ns, RowWriter& rows) {
  const uint64_t visit = world.traffic.visits_before(time_ns);
  for (const Traffic::Pair& pair : world.traffic.pairs()) {
    if (pair.client == Call::kNobody || pair.protocol == Protocol::kDns) continue;
    const ShopPod& own = world.shop.pods()[pair.client];
    if (own.tier == Tier::kShipping && time_ns - last_crash(time_ns) < kCrashPause) continue;
    const Exchanged moved = since_start(world, pair, pair.client, time_ns, visit);
    const Peer peer = peer_of(world, pair, false);
    const uint64_t port = dice(world.shop.seed(), 60, pair.client, pair.server, 0);
    rows.add(Time64{time_ns}).add(world.shop.upid(own, time_ns)).add(std::string_view(own.ip));
    rows.add(30000 + static_cast<int64_t>(port % 30000)).add(peer.ip).add(peer.port);
    rows.add(moved.sent).add(moved.received);
    // What leaves the cluster is lost more often.
    rows.add(moved.calls / (pair.server == Call::kNobody ? 40 : 4000));
  }
}

void write_jvm_stats(const World& world, int64_t time_ns, RowWriter& rows) {
  const Usage usage(world, time_ns);
  for (const ProcessUse& use : usage.processes()) {
    if (use.java == nullptr) continue;
    const int64_t total = use.java->maximum * 3 / 4;
    rows.add(Time64{time_ns}).add(use.upid).add(use.java->young_ns).add(use.java->full_ns);
    rows.add(use.java->used).add(std::max(total, use.java->used)).add(use.java->maximum);
  }
}

void write_stacks(const World& world, int64_t time_ns, RowWriter& rows) {
  const Usage usage(world, time_ns);
  for (const ProcessUse& use : usage.processes()) {
    for (const StackSample& sample : stack_samples(world.shop.seed(), use, time_ns)) {
      rows.add(Time64{time_ns}).add(use.upid).add(sample.id).add(sample.stack).add(sample.count);
    }
  }
}

void write_exits(const World& world, int64_t time_ns, RowWriter& rows) {
  constexpr int64_t kKilled = 9;
  const ShopPod& pod = world.shop.pods()[world.shop.pod(Tier::kShipping, 0)];
  const Uint128 ended = world.shop.upid(pod, time_ns - kSecond);
  rows.add(Time64{time_ns}).add(ended).add(int64_t{0}).add(kKilled).add(std::string_view("java"));
}

/// The process of an agent on a node, which is not in a pod of the shop.
Uint128 agent_upid(const Node& node) {
  return {static_cast<uint64_t>(node.asid) << 32 | 900, 4200};
}

constexpr auto kCollectors = std::to_array<std::string_view>(
    {"socket_tracer", "perf_profiler", "process_stats", "network_stats", "jvm_stats"});

void write_errors(const World& world, int64_t time_ns, RowWriter& rows) {
  for (const Node& node : world.shop.nodes()) {
    if (node.is_kelvin) continue;
    for (const std::string_view collector : kCollectors) {
      const bool failed = !node.has_kernel_headers && collector == "perf_profiler";
      rows.add(Time64{time_ns}).add(agent_upid(node)).add(collector).add(int64_t{failed ? 13 : 0});
      rows.add(std::string_view(failed ? "no kernel headers were found" : ""));
      rows.add(std::string_view("Init"));
    }
  }
}

void write_probes(const World& world, int64_t time_ns, RowWriter& rows) {
  for (const Node& node : world.shop.nodes()) {
    if (node.is_kelvin) continue;
    const bool failed = !node.has_kernel_headers;
    rows.add(Time64{time_ns}).add(agent_upid(node)).add(std::string_view("socket_tracer"));
    rows.add(std::string_view("openssl_trace")).add(int64_t{failed ? 13 : 0});
    rows.add(std::string_view(failed ? "no kernel headers were found" : ""));
    rows.add(std::string_view(R"({"probes":12})"));
  }
}

constexpr SampleKind kKinds[] = {
    {"process_stats", kSecond, write_process_stats},
    {"network_stats", kSecond, write_network_stats},
    {"conn_stats", 5 * kSecond, write_conn_stats},
    {"tcp_stats_events", 5 * kSecond, write_tcp_stats},
    {"jvm_stats", kSecond, write_jvm_stats},
    {"stack_traces.beta", 10 * kSecond, write_stacks},
    {"proc_exit_events", kCrashPeriod, write_exits},
    {"stirling_error", kMinute, write_errors},
    {"probe_status", kMinute, write_probes},
};

}  // namespace

void add_sample_tables(TableSet& tables, const WorldPtr& world) {
  for (const SampleKind& kind : kKinds) tables.add(std::make_unique<SampleTable>(kind, world));
}

}  // namespace pxq::local::demo
