// Modules beside px: what a script for a cluster may say, and that errors behind them are found.

#include <fmt/format.h>

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "local/data/catalogue.h"
#include "local/plan/compiler.h"
#include "local/plan/names.h"
#include "plan_story.h"

namespace pxq::local::test {
namespace {

CompileResult check(const std::string& text, std::vector<std::string> probe_tables = {}) {
  static const TableSet kTables = catalogue_tables();
  CompileRequest request;
  request.text = text;
  request.now_ns = kNow;
  request.vocabulary = Vocabulary::kCluster;
  request.probe_tables = probe_tables;
  return compile(request, kTables);
}

std::string error_of(const CompileResult& result) {
  if (result.ok()) return {};
  const CompileError& error = result.errors.front();
  return fmt::format("{}:{} {}", error.line, error.column, error.message);
}

/// A script that installs a probe and then says `line`, its fifth.
CompileResult traced(const std::string& line) {
  return check(
      "import px\nimport pxtrace\n"
      "pxtrace.UpsertTracepoint('p', 'drops', 'kprobe:f {}', pxtrace.kprobe(), '10m')\n"
      "df = px.DataFrame('drops')\n" +
      line + "\npx.display(df)\n");
}

TEST_CASE("the columns of a probe's table may be any, what is done with them is checked") {
  for (const std::string line :
       {"df = df[df.state == 'x']", "df.pod = df.ctx['pod']", "df = df[['a', 'b']]",
        "df.src = px.nslookup(df.ip)\ndf = df.groupby('src').agg(n=('src', px.count))",
        "df = df.merge(df, how='inner', left_on='a', right_on='b')", "df = df.drop('x')",
        "df = df.append(df)", "df.x = px.Bytes(df.n) + 1"}) {
    INFO(line);
    CHECK(error_of(traced(line)) == "");
  }
  CHECK(error_of(traced("df = df[['a']]\ndf = df[df.b > 1]")) ==
        "6:11 Column 'b' not found in parent dataframe");
  CHECK(error_of(traced("df.x = px.contains(df.a, 5)")) ==
        "5:19 Could not find UDF 'contains' with arguments [UNKNOWN,INT64].");
  CHECK(error_of(traced("df.n = px.length(df.a)\ndf = df[df.n == 'x']")) ==
        "6:11 Could not find UDF 'equal' with arguments [INT64,STRING].");
  CHECK(error_of(traced("df = df.head(5)\ndf.p = df.ctx['pod']")) == "");
  CHECK(error_of(traced("df = df.head(5)\ndf.c = px.upid_to_cmdline(df.upid)"))
            .find("must execute before blocking nodes") != std::string::npos);
}

TEST_CASE("what nobody looked at is named with its line") {
  const CompileResult result = traced("df = df.head(1)");
  REQUIRE(result.unchecked.size() == 1);
  CHECK(result.unchecked.front().line == 3);
  CHECK(result.unchecked.front().cause == Cause::kCluster);
  CHECK(result.mutation);
}

TEST_CASE("calls of pxtrace and pxconfig are checked as Pixie checks them") {
  const auto error = [](const std::string& line) {
    return error_of(check("import px\nimport pxtrace\nimport pxconfig\n" + line +
                          "\npx.display(px.DataFrame('http_events'))\n"));
  };
  CHECK(error("pxtrace.Nope()") == "4:8 'pxtrace' object has no attribute 'Nope'");
  CHECK(error("pxtrace.UpsertTracepoint('p', 't', 'x', pxtrace.kprobe())") ==
        "4:25 UpsertTracepoint() missing 1 required positional arguments 'ttl'");
  CHECK(error("pxtrace.UpsertTracepoint('p', 't', 'x', pxtrace.kprobe(), 'ten')") ==
        "4:25 Time string is in wrong format.");
  CHECK(error("pxtrace.UpsertTracepoint('p', 't', 'x', 'pod', '10m')") ==
        "4:25 Unexpected type 'String' for arg 'target'");
  CHECK(error("pxtrace.UpsertTracepoint('p', 't', [pxtrace.TraceProgram(program='x', "
              "min_kernel='5.19')], pxtrace.PodProcess('ns/pod'), '10m')") == "");
  CHECK(error("pxtrace.DeleteTracepoint(5)") ==
        "4:26 Expected arg 'name' as type 'String', received 'Int'");
  CHECK(error("pxconfig.set_agent_config('pem', 'k', 'v')") == "");
  CHECK(error("pxconfig.set_agent_config('pem', 'k')") ==
        "4:26 set_agent_config() missing 1 required positional arguments 'value'");
  CHECK(error("import pxviews") == "4:1 ModuleNotFoundError: No module named 'pxviews'");
}

TEST_CASE("a decorated function describes its probe") {
  const auto error = [](const std::string& body) {
    return error_of(check(
        "import px\nimport pxtrace\n@pxtrace.probe('f')\ndef probe():\n" + body +
        "upid = px.uint128('00000000-0000-0001-0000-000000000002')\n"
        "pxtrace.UpsertTracepoint('p', 't', probe, upid, '10m')\npx.display(px.DataFrame('t'))\n"));
  };
  CHECK(error("    return [{'id': pxtrace.ArgExpr('a'), 'l': pxtrace.FunctionLatency()}]\n") == "");
  CHECK(error("    x = pxtrace.ArgExpr('a')\n").find("missing output spec") != std::string::npos);
  CHECK(error("    return [{'id': 5}]\n").find("Expected TracingVariable") != std::string::npos);
  CHECK(error("    return [{'id': pxtrace.ArgExp('a')}]\n") ==
        "5:27 'pxtrace' object has no attribute 'ArgExp'");
}

CompileResult exported(const std::string& data) {
  return check(
      "import px\ndf = px.DataFrame('http_events')\ndf.service = df.ctx['service']\n"
      "df.bytes = df.resp_body_size / 1\n"
      "px.export(df, px.otel.Data(resource={'service.name': df.service}, data=[\n" +
      data + "\n]))\n");
}

TEST_CASE("exports are checked down to the types of their columns") {
  CHECK(error_of(exported("px.otel.metric.Gauge(name='a.b', value=df.latency)")) == "");
  CHECK(error_of(exported("px.otel.trace.Span(name=df.req_path, start_time=df.time_, "
                          "end_time=df.time_, attributes={'x': df.latency, 'y': 'text'})")) == "");
  CHECK(error_of(exported("px.otel.metric.Summary(name='a', count=df.latency, sum=df.bytes, "
                          "quantile_values={0.5: df.bytes})")) == "");
  CHECK(error_of(exported("px.otel.metric.Gauge(name='a', value=df.latncy)")) ==
        "6:40 Column 'latncy' not found in parent dataframe");
  CHECK(error_of(exported("px.otel.metric.Gauge(name='a', value=df.req_path)")) ==
        "6:40 Expected value column 'req_path' to be INT64 or FLOAT64, received STRING");
  CHECK(error_of(exported("px.otel.metric.Gauge(name='1a', value=df.latency)"))
            .find("Metric name is invalid") != std::string::npos);
  CHECK(error_of(exported("px.otel.metric.Histogram(name='a')")) ==
        "6:15 'metric' object has no attribute 'Histogram'");
  CHECK(error_of(check("import px\ndf = px.DataFrame('http_events')\n"
                       "px.export(df, px.otel.Data(resource={}, "
                       "data=[px.otel.metric.Gauge(name='a', value=df.latency)]))\n")) ==
        "3:38 'service.name' must be specified in resource");
}

TEST_CASE("streams and times of a format are walked") {
  const std::string head = "import px\ndf = px.DataFrame('http_events'";
  CHECK(error_of(check(head + ")\npx.display(df[df.latency > 5].stream())\n")) == "");
  CHECK(error_of(check(head + ").head(5)\npx.display(df.stream())\n"))
            .find("blocking operator Limit") != std::string::npos);
  CHECK(
      error_of(check(head + ").stream()\ndf.x = 1\npx.display(df)\n")).find("middle of a query") !=
      std::string::npos);
  CHECK(error_of(check(head + ", start_time=px.strptime('2024', '%Y') - px.minutes(5))\n"
                              "px.display(df)\n")) == "");
  CHECK(error_of(check("import px\nx = px.strptime('2024')\n"))
            .find("missing 1 required positional arguments 'format'") != std::string::npos);
}

TEST_CASE("a table of another script's probe needs to be told") {
  const std::string script = "import px\ndf = px.DataFrame('drops')\npx.display(df[df.n > 1])\n";
  CHECK(error_of(check(script)) == "2:18 Table 'drops' not found.");
  CHECK(error_of(check(script, {"drops"})) == "");
}

struct View {
  std::string call;
  std::string columns;
};

TEST_CASE("pxviews has Pixie's functions, parameters and columns") {
  const std::string process =
      "time_ pod_id container pod service namespace node cpu_usage actual_disk_read_throughput "
      "actual_disk_write_throughput total_disk_read_throughput total_disk_write_throughput rss "
      "vsize";
  const std::string network =
      "time_ pod_id pod service namespace node rx_bytes_per_ns tx_bytes_per_ns rx_drops_per_ns "
      "tx_drops_per_ns rx_errors_per_ns tx_errors_per_ns";
  const std::vector<View> views = {
      {"inbound_http_summary(start_time='-5m', end_time=None)",
       "time_ pod_id pod service namespace node requestor_ip requestor_pod requestor_service "
       "latency_quantiles latency_sum num_requests num_errors req_bytes resp_bytes"},
      {"http_graph(start_time='-5m', end_time=None)",
       "time_ responder_pod requestor_pod responder_namespace requestor_namespace responder_node "
       "requestor_node responder_ip requestor_ip responder_service requestor_service latency_p50 "
       "latency_p90 latency_p99 latency_quantiles latency_sum num_requests num_errors req_bytes "
       "resp_bytes"},
      {"container_process_timeseries('-5m', None, px.DurationNanos(px.seconds(10)))", process},
      {"container_process_summary('-5m', None)", process},
      {"pod_resource_stats('-5m', None)",
       "time_ pod_id pod service node namespace container_count pod_start_time pod_status "
       "cpu_usage "
       "rss vsize actual_disk_read_throughput actual_disk_write_throughput "
       "total_disk_read_throughput total_disk_write_throughput"},
      {"pod_network_timeseries('-5m', None, px.DurationNanos(px.seconds(10)))", network},
      {"pod_network_summary('-5m', None)", network},
      {"inbound_http_throughput_timeseries('-5m', None, px.seconds(10))",
       "time_ pod_id pod service namespace node container num_requests num_errors"},
      {"inbound_http_latency_timeseries('-5m', None, window_ns=px.seconds(10))",
       "time_ pod_id pod service namespace node latency_quantiles num_requests num_errors "
       "latency_sum req_bytes resp_bytes"},
      {"stacktraces('-5m', None)",
       "namespace node service pod container cmdline stack_trace time_ stack_trace_id count "
       "node_num_cpus"},
      {"connection_throughput_stats('-5m', None)",
       "time_ remote_addr node pod_id pod namespace service inbound_conn_throughput "
       "outbound_conn_throughput"},
      {"processes('-5m', None)",
       "time_ service namespace node upid pod_id pod container_name container_id cmdline pid "
       "container_status"},
  };
  CHECK(view_names().size() == views.size());
  for (const View& view : views) {
    INFO(view.call);
    const CompileResult result =
        check("import px\nimport pxviews\npx.display(pxviews." + view.call + ")\n");
    REQUIRE(error_of(result) == "");
    std::string columns;
    for (const ColumnInfo& column : result.plan.sinks.at(0).input->relation) {
      if (!columns.empty()) columns += ' ';
      columns += column.name;
    }
    CHECK(columns == view.columns);
    CHECK(result.unchecked.empty());
  }
}

TEST_CASE("mistakes in a call of pxviews are at the call") {
  const auto error = [](const std::string& line) {
    return error_of(check("import px\nimport pxviews\ndf = " + line + "\npx.display(df)\n"));
  };
  CHECK(error("pxviews.http_graph('-5m')") ==
        "3:24 http_graph() missing 1 required positional arguments 'end_time'");
  CHECK(error("pxviews.http_grph('-5m', None)") ==
        "3:13 'pxviews' object has no attribute 'http_grph'");
  CHECK(error("pxviews.http_graph('soon', None)").starts_with("3:24 Time string"));
  CHECK(
      error("pxviews.inbound_http_latency_timeseries('-5m', None, 'x')").starts_with("3:45 Could"));
}

TEST_CASE("a limit of ours is told from a mistake") {
  std::string nested = "import px\ndef f0():\n    return px.DataFrame('http_events')\n";
  for (int i = 1; i < 130; ++i) {
    nested += fmt::format("def f{}():\n    return f{}()\n", i, i - 1);
  }
  const CompileResult functions = check(nested + "px.display(f129())\n");
  REQUIRE_FALSE(functions.ok());
  CHECK(functions.errors.front().cause == Cause::kLimit);
  std::string many = "import px\ndf = px.DataFrame('http_events')\n";
  for (int i = 0; i < 2500; ++i) many += "df = df[df.latency > 1]\n";
  const CompileResult operators = check(many + "px.display(df)\n");
  REQUIRE_FALSE(operators.ok());
  CHECK(operators.errors.front().cause == Cause::kLimit);
  CHECK(operators.errors.front().message.find("local Vizier") == std::string::npos);
}

TEST_CASE("arguments of the functions that list a cluster's state") {
  const auto error = [](const std::string& call) {
    return error_of(check("import px\npx.display(px." + call + ")\n"));
  };
  CHECK(error("GetAgentStatus()") == "");
  CHECK(error("GetAgentStatus(False)") == "");
  CHECK(error("GetAgentStatus(include_kelvin=True)") == "");
  CHECK(error("GetAgentStatus(kelvin=True)") ==
        "2:29 GetAgentStatus() got an unexpected keyword argument 'kelvin'");
  CHECK(error("GetTables(True)") == "2:24 GetTables() takes 0 arguments but 1 were given.");
}

}  // namespace
}  // namespace pxq::local::test
