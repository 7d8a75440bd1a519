#include <unistd.h>

#include <utility>

#include "local/data/host/host.h"
#include "local/data/host/process.h"
#include "local/data/host/saturation.h"
#include "local/data/row_builder.h"
#include "local/data/sampled_table.h"

namespace pxq::local {
namespace {

constexpr SemanticType kPlain = SemanticType::kNone;
constexpr SemanticType kBytes = SemanticType::kBytes;
constexpr SemanticType kDuration = SemanticType::kDurationNs;

const std::vector<ColumnInfo>& process_relation() {
  static const std::vector<ColumnInfo> relation{
      {"time_", DataType::kTime64Ns, kPlain, "When the sample was taken"},
      {"upid", DataType::kUint128, SemanticType::kUpid, "The process"},
      {"major_faults", DataType::kInt64, kPlain, "Page faults that had to read from storage"},
      {"minor_faults", DataType::kInt64, kPlain, "Page faults served from memory"},
      {"cpu_utime_ns", DataType::kInt64, kDuration, "CPU time spent in user code"},
      {"cpu_ktime_ns", DataType::kInt64, kDuration, "CPU time spent in the kernel"},
      {"num_threads", DataType::kInt64, kPlain, "Threads at this moment"},
      {"vsize_bytes", DataType::kInt64, kBytes, "Virtual memory"},
      {"rss_bytes", DataType::kInt64, kBytes, "Memory in RAM"},
      {"rchar_bytes", DataType::kInt64, kBytes, "Bytes that read calls returned"},
      {"wchar_bytes", DataType::kInt64, kBytes, "Bytes that write calls took"},
      {"read_bytes", DataType::kInt64, kBytes, "Bytes fetched from storage"},
      {"write_bytes", DataType::kInt64, kBytes, "Bytes sent to storage"},
  };
  return relation;
}

class ProcessStats final : public SampledTable {
 public:
  explicit ProcessStats(std::string proc) : proc_(std::move(proc)) {}

  std::string_view name() const override { return "process_stats"; }
  std::string_view description() const override {
    return "CPU, memory and input/output of this host's processes";
  }
  const std::vector<ColumnInfo>& relation() const override { return process_relation(); }

  Result<RowBatch> sample(FunctionContext& context) const override {
    const Result<std::vector<uint32_t>> pids = proc_.pids();
    if (!pids.ok()) return pids.status();
    RowBuilder rows{relation()};
    const Time64 now{sample_time(context)};
    for (const uint32_t pid : *pids) {
      const std::optional<ProcessStat> stat = read_process_stat(proc_, pid);
      if (!stat) continue;
      const auto io = parse_process_io(proc_.read(std::to_string(pid) + "/io").value_or(""));
      rows.add(now).add(make_upid(context.asid, pid, stat->start_ticks));
      rows.add(stat->major_faults).add(stat->minor_faults);
      rows.add(saturating_multiply(stat->user_ticks, tick_ns_))
          .add(saturating_multiply(stat->kernel_ticks, tick_ns_));
      rows.add(stat->threads).add(stat->virtual_bytes);
      rows.add(saturating_multiply(stat->resident_pages, page_bytes_));
      rows.add(io.read_calls).add(io.write_calls).add(io.read_storage).add(io.write_storage);
    }
    return std::move(rows).finish();
  }

 private:
  const ProcDirectory proc_;
  const int64_t tick_ns_ = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
  const int64_t page_bytes_ = ::sysconf(_SC_PAGESIZE);
};

}  // namespace

std::unique_ptr<TableSource> process_stats_table(std::string proc) {
  return std::make_unique<ProcessStats>(std::move(proc));
}

}  // namespace pxq::local
