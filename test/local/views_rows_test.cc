#include <map>
#include <memory>

#include "local/data/data_set.h"
#include "local/exec/executor.h"
#include "local/functions_call.h"
#include "local/plan/names.h"
#include "local/plan_story.h"

// pxviews on the rows of the made-up cluster: their columns are the contract, and something is in
// each of them.

namespace pxq::local::test {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kThen = 1'772'600'767 * kSecond;

/// The rows of one output, batches joined.
class Output final : public BatchReceiver {
 public:
  explicit Output(const std::vector<ColumnInfo>& relation) : relation_(relation) {
    for (const ColumnInfo& column : relation) columns_.push_back(make_column(column.type));
  }

  bool batch(size_t, RowBatch&& rows) override {
    for (size_t i = 0; i < columns_.size(); ++i) {
      std::visit(
          [&](auto& to) {
            const auto& from = std::get<std::remove_cvref_t<decltype(to)>>(rows.columns[i]);
            to.insert(to.end(), from.begin(), from.end());
          },
          columns_[i]);
    }
    count += rows.num_rows;
    kept_.push_back(std::move(rows));
    return true;
  }

  template <typename Values>
  const Values& get(std::string_view name) const {
    for (size_t i = 0; i < relation_.size(); ++i) {
      if (relation_[i].name == name) return std::get<Values>(columns_[i]);
    }
    FAIL("no column " << name);
    return std::get<Values>(columns_[0]);
  }

  std::string names() const {
    std::string text;
    for (const ColumnInfo& column : relation_) text += (text.empty() ? "" : " ") + column.name;
    return text;
  }

  size_t count = 0;

 private:
  std::vector<ColumnInfo> relation_;
  std::vector<Column> columns_;
  std::vector<RowBatch> kept_;
};

/// A view over the last ten minutes.
std::unique_ptr<Output> run_view(const std::string& view) {
  Result<DataSet> data = open_data_set("demo");
  REQUIRE(data.ok());
  const std::string window =
      view.ends_with("timeseries") ? ", px.DurationNanos(px.minutes(1))" : "";
  const std::string text = "import px\nimport pxviews\npx.display(pxviews." + view +
                           "('-10m', px.now()" + window + "), 't')\n";
  CompileRequest request;
  request.text = text;
  request.now_ns = kThen;
  const CompileResult compiled = compile(request, data->tables);
  INFO(view << ": " << (compiled.ok() ? "" : compiled.errors.front().message));
  REQUIRE(compiled.ok());
  FunctionContext context{.now_ns = kThen};
  context.cluster = data->cluster(kThen);
  auto output = std::make_unique<Output>(compiled.plan.sinks.at(0).input->relation);
  const auto outcome = execute(compiled.plan, data->tables, context, *output, {});
  REQUIRE(outcome.ok());
  return output;
}

const std::map<std::string, std::string> kColumns = {
    {"inbound_http_summary",
     "time_ pod_id pod service namespace node requestor_ip requestor_pod requestor_service "
     "latency_quantiles latency_sum num_requests num_errors req_bytes resp_bytes"},
    {"http_graph",
     "time_ responder_pod requestor_pod responder_namespace requestor_namespace responder_node "
     "requestor_node responder_ip requestor_ip responder_service requestor_service latency_p50 "
     "latency_p90 latency_p99 latency_quantiles latency_sum num_requests num_errors req_bytes "
     "resp_bytes"},
    {"container_process_timeseries",
     "time_ pod_id container pod service namespace node cpu_usage actual_disk_read_throughput "
     "actual_disk_write_throughput total_disk_read_throughput total_disk_write_throughput rss "
     "vsize"},
    {"container_process_summary",
     "time_ pod_id container pod service namespace node cpu_usage actual_disk_read_throughput "
     "actual_disk_write_throughput total_disk_read_throughput total_disk_write_throughput rss "
     "vsize"},
    {"pod_resource_stats",
     "time_ pod_id pod service node namespace container_count pod_start_time pod_status cpu_usage "
     "rss vsize actual_disk_read_throughput actual_disk_write_throughput "
     "total_disk_read_throughput total_disk_write_throughput"},
    {"pod_network_timeseries",
     "time_ pod_id pod service namespace node rx_bytes_per_ns tx_bytes_per_ns rx_drops_per_ns "
     "tx_drops_per_ns rx_errors_per_ns tx_errors_per_ns"},
    {"pod_network_summary",
     "time_ pod_id pod service namespace node rx_bytes_per_ns tx_bytes_per_ns rx_drops_per_ns "
     "tx_drops_per_ns rx_errors_per_ns tx_errors_per_ns"},
    {"inbound_http_throughput_timeseries",
     "time_ pod_id pod service namespace node container num_requests num_errors"},
    {"inbound_http_latency_timeseries",
     "time_ pod_id pod service namespace node latency_quantiles num_requests num_errors "
     "latency_sum req_bytes resp_bytes"},
    {"stacktraces",
     "namespace node service pod container cmdline stack_trace time_ stack_trace_id count "
     "node_num_cpus"},
    {"connection_throughput_stats",
     "time_ remote_addr node pod_id pod namespace service inbound_conn_throughput "
     "outbound_conn_throughput"},
    {"processes",
     "time_ service namespace node upid pod_id pod container_name container_id cmdline pid "
     "container_status"},
};

}  // namespace

TEST_CASE("every view gives its columns, and rows of the window") {
  for (const std::string& view : view_names()) {
    INFO(view);
    const std::unique_ptr<Output> made = run_view(view);
    const Output& output = *made;
    const auto expected = kColumns.find(view);
    REQUIRE(expected != kColumns.end());
    CHECK(output.names() == expected->second);
    CHECK(output.count > 0);
    for (const Time64& time : output.get<Time64Column>("time_")) {
      CHECK(time.ns >= kThen - 11 * kMinute);
      CHECK(time.ns <= kThen);
    }
  }
  CHECK(view_names().size() == kColumns.size());
}

TEST_CASE("views tell one story: requests, their errors and their latencies fit together") {
  const std::unique_ptr<Output> made = run_view("http_graph");
  const Output& output = *made;
  const auto& requests = output.get<Int64Column>("num_requests");
  const auto& errors = output.get<Int64Column>("num_errors");
  const auto& p50 = output.get<Float64Column>("latency_p50");
  const auto& p99 = output.get<Float64Column>("latency_p99");
  int64_t all = 0;
  for (size_t row = 0; row < output.count; ++row) {
    CHECK(requests[row] > 0);
    CHECK(errors[row] >= 0);
    CHECK(errors[row] <= requests[row]);
    CHECK(p50[row] <= p99[row]);
    all += requests[row];
  }
  CHECK(all > 0);
}

TEST_CASE("views of resources give shares and sizes that are possible") {
  const std::unique_ptr<Output> made = run_view("pod_resource_stats");
  const Output& output = *made;
  for (size_t row = 0; row < output.count; ++row) {
    CHECK(output.get<Float64Column>("cpu_usage")[row] >= 0);
    CHECK(output.get<Float64Column>("rss")[row] > 0);
    CHECK(output.get<Int64Column>("container_count")[row] > 0);
    CHECK_FALSE(output.get<StringColumn>("pod")[row].empty());
  }
}

}  // namespace pxq::local::test
