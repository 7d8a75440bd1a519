#include <sys/socket.h>

#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "local/data/host/connection.h"
#include "local/data/host/host.h"
#include "local/data/host/network_namespace.h"
#include "local/data/host/process.h"
#include "local/data/host/saturation.h"
#include "local/data/row_builder.h"
#include "local/data/sampled_table.h"

namespace pxq::local {
namespace {

constexpr int64_t kClient = 1;  // Pixie's numbers of trace_role
constexpr int64_t kServer = 2;
constexpr int64_t kUnknownProtocol = 0;

const std::vector<ColumnInfo>& connection_relation() {
  constexpr SemanticType kPlain = SemanticType::kNone;
  constexpr SemanticType kBytes = SemanticType::kBytes;
  static const std::vector<ColumnInfo> relation{
      {"time_", DataType::kTime64Ns, kPlain, "When the sample was taken"},
      {"upid", DataType::kUint128, SemanticType::kUpid, "The process"},
      {"remote_addr", DataType::kString, SemanticType::kIpAddress, "The peer's address"},
      {"remote_port", DataType::kInt64, SemanticType::kPort, "The peer's port; 0 for a server"},
      {"trace_role", DataType::kInt64, kPlain, "1 the process is the client, 2 the server"},
      {"addr_family", DataType::kInt64, kPlain, "2 IPv4, 10 IPv6"},
      {"protocol", DataType::kInt64, kPlain, "0, unknown"},
      {"ssl", DataType::kBoolean, kPlain, "Whether TLS was seen: never looked at here"},
      {"conn_open", DataType::kInt64, kPlain, "Connections opened, of those still open"},
      {"conn_close", DataType::kInt64, kPlain, "Connections closed: not seen here"},
      {"conn_active", DataType::kInt64, kPlain, "Connections open at this moment"},
      {"bytes_sent", DataType::kInt64, kBytes, "Bytes sent over the open connections"},
      {"bytes_recv", DataType::kInt64, kBytes, "Bytes received over the open connections"},
  };
  return relation;
}

/// What the rows are about: process, role, family, peer.
struct Peer {
  uint32_t pid;
  int64_t role;
  int64_t family;
  std::string address;
  int64_t port;

  bool operator<(const Peer& other) const {
    return std::tie(pid, role, family, address, port) <
           std::tie(other.pid, other.role, other.family, other.address, other.port);
  }
};

struct Totals {
  int64_t connections = 0;
  TrafficBytes bytes;
};

class ConnStats final : public SampledTable {
 public:
  ConnStats(std::string proc, std::function<SocketTraffic()> traffic)
      : proc_(std::move(proc)), traffic_(std::move(traffic)) {}

  std::string_view name() const override { return "conn_stats"; }
  std::string_view description() const override {
    return "The open connections of this host's processes, by peer";
  }
  const std::vector<ColumnInfo>& relation() const override { return connection_relation(); }

  Result<RowBatch> sample(FunctionContext& context) const override {
    const Result<std::vector<NetworkNamespace>> namespaces = network_namespaces(proc_);
    if (!namespaces.ok()) return namespaces.status();
    const Result<std::vector<uint32_t>> pids = proc_.pids();
    if (!pids.ok()) return pids.status();
    const std::vector<Connection> connections = find_connections(proc_, *namespaces);
    return make_batch(sum_by_peer(connections, find_owners(proc_, *pids, connections)), context);
  }

 private:
  using Peers = std::map<Peer, Totals>;

  Peers sum_by_peer(std::span<const Connection> connections,
                    const std::unordered_map<uint64_t, uint32_t>& owners) const {
    Peers peers;
    if (owners.empty()) return peers;
    const SocketTraffic traffic = traffic_();
    for (const auto& [socket, server] : connections) {
      const auto owner = owners.find(socket.inode);
      if (owner == owners.end()) continue;
      const int64_t family = socket.remote.v6 ? AF_INET6 : AF_INET;
      // As in Pixie, a server's peers lose their port, so that a client has one row.
      Totals& totals = peers[{owner->second, server ? kServer : kClient, family,
                              socket.remote.text(), server ? 0 : socket.remote_port}];
      ++totals.connections;
      if (const auto bytes = traffic.find(socket.inode); bytes != traffic.end()) {
        totals.bytes.sent = saturating_add(totals.bytes.sent, bytes->second.sent);
        totals.bytes.received = saturating_add(totals.bytes.received, bytes->second.received);
      }
    }
    return peers;
  }

  RowBatch make_batch(const Peers& peers, FunctionContext& context) const {
    RowBuilder rows{relation()};
    const Time64 now{sample_time(context)};
    std::map<uint32_t, std::optional<ProcessStat>> processes;
    for (const auto& [peer, totals] : peers) {
      const auto [process, is_new] = processes.try_emplace(peer.pid);
      if (is_new) process->second = read_process_stat(proc_, peer.pid);
      if (!process->second) continue;  // ended meanwhile
      rows.add(now)
          .add(make_upid(context.asid, peer.pid, process->second->start_ticks))
          .add(context.strings->keep(std::string_view{peer.address}));
      rows.add(peer.port).add(peer.role).add(peer.family).add(kUnknownProtocol).add(uint8_t{0});
      rows.add(totals.connections).add(int64_t{0}).add(totals.connections);
      rows.add(totals.bytes.sent).add(totals.bytes.received);
    }
    return std::move(rows).finish();
  }

  const ProcDirectory proc_;
  const std::function<SocketTraffic()> traffic_;
};

}  // namespace

std::unique_ptr<TableSource> conn_stats_table(std::string proc,
                                              std::function<SocketTraffic()> traffic) {
  return std::make_unique<ConnStats>(std::move(proc), std::move(traffic));
}

}  // namespace pxq::local
