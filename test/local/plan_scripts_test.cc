#include <catch2/catch.hpp>

#include "local/plan_story.h"

// Whole scripts, as users write them.

namespace pxq::local::test {

TEST_CASE("a table's first rows keep its schema") {
  const Story story = compile_script(
      "import px\n"
      "df = px.DataFrame(table='process_stats', start_time='-1m')\n"
      "px.display(df.head(10))\n");
  CHECK(story.error().empty());
  CHECK(story.tables() == "output");
  CHECK(story.columns("output") ==
        "time_ t, upid u/UPID, major_faults i, minor_faults i, cpu_utime_ns i/DURATION_NS, "
        "cpu_ktime_ns i/DURATION_NS, num_threads i, vsize_bytes i/BYTES, rss_bytes i/BYTES, "
        "rchar_bytes i/BYTES, wchar_bytes i/BYTES, read_bytes i/BYTES, write_bytes i/BYTES");
  CHECK(story.shape("output") == "limit 10 (source process_stats)");
}

TEST_CASE("select and keep choose and order columns") {
  const Story story = compile_script(
      "import px\n"
      "df = px.DataFrame('http_events', select=['time_', 'req_path', 'resp_status'], "
      "start_time='-5m')\n"
      "px.display(df[['resp_status', 'req_path']], 'paths')\n");
  CHECK(story.columns("paths") == "resp_status i/HTTP_RESP_STATUS, req_path s");
  CHECK(story.shape("paths") == "map (limit 10000 (source http_events))");
}

TEST_CASE("an overwritten column moves to the end and takes its new type") {
  const Story story = compile_script(
      "import px\n"
      "df = px.DataFrame('http_events', select=['latency', 'resp_status', 'req_body'])\n"
      "df = df[df.resp_status >= 400]\n"
      "df.latency = df.latency / 1000000\n"
      "df = df.drop(['req_body'])\n"
      "px.display(df, 'errors')\n");
  CHECK(story.columns("errors") == "resp_status i/HTTP_RESP_STATUS, latency f");
}

TEST_CASE("grouped aggregates infer their semantic types") {
  const Story story = compile_script(
      "import px\n"
      "df = px.DataFrame('http_events', start_time='-10m')\n"
      "df = df.groupby(['req_method', 'resp_status']).agg(\n"
      "    n=('latency', px.count),\n"
      "    avg_latency=('latency', px.mean),\n"
      "    worst=('latency', px.max),\n"
      ")\n"
      "px.display(df, 'by_status')\n");
  CHECK(story.columns("by_status") ==
        "req_method s/HTTP_REQ_METHOD, resp_status i/HTTP_RESP_STATUS, n i, "
        "avg_latency f/DURATION_NS, worst i/DURATION_NS");
  CHECK(story.shape("by_status") == "limit 10000 (agg 2 (source http_events))");
}

TEST_CASE("an aggregate without groups is one row") {
  const Story story = compile_script(
      "import px\n"
      "df = px.DataFrame('conn_stats', start_time='-5m')\n"
      "df = df.agg(rows=('upid', px.count), sent=('bytes_sent', px.sum), ok=('ssl', px.mean))\n"
      "px.display(df, 'totals')\n");
  CHECK(story.columns("totals") == "rows i, sent i/BYTES, ok f");
  CHECK(story.shape("totals") == "limit 10000 (agg all (source conn_stats))");
}

TEST_CASE("groups without values are the distinct rows") {
  const Story story = compile_script(
      "import px\n"
      "df = px.DataFrame('conn_stats', start_time='-5m')\n"
      "df = df[df.remote_addr != '' and not df.ssl]\n"
      "df = df.groupby(['remote_addr', 'remote_port']).agg()\n"
      "px.display(df, 'peers')\n");
  CHECK(story.columns("peers") == "remote_addr s/IP_ADDRESS, remote_port i/PORT");
}

TEST_CASE("counts and bytes by a duration become throughputs") {
  const Story story = compile_script(
      "import px\n"
      "window = px.DurationNanos(10 * 1000 * 1000 * 1000)\n"
      "df = px.DataFrame('http_events', start_time='-5m')\n"
      "df.timestamp = px.bin(df.time_, window)\n"
      "df = df.groupby('timestamp').agg(\n"
      "    n=('latency', px.count), sent=('resp_body_size', px.sum))\n"
      "df.time_ = df.timestamp\n"
      "df.rps = df.n / window\n"
      "df.bps = df.sent / window\n"
      "px.display(df[['time_', 'rps', 'bps']], 'series')\n");
  CHECK(story.columns("series") ==
        "time_ t, rps f/THROUGHPUT_PER_NS, bps f/THROUGHPUT_BYTES_PER_NS");
}

TEST_CASE("quantiles keep the unit of what they measure") {
  const Story story = compile_script(
      "import px\n"
      "df = px.DataFrame('http_events', start_time='-5m')\n"
      "df = df.groupby('req_path').agg(q=('latency', px.quantiles))\n"
      "df.p50 = px.DurationNanos(px.floor(px.pluck_float64(df.q, 'p50')))\n"
      "px.display(df, 'latency')\n");
  CHECK(story.columns("latency") == "req_path s, q s/DURATION_NS_QUANTILES, p50 i/DURATION_NS");
}

TEST_CASE("a merge keeps both keys and suffixes only what both sides have") {
  const std::string inputs =
      "import px\n"
      "cpu = px.DataFrame('process_stats', start_time='-5m')\n"
      "cpu = cpu.groupby('upid').agg(threads=('num_threads', px.max))\n"
      "web = px.DataFrame('http_events', start_time='-5m')\n"
      "web = web.groupby('upid').agg(n=('latency', px.count), path=('req_path', px.any))\n";
  const Story inner = compile_script(
      inputs +
      "df = cpu.merge(web, how='inner', left_on='upid', right_on='upid', suffixes=['', '_w'])\n"
      "px.display(df, 'joined')\n");
  CHECK(inner.columns("joined") == "upid u/UPID, threads i, upid_w u/UPID, n i, path s");
  const Story left =
      compile_script(inputs +
                     "df = cpu.merge(web, how='left', left_on='upid', right_on='upid')\n"
                     "df = df[df.n == 0]\n"
                     "px.display(df)\n");
  CHECK(left.columns("output") == "upid_x u/UPID, threads i, upid_y u/UPID, n i, path s");
  const Story itself = compile_script(
      inputs + "px.display(cpu.merge(cpu, how='outer', left_on=['upid'], right_on=['upid']))\n");
  CHECK(itself.columns("output") == "upid_x u/UPID, threads_x i, upid_y u/UPID, threads_y i");
}

TEST_CASE("append matches columns by name and merges by time") {
  const Story story = compile_script(
      "import px\n"
      "a = px.DataFrame('http_events', select=['time_', 'latency'], start_time='-5m')\n"
      "a.proto = 'http'\n"
      "b = px.DataFrame('dns_events', select=['latency', 'time_'], start_time='-5m')\n"
      "b.proto = 'dns'\n"
      "px.display(a.append(b), 'all')\n"
      "px.display(a.append([b, a]).drop('time_'), 'three')\n"
      "px.display(a[['proto']].append(b[['proto']]), 'untimed')\n");
  CHECK(story.columns("all") == "time_ t, latency i/DURATION_NS, proto s");
  CHECK(story.shape("all") ==
        "limit 10000 (union by time (limit 10000 (map (source http_events)), "
        "limit 10000 (map (source dns_events))))");
  CHECK(story.columns("three") == "latency i/DURATION_NS, proto s");
  CHECK(story.shape("untimed").starts_with("limit 10000 (union (map"));
  const Operator& limit = *story.op("all");
  const auto& append = std::get<Operator::Union>(limit.inputs.front()->node);
  CHECK(append.columns == std::vector<std::vector<size_t>>{{0, 1, 2}, {1, 0, 2}});
  CHECK(append.time_column == 0U);
}

TEST_CASE("table names are made unique and debug tables are marked") {
  const Story story = compile_script(
      "import px\n"
      "df = px.DataFrame('http_events')\n"
      "px.display(df.head(1))\n"
      "px.display(df.head(2))\n"
      "px.debug(df.head(3), 'raw')\n"
      "px.display(df.head(4), 'output_1')\n");
  CHECK(story.tables() == "output output_1 _raw output_1_1");
  CHECK(story.shape("_raw") == "limit 3 (source http_events)");
}

TEST_CASE("select() and script references") {
  const Story story = compile_script(
      "import px\n"
      "df = px.DataFrame('http_events', start_time='-5m')\n"
      "df.slow = df.latency > 100 * 1000 * 1000\n"
      "df.kind = px.select(df.slow, 'slow', 'fast')\n"
      "df.link = px.script_reference(df.kind, 'px/http_data', {'start_time': '-5m', 'kind': "
      "df.kind})\n"
      "px.display(df[['kind', 'link', 'slow']].head(5), 'links')\n");
  CHECK(story.columns("links") == "kind s, link s/SCRIPT_REFERENCE, slow b");
}

TEST_CASE("times are computed when the script compiles") {
  const Story story = compile_script(
      "#px:set max_output_rows_per_table=50\n"
      "import px\n"
      "stop = px.now() - px.minutes(1)\n"
      "start = stop + px.parse_duration('-10m')\n"
      "df = px.DataFrame('http_events', start_time=start, end_time=stop)\n"
      "keep = px.equals_any(df.req_method, ['GET', 'POST'])\n"
      "df.latency = df.latency * 2\n"
      "df = df[keep]\n"
      "df.tag = 'v' + '1'\n"
      "px.display(df[['latency', 'tag']], 'window')\n");
  CHECK(story.columns("window") == "latency i, tag s");
  CHECK(story.shape("window") == "map (map (limit 50 (map (filter (source http_events)))))");
  const Operator* op = story.op("window");
  REQUIRE(op != nullptr);
  while (!op->inputs.empty()) op = op->inputs.front().get();
  const auto& source = std::get<Operator::Source>(op->node);
  CHECK(source.end_ns == kNow - 60000000000);
  CHECK(source.start_ns == kNow - 660000000000);
}

TEST_CASE("columns bind to the dataframe that uses them, not to the one that named them") {
  const Story story = compile_script(
      "import px\n"
      "df = px.DataFrame('http_events', select=['latency'])\n"
      "keep = df.latency > 1.5\n"
      "df.latency = df.latency * 0.5\n"
      "px.display(df[keep])\n");
  CHECK(story.error().empty());
  CHECK(story.columns("output") == "latency f");
}

TEST_CASE("metadata of this host and of Kubernetes is answered") {
  const Story host = compile_script(
      "import px\n"
      "df = px.DataFrame('process_stats')\n"
      "df.pid = df.ctx['pid']\n"
      "df.cmd = df.ctx['cmdline']\n"
      "df.host = df.ctx['host']\n"
      "px.display(df[['pid', 'cmd', 'host']])\n");
  CHECK(host.columns("output") == "pid i, cmd s, host s");
  const Story pods = compile_script(
      "import px\ndf = px.DataFrame('process_stats')\ndf.pod = df.ctx['pod']\n"
      "px.display(df[['pod']])\n");
  CHECK(pods.columns("output") == "pod s/POD_NAME");
}

TEST_CASE("functions are called anew, see their own names and leave the caller's alone") {
  const Story story = compile_script(
      "import px\n"
      "def top(df, n: int):\n"
      "    ''' The first rows. '''\n"
      "    df.extra = helper(df)\n"
      "    return df.head(n)\n"
      "def helper(df):\n"
      "    return df.latency + offset\n"
      "offset = 1\n"
      "df = px.DataFrame('http_events', select=['latency'])\n"
      "px.display(top(df, 5), 'top')\n"
      "px.display(df, 'all')\n");
  CHECK(story.columns("top") == "latency i/DURATION_NS, extra i");
  CHECK(story.columns("all") == "latency i/DURATION_NS");
}

}  // namespace pxq::local::test
