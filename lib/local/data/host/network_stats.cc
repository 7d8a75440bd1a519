#include <utility>

#include "local/data/host/host.h"
#include "local/data/host/network_device.h"
#include "local/data/host/network_namespace.h"
#include "local/data/row_builder.h"
#include "local/data/sampled_table.h"

namespace pxq::local {
namespace {

const std::vector<ColumnInfo>& network_relation() {
  constexpr SemanticType kPlain = SemanticType::kNone;
  constexpr SemanticType kBytes = SemanticType::kBytes;
  static const std::vector<ColumnInfo> relation{
      {"time_", DataType::kTime64Ns, kPlain, "When the sample was taken"},
      {"pod_id", DataType::kString, kPlain, "The network namespace: host, or netns-INODE"},
      {"rx_bytes", DataType::kInt64, kBytes, "Bytes received"},
      {"rx_packets", DataType::kInt64, kPlain, "Packets received"},
      {"rx_errors", DataType::kInt64, kPlain, "Errors while receiving"},
      {"rx_drops", DataType::kInt64, kPlain, "Packets dropped while receiving"},
      {"tx_bytes", DataType::kInt64, kBytes, "Bytes sent"},
      {"tx_packets", DataType::kInt64, kPlain, "Packets sent"},
      {"tx_errors", DataType::kInt64, kPlain, "Errors while sending"},
      {"tx_drops", DataType::kInt64, kPlain, "Packets dropped while sending"},
  };
  return relation;
}

class NetworkStats final : public SampledTable {
 public:
  explicit NetworkStats(std::string proc) : proc_(std::move(proc)) {}

  std::string_view name() const override { return "network_stats"; }
  std::string_view description() const override {
    return "Network traffic of this host, by network namespace";
  }
  const std::vector<ColumnInfo>& relation() const override { return network_relation(); }

  Result<RowBatch> sample(FunctionContext& context) const override {
    const Result<std::vector<NetworkNamespace>> namespaces = network_namespaces(proc_);
    if (!namespaces.ok()) return namespaces.status();
    RowBuilder rows{relation()};
    const Time64 now{sample_time(context)};
    for (const NetworkNamespace& place : *namespaces) {
      const std::optional<std::string> devices = place.read(proc_, "dev");
      if (!devices) continue;
      rows.add(now).add(context.strings->keep(std::string_view{place.id}));
      for (const int64_t value : sum_network_devices(*devices)) rows.add(value);
    }
    return std::move(rows).finish();
  }

 private:
  const ProcDirectory proc_;
};

}  // namespace

std::unique_ptr<TableSource> network_stats_table(std::string proc) {
  return std::make_unique<NetworkStats>(std::move(proc));
}

}  // namespace pxq::local
