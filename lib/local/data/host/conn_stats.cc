#include <sys/socket.h>

#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "local/data/host/connection.h"
#include "local/data/host/host.h"
#include "local/data/host/network_namespace.h"
#include "local/data/host/peer_ledger.h"
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
      {"conn_open", DataType::kInt64, kPlain, "Connections opened, of those that were seen"},
      {"conn_close", DataType::kInt64, kPlain, "Connections that were seen, and closed since"},
      {"conn_active", DataType::kInt64, kPlain, "Connections open at this moment"},
      {"bytes_sent", DataType::kInt64, kBytes, "Bytes sent over the connections that were seen"},
      {"bytes_recv", DataType::kInt64, kBytes,
       "Bytes received over the connections that were seen"},
  };
  return relation;
}

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
    const std::vector<OpenConnection> open = find_open(*namespaces, *pids);
    const Time64 now{sample_time(context)};
    const std::lock_guard lock(mutex_);
    ledger_.enter(open, now.ns);
    return make_batch(now, context);
  }

 private:
  std::vector<OpenConnection> find_open(std::span<const NetworkNamespace> namespaces,
                                        std::span<const uint32_t> pids) const {
    const std::vector<Connection> connections = find_connections(proc_, namespaces);
    const auto owners = find_owners(proc_, pids, connections);
    std::vector<OpenConnection> open;
    if (owners.empty()) return open;
    const SocketTraffic traffic = traffic_();
    std::map<uint32_t, std::optional<ProcessStat>> processes;
    for (const auto& [socket, server] : connections) {
      const auto owner = owners.find(socket.inode);
      if (owner == owners.end()) continue;
      const auto [process, is_new] = processes.try_emplace(owner->second);
      if (is_new) process->second = read_process_stat(proc_, owner->second);
      if (!process->second) continue;  // ended meanwhile
      const int64_t family = socket.remote.v6 ? AF_INET6 : AF_INET;
      const auto bytes = traffic.find(socket.inode);
      // As in Pixie, a server's peers lose their port, so that a client has one row.
      open.push_back({socket.inode,
                      {owner->second, process->second->start_ticks, server ? kServer : kClient,
                       family, socket.remote.text(), server ? 0 : socket.remote_port},
                      bytes == traffic.end() ? std::nullopt : std::optional(bytes->second)});
    }
    return open;
  }

  RowBatch make_batch(Time64 now, FunctionContext& context) const {
    RowBuilder rows{relation()};
    for (const auto& [peer, totals] : ledger_.peers()) {
      if (!PeerLedger::is_told(totals, now.ns)) continue;
      rows.add(now)
          .add(make_upid(context.asid, peer.pid, peer.start_ticks))
          .add(context.strings->keep(std::string_view{peer.address}));
      rows.add(peer.port).add(peer.role).add(peer.family).add(kUnknownProtocol).add(uint8_t{0});
      rows.add(totals.opened).add(totals.closed).add(totals.active());
      rows.add(totals.bytes.sent).add(totals.bytes.received);
    }
    return std::move(rows).finish();
  }

  const ProcDirectory proc_;
  const std::function<SocketTraffic()> traffic_;
  mutable std::mutex mutex_;
  mutable PeerLedger ledger_;  // of all readings so far
};

}  // namespace

std::unique_ptr<TableSource> conn_stats_table(std::string proc,
                                              std::function<SocketTraffic()> traffic) {
  return std::make_unique<ConnStats>(std::move(proc), std::move(traffic));
}

}  // namespace pxq::local
