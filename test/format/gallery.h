#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "chart/page_plan.h"
#include "format/stories.h"

namespace pxq {

// A shop's cluster as Pixie's scripts show it: a widget of every display, and rows to draw.
namespace gallery {

using Tables = std::vector<std::unique_ptr<TableBuilder>>;

inline constexpr int64_t kSecond = 1'000'000'000;
inline constexpr int64_t kMorning = 1'764'400'000 * kSecond;

inline TableBuilder& add(Tables& tables, std::string name) {
  return *tables.emplace_back(std::make_unique<TableBuilder>(std::move(name)));
}

inline void latency(Tables& tables) {
  TableBuilder& table = add(tables, "latency")
                            .column("time_", DataType::kTime64Ns)
                            .column("latency_p50", DataType::kFloat64, SemanticType::kDurationNs)
                            .column("latency_p90", DataType::kFloat64, SemanticType::kDurationNs)
                            .column("latency_p99", DataType::kFloat64, SemanticType::kDurationNs);
  for (int i = 0; i < 60; ++i) {
    const double wave = 1 + 0.4 * std::sin(i / 6.0) + (i == 41 ? 3 : 0);
    table.row(Time64{kMorning + i * 10 * kSecond}, 2.1e6 * wave, 9.0e6 * wave, 41e6 * wave);
  }
}

inline void requests(Tables& tables) {
  TableBuilder& table =
      add(tables, "requests")
          .column("time_", DataType::kTime64Ns)
          .column("container", DataType::kString, SemanticType::kContainerName)
          .column("request_throughput", DataType::kFloat64, SemanticType::kThroughputPerNs);
  const char* const kNames[] = {"cart", "checkout", "catalogue", "payment"};
  for (int i = 0; i < 60; ++i) {
    for (int k = 0; k < 4; ++k) {
      if (k == 3 && i % 7 == 0) continue;  // no requests in that step
      table.row(Time64{kMorning + i * 10 * kSecond}, kNames[k],
                1e-9 * (20 + 60 * k + 14 * std::cos(i / (4.0 + k))));
    }
  }
}

inline void pods(Tables& tables) {
  TableBuilder& table =
      add(tables, "pods")
          .column("status", DataType::kString, SemanticType::kPodStatus)
          .column("pod", DataType::kString, SemanticType::kScriptReference)
          .column("cpu_usage", DataType::kFloat64, SemanticType::kPercent)
          .column("rss", DataType::kInt64, SemanticType::kBytes)
          .column("latency_in", DataType::kString, SemanticType::kDurationNsQuantiles)
          .column("restarts", DataType::kInt64)
          .column("created", DataType::kTime64Ns);
  const char* const kStates[] = {
      R"({"phase":"Running","message":"","reason":""})",
      R"({"phase":"Pending","reason":"ContainerCreating"})",
      R"({"phase":"Failed","reason":"OOMKilled","message":"out of memory"})"};
  for (int i = 0; i < 24; ++i) {
    const std::string name = "shop/cart-7d9f5-" + std::to_string(1000 + i * 37);
    const double p50 = 1.2e6 * (1 + i % 5);
    table.row(kStates[i == 7        ? 2
                      : i % 11 == 3 ? 1
                                    : 0],
              R"({"label":")" + name + R"(","script":"px/pod","args":{"pod":")" + name + R"("}})",
              0.03 * i, int64_t{(37 + 11 * i)} << 20,
              R"({"p01":)" + std::to_string(p50 / 4) + R"(,"p10":)" + std::to_string(p50 / 2) +
                  R"(,"p25":)" + std::to_string(p50 * 0.7) + R"(,"p50":)" + std::to_string(p50) +
                  R"(,"p75":)" + std::to_string(p50 * 1.6) + R"(,"p90":)" +
                  std::to_string(p50 * 3) + R"(,"p99":)" + std::to_string(p50 * 9) + "}",
              i % 4, Time64{kMorning - i * 3600 * kSecond});
  }
}

inline void sizes(Tables& tables) {
  TableBuilder& table = add(tables, "sizes")
                            .column("size", DataType::kInt64, SemanticType::kBytes)
                            .column("count", DataType::kInt64);
  for (int i = 0; i < 40; ++i) {
    table.row(i * 512, static_cast<int64_t>(900 * std::exp(-(i - 12) * (i - 12) / 60.0)) + 3);
  }
}

inline void by_service(Tables& tables) {
  TableBuilder& table = add(tables, "by_service")
                            .column("service", DataType::kString, SemanticType::kServiceName)
                            .column("code", DataType::kString)
                            .column("requests", DataType::kInt64);
  const char* const kNames[] = {"shop/cart", "shop/catalogue", "shop/checkout", "shop/payment",
                                "shop/front"};
  for (int k = 0; k < 5; ++k) {
    table.row(kNames[k], "2xx", 4000 / (k + 1)).row(kNames[k], "5xx", 90 * k);
  }
}

inline void flow(Tables& tables) {
  TableBuilder& table = add(tables, "flow")
                            .column("from_entity", DataType::kString, SemanticType::kPodName)
                            .column("to_entity", DataType::kString, SemanticType::kServiceName)
                            .column("bytes_total", DataType::kInt64, SemanticType::kBytes)
                            .column("retransmits", DataType::kInt64);
  const char* const kNames[] = {"shop/front",   "shop/cart", "shop/catalogue", "shop/checkout",
                                "shop/payment", "db/orders", "db/items",       "cache/redis"};
  const int kEdges[][4] = {{0, 1, 900, 2},  {0, 2, 700, 0}, {0, 3, 300, 7},
                           {1, 7, 1200, 1}, {2, 6, 400, 0}, {3, 4, 120, 66},
                           {3, 5, 260, 3},  {4, 5, 90, 0},  {5, 5, 10, 0}};
  for (const auto& edge : kEdges) {
    table.row(kNames[edge[0]], kNames[edge[1]], int64_t{edge[2]} << 20, edge[3]);
  }
}

inline void service_graph(Tables& tables) {
  TableBuilder& table =
      add(tables, "service_graph")
          .column("requestor_pod", DataType::kString, SemanticType::kPodName)
          .column("responder_pod", DataType::kString, SemanticType::kPodName)
          .column("requestor_service", DataType::kString, SemanticType::kServiceName)
          .column("responder_service", DataType::kString, SemanticType::kServiceName)
          .column("latency_p50", DataType::kFloat64, SemanticType::kDurationNs)
          .column("latency_p99", DataType::kFloat64, SemanticType::kDurationNs)
          .column("error_rate", DataType::kFloat64, SemanticType::kPercent)
          .column("request_throughput", DataType::kFloat64, SemanticType::kThroughputPerNs)
          .column("inbound_throughput", DataType::kFloat64, SemanticType::kThroughputBytesPerNs)
          .column("outbound_throughput", DataType::kFloat64, SemanticType::kThroughputBytesPerNs);
  const char* const kEdges[][2] = {{"front", "cart"},     {"front", "catalogue"},
                                   {"cart", "redis"},     {"catalogue", "items"},
                                   {"front", "checkout"}, {"checkout", "payment"}};
  for (int i = 0; i < 12; ++i) {
    const auto& edge = kEdges[i % 6];
    const std::string from = std::string("shop/") + edge[0], to = std::string("shop/") + edge[1];
    table.row(from + "-" + std::to_string(i), to + "-" + std::to_string(i / 2), from, to,
              1e6 * (1 + i), 2e7 * (1 + i),
              i == 5   ? 0.08
              : i == 4 ? 0.01
                       : 0.0,
              3e-8 * (12 - i), 1e-5 * (12 - i), 4e-5 * (12 - i));
  }
}

inline void stacks(Tables& tables) {
  TableBuilder& table = add(tables, "stacks")
                            .column("stack_trace", DataType::kString)
                            .column("count", DataType::kInt64)
                            .column("percent", DataType::kFloat64)
                            .column("pod", DataType::kString, SemanticType::kPodName)
                            .column("cmdline", DataType::kString);
  const struct {
    const char* stack;
    int count;
  } kStacks[] = {
      {"main;http::Server::serve;cart::Handler::add;json::parse", 420},
      {"main;http::Server::serve;cart::Handler::add;redis::Client::set;[k] sys_write;[k] "
       "tcp_sendmsg",
       310},
      {"main;http::Server::serve;cart::Handler::list;redis::Client::get;[k] sys_read", 250},
      {"main;http::Server::serve;cart::Handler::list;json::dump", 140},
      {"main;runtime::gc;mark", 90},
      {"main;runtime::gc;sweep", 30}};
  double percent = 0.05;
  for (const auto& each : kStacks) {
    table.row(each.stack, each.count, percent * each.count, "shop/cart-7d9f5", "cart --port 8080");
  }
  table.row("java;[j] com.shop.Catalogue.search;[j] java.util.HashMap.get", 400, 20.0,
            "shop/catalogue-1", "java -jar catalogue.jar");
}

inline void hostile(Tables& tables) {
  TableBuilder& table = add(tables, "hostile </script><script>alert(1)</script>")
                            .column("name <b>\"&amp;", DataType::kString)
                            .column("text", DataType::kString)
                            .column("n", DataType::kFloat64);
  table
      .row("</script><script>document.title = 'owned'</script>",
           "<img src=x onerror=document.title='owned'>", 1.5)
      .row("</noscript><script>document.title = 'owned'</script>", "\n<tr><td>not a row<td>2",
           std::nan(""))
      .row("<!--", "-->", -HUGE_VAL)
      .row(std::string_view("nul \0 esc \x1b[2J", 14), "line \xe2\x80\xa8 para \xe2\x80\xa9 end",
           1e300)
      .row(
          "bidi \xe2\x80\xae"
          "desrever",
          "broken \xff\xc3( bytes", 0.1 + 0.2)
      .row("&lt;not decoded twice&gt;", "javascript:document.title = 'owned'", 0.0)
      .row("huge", std::string(200'000, 'x') + "<end>", 7.0);
}

inline void tell(Tables& tables) {
  latency(tables);
  requests(tables);
  pods(tables);
  sizes(tables);
  by_service(tables);
  flow(tables);
  service_graph(tables);
  stacks(tables);
}

inline std::shared_ptr<const chart::PagePlan> plan() {
  auto plan = std::make_shared<chart::PagePlan>();
  plan->script = "px/shop";
  plan->cluster = "prod-eu-1";
  plan->started_ns = kMorning;
  plan->arguments = {{"start_time", "-5m"}, {"namespace", "shop"}};
  plan->widgets = {
      {"Latency",
       "latency",
       "TimeseriesChart",
       R"({"timeseries":[{"value":"latency_p50"},{"value":"latency_p90"},{"value":"latency_p99"}],"yAxis":{"label":"Latency"}})",
       {0, 0, 6, 3}},
      {"Requests",
       "requests",
       "TimeseriesChart",
       R"({"timeseries":[{"value":"request_throughput","series":"container","mode":"MODE_AREA","stackBySeries":true}],"yAxis":{"label":"requests"}})",
       {6, 0, 6, 3}},
      {"Service graph",
       "service_graph",
       "RequestGraph",
       R"({"requestorPodColumn":"requestor_pod","responderPodColumn":"responder_pod","requestorServiceColumn":"requestor_service","responderServiceColumn":"responder_service","p50Column":"latency_p50","p99Column":"latency_p99","errorRateColumn":"error_rate","requestsPerSecondColumn":"request_throughput","inboundBytesPerSecondColumn":"inbound_throughput","outboundBytesPerSecondColumn":"outbound_throughput"})",
       {0, 3, 12, 4}},
      {"Pods", "pods", "Table", R"({"gutterColumn":"status"})", {0, 7, 12, 4}},
      {"Response sizes",
       "sizes",
       "HistogramChart",
       R"({"histogram":{"value":"size","prebinCount":"count","maxbins":20,"minstep":512}})",
       {0, 11, 4, 3}},
      {"Requests by service",
       "by_service",
       "BarChart",
       R"({"bar":{"value":"requests","label":"service","stackBy":"code"}})",
       {4, 11, 4, 3}},
      {"Requests standing",
       "by_service",
       "BarChart",
       R"({"bar":{"value":"requests","label":"service","groupBy":"code","horizontal":false}})",
       {8, 11, 4, 3}},
      {"Flow",
       "flow",
       "Graph",
       R"({"adjacencyList":{"fromColumn":"from_entity","toColumn":"to_entity"},"edgeWeightColumn":"bytes_total","edgeColorColumn":"retransmits","edgeThresholds":{"mediumThreshold":5,"highThreshold":50},"edgeHoverInfo":["bytes_total","retransmits"],"enableDefaultHierarchy":true})",
       {0, 14, 6, 4}},
      {"Latency by pod", "pods", "Quantiles", "{}", {6, 14, 6, 4}},
      {"Flame graph",
       "stacks",
       "StackTraceFlameGraph",
       R"({"stacktraceColumn":"stack_trace","countColumn":"count","percentageColumn":"percent","podColumn":"pod","pidColumn":"cmdline","percentageLabel":"of the node"})",
       {0, 18, 12, 4}}};
  return plan;
}

}  // namespace gallery
}  // namespace pxq
