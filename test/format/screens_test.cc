// What an SRE sees of the tables that are asked for most, on terminals of three widths.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "format/stories.h"
#include "places.h"
#include "text/width.h"

namespace pxq {
namespace {

using Tables = std::vector<std::unique_ptr<TableBuilder>>;

constexpr int64_t kMorning = 1'764'400'000'000'000'000;

// Pixie's table as it is, with what a script that watches a service adds to it.
void http_events(Tables& tables) {
  auto& table = *tables.emplace_back(std::make_unique<TableBuilder>("http_events"));
  table.column("time_", DataType::kTime64Ns)
      .column("upid", DataType::kUint128, SemanticType::kUpid)
      .column("remote_addr", DataType::kString, SemanticType::kIpAddress)
      .column("remote_port", DataType::kInt64, SemanticType::kPort)
      .column("trace_role", DataType::kInt64)
      .column("major_version", DataType::kInt64)
      .column("content_type", DataType::kInt64)
      .column("req_headers", DataType::kString)
      .column("req_method", DataType::kString, SemanticType::kHttpReqMethod)
      .column("req_path", DataType::kString)
      .column("req_body", DataType::kString)
      .column("resp_headers", DataType::kString)
      .column("resp_status", DataType::kInt64, SemanticType::kHttpRespStatus)
      .column("resp_message", DataType::kString, SemanticType::kHttpRespMessage)
      .column("resp_body", DataType::kString)
      .column("latency", DataType::kInt64, SemanticType::kDurationNs)
      .column("pod", DataType::kString, SemanticType::kPodName);
  const char* const kHeaders =
      R"({"Accept":"*/*","Host":"cart:8080","User-Agent":"Go-http-client"})";
  const struct {
    const char* method;
    const char* path;
    int status;
    int64_t latency;
    const char* pod;
  } kRequests[] = {
      {"GET", "/api/v1/cart/8812/items", 200, 1'250'000, "shop/cart-7d9f5-x2kqp"},
      {"POST", "/api/v1/checkout", 503, 2'812'000'000, "shop/checkout-5c8b-9wz4d"},
      {"GET", "/healthz", 200, 38'000, "shop/cart-7d9f5-x2kqp"},
      {"GET", "/api/v1/products?page=2&sort=price", 404, 840'000, "shop/catalogue-66d-lm2rt"}};
  int64_t at = kMorning;
  for (const auto& request : kRequests) {
    table.row(Time64{at += 150'000'000}, Uint128{(3ULL << 32) | 4711, 991'234}, "10.4.2.17", 41822,
              2, 1, 0, kHeaders, request.method, request.path, "", kHeaders, request.status,
              request.status == 200 ? "OK" : "no", R"({"items":[{"sku":"A-1","n":2}]})",
              request.latency, request.pod);
  }
}

void process_stats(Tables& tables) {
  auto& table = *tables.emplace_back(std::make_unique<TableBuilder>("process_stats"));
  table.column("time_", DataType::kTime64Ns)
      .column("upid", DataType::kUint128, SemanticType::kUpid)
      .column("major_faults", DataType::kInt64)
      .column("minor_faults", DataType::kInt64)
      .column("cpu_utime_ns", DataType::kInt64, SemanticType::kDurationNs)
      .column("cpu_ktime_ns", DataType::kInt64, SemanticType::kDurationNs)
      .column("num_threads", DataType::kInt64)
      .column("vsize_bytes", DataType::kInt64, SemanticType::kBytes)
      .column("rss_bytes", DataType::kInt64, SemanticType::kBytes)
      .column("rchar_bytes", DataType::kInt64, SemanticType::kBytes)
      .column("wchar_bytes", DataType::kInt64, SemanticType::kBytes)
      .column("read_bytes", DataType::kInt64, SemanticType::kBytes)
      .column("write_bytes", DataType::kInt64, SemanticType::kBytes);
  for (uint64_t i = 1; i <= 4; ++i) {
    const auto n = static_cast<int64_t>(i);
    table.row(Time64{kMorning + 1'000'000'000 * n}, Uint128{(1ULL << 32) | (100 * i), 5000 + i},
              n - 1, 1200 * n * n, 5'400'000'000 * n * n * n, 310'000'000 * n, 4 * n,
              (int64_t{1} << 31) * n, (int64_t{37} << 20) * n, 81'000 * n * n * n * n, 4096 * n, 0,
              n == 4 ? (int64_t{3} << 30) : 512);
  }
}

void services(Tables& tables) {
  auto& table = *tables.emplace_back(std::make_unique<TableBuilder>("Services"));
  table.column("service", DataType::kString, SemanticType::kServiceName)
      .column("pod_count", DataType::kInt64)
      .column("http_latency_in", DataType::kString, SemanticType::kDurationNsQuantiles)
      .column("http_req_throughput_in", DataType::kFloat64, SemanticType::kThroughputPerNs)
      .column("http_error_rate_in", DataType::kFloat64, SemanticType::kPercent)
      .column("inbound_throughput", DataType::kFloat64, SemanticType::kThroughputBytesPerNs)
      .column("outbound_throughput", DataType::kFloat64, SemanticType::kThroughputBytesPerNs)
      .column("namespace", DataType::kString, SemanticType::kNamespaceName);
  table
      .row("shop/cart", 3, R"({"p50":1250000,"p90":8000000,"p99":91000000})", 4.2e-7, 0.0, 3.1e-4,
           8.8e-3, "shop")
      .row("shop/checkout", 2, R"({"p50":41000000,"p90":300000000,"p99":2800000000})", 1.9e-8,
           0.081, 2.2e-6, 4.5e-6, "shop")
      .row("shop/catalogue", 5, R"({"p50":800000,"p90":2100000,"p99":9500000})", 2.0e-6, 0.004, 0.0,
           1.2e-1, "shop");
}

std::string golden_path(const std::string& name) {
  return std::string(PXQ_TEST_DATA) + "/golden/screens/" + name;
}

std::string golden(const std::string& name) {
  std::ifstream file(golden_path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("the tables that are asked for most, at 80, 100 and 200 columns") {
  const std::vector<Story> stories = {{.name = "http_events", .tell = http_events},
                                      {.name = "process_stats", .tell = process_stats},
                                      {.name = "services", .tell = services}};
  for (const Story& story : stories) {
    for (const int width : {80, 100, 200}) {
      FormatOptions options;
      options.width = width;
      options.max_rows = 40;
      const std::string name = story.name + "_" + std::to_string(width) + ".txt";
      const std::string text = play(story, *find_format("table"), options).text;
      if (std::getenv("PXQ_APPROVE") != nullptr) {
        std::ofstream(golden_path(name), std::ios::binary) << text;
      }
      INFO(name);
      CHECK(text == golden(name));
      for (size_t start = 0; start < text.size();) {
        const size_t end = text.find('\n', start);
        CHECK(display_width(text.substr(start, end - start)) <= static_cast<size_t>(width));
        start = end + 1;
      }
    }
  }
}

}  // namespace
}  // namespace pxq
