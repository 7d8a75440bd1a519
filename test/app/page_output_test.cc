// Results as a page: what is in it is tested where pages are made; here, how it comes about.
#include <signal.h>

#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::app {
namespace {

using Catch::Contains;

constexpr const char* kVis = R"({
  "variables": [{"name": "start_time", "type": "PX_STRING", "defaultValue": "-5m"}],
  "widgets": [{"name": "t", "func": {"name": "f", "args": [{"name": "start_time", "variable": "start_time"}]},
    "position": {"x": 2, "y": 0, "w": 8, "h": 3},
    "displaySpec": {"@type": "types.px.dev/px.vispb.BarChart", "title": "By <a>",
                    "bar": {"value": "a", "label": "a"}}}]})";

TEST_CASE("a page shows the script's own widgets, its arguments and the verdict") {
  const fake::Vizier vizier(whole());
  Session session;
  session.home().write("vis.json", kVis);
  session.home().write("s.pxl", "import px\ndef f(start_time: str):\n  return px.DataFrame('t')\n");
  session.allow("vis.json").allow("s.pxl").allow("report.html");
  fake::Command command = session.command({"run", ".", "--addr", vizier.address(), "--insecure",
                                           "-o", "report.html", "--", "--start_time", "-7m"});
  session.check(fake::run(command), {});
  const std::string page = session.home().read("report.html");
  CHECK_THAT(page, Contains("<dt>start_time<dd>-7m"));
  CHECK_THAT(page, Contains("<dt>cluster<dd>" + vizier.address()));
  CHECK_THAT(page, Contains(R"("title":"By \u003ca>","table":0,"kind":"bars")"));
  CHECK_THAT(page, Contains(R"("grid":[2,0,8,3])"));
  CHECK_THAT(page, Contains("<p id=verdict class=ok><b>complete</b>: t: 2 rows"));
  CHECK(count(page, "http://") + count(page, "https://") ==
        count(page, "http://www.w3.org/") + count(page, "https://d3js.org"));
}

TEST_CASE("a page in a pipe has another name too, and tells of rows that --limit left out") {
  const Session session;
  const fake::Vizier vizier(whole());
  const fake::ProcessResult result =
      fake::run(session.run_at(vizier.address(), {"-o", "htm", "--limit", "1"}));
  CHECK(result.status() == 0);
  CHECK_THAT(result.out, Contains("\n<tr><td>1\n</table>"));
  CHECK_THAT(result.out, Contains("class=limited><b>limited</b>: t: 1 row of "));
  session.check_manners(result);
}

TEST_CASE("a table with exactly the server's cap of rows is not called complete on a page") {
  const Session session;
  const fake::Vizier vizier(whole());
  fake::Command command = session.run_at(vizier.address(), {"-o", "html", "--max-rows", "2"});
  const fake::ProcessResult capped = fake::run(command);
  CHECK(capped.status() == 0);
  CHECK_THAT(capped.out, Contains("class=limited><b>probably cut</b>: t: 2 rows"));
  CHECK_THAT(capped.out, Contains("; table t has exactly 2 rows, the server's cap"));
  CHECK_THAT(capped.out, !Contains("complete</b>") && !Contains("; complete"));
  command.arguments.back() = "3";
  CHECK_THAT(fake::run(command).out, Contains("class=ok><b>complete</b>: t: 2 rows"));
}

TEST_CASE("a cut result leaves no page as a file, and one that says so in a pipe") {
  const fake::Script cut =
      fake::Script().send(numbers().metadata()).send(numbers().batch().int64({1}));
  const Session session;
  const fake::Vizier vizier(cut);
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "report.html"})),
                {8, "", {"INCOMPLETE"}});
  const fake::Vizier again(cut);
  const fake::ProcessResult result = fake::run(session.run_at(again.address(), {"-o", "html"}));
  CHECK(result.status() == 8);
  CHECK_THAT(result.out, Contains("class=bad><b>INCOMPLETE</b>"));
  CHECK_THAT(result.out, Contains("\n<tr><td>1\n"));
}

TEST_CASE("a page that is stopped in mid-stream is drawn of the rows that came") {
  fake::Vizier vizier(
      fake::Script().send(numbers().metadata()).send(numbers().batch().int64({1})).silence());
  const Session session;
  fake::Process process(session.run_at(vizier.address(), {"-o", "html"}));
  REQUIRE(process.wait_for_out("\n<tr><td>1"));
  process.signal(SIGINT);
  const fake::ProcessResult result = process.wait();
  CHECK(result.signal == SIGINT);
  CHECK_THAT(result.out, Contains("class=bad><b>INCOMPLETE</b>"));
  CHECK_THAT(result.out, Contains("</footer>\n"));
  session.check_manners(result);
}

TEST_CASE("a run that brings no row leaves no picture") {
  const std::string format = GENERATE("html", "chart");
  const fake::Vizier vizier(fake::Script().send(fake::compile_error(1, 1, "no such table")));
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address(), {"-o", format}));
  CHECK(result.status() == 3);
  CHECK(result.out.empty());
  session.check_manners(result);
}

// A script as Pixie's are: a widget of each kind that its own scripts use, on a cluster that is
// made up.
constexpr const char* kShop = R"(import px
def stacks(start_time: str):
    df = px.DataFrame(table='stack_traces.beta', start_time=start_time)
    df.pod = df.ctx['pod']
    return df.groupby(['pod', 'stack_trace']).agg(count=('count', px.sum))
def edges(start_time: str):
    df = px.DataFrame(table='http_events', start_time=start_time)
    df = df[df.trace_role == 2]
    df.responder_pod = df.ctx['pod']
    df.responder_service = df.ctx['service']
    df.requestor_pod = px.pod_id_to_pod_name(px.ip_to_pod_id(df.remote_addr))
    df.requestor_service = px.service_id_to_service_name(px.ip_to_service_id(df.remote_addr))
    return df.groupby(['requestor_pod', 'requestor_service', 'responder_pod', 'responder_service']).agg(
        p50=('latency', px.mean), n=('latency', px.count))
def latency(start_time: str):
    df = px.DataFrame(table='http_events', start_time=start_time)
    df.ms = px.floor(df.latency / 1000000.0)
    return df.groupby('ms').agg(n=('latency', px.count))
def requests(start_time: str):
    df = px.DataFrame(table='http_events', start_time=start_time)
    df.service = df.ctx['service']
    df.time_ = px.bin(df.time_, px.DurationNanos(10000000000))
    return df.groupby(['time_', 'service']).agg(n=('latency', px.count))
)";

std::string widget(const std::string& function, const std::string& display) {
  return R"({"name": ")" + function + R"(", "func": {"name": ")" + function +
         R"(", "args": [{"name": "start_time", "variable": "start_time"}]}, "displaySpec": {"@type": "types.px.dev/px.vispb.)" +
         display + "}}";
}

TEST_CASE("a made-up cluster is drawn with a widget of each kind") {
  const std::string vis =
      R"({"variables": [{"name": "start_time", "type": "PX_STRING", "defaultValue": "-2m"}], "widgets": [)" +
      widget(
          "stacks",
          R"(StackTraceFlameGraph", "stacktraceColumn": "stack_trace", "countColumn": "count", "podColumn": "pod")") +
      "," +
      widget(
          "edges",
          R"(RequestGraph", "requestorPodColumn": "requestor_pod", "responderPodColumn": "responder_pod", "requestorServiceColumn": "requestor_service", "responderServiceColumn": "responder_service", "p50Column": "p50")") +
      "," +
      widget("latency", R"(HistogramChart", "histogram": {"value": "ms", "prebinCount": "n"})") +
      "," +
      widget(
          "requests",
          R"(TimeseriesChart", "timeseries": [{"value": "n", "series": "service", "mode": "MODE_AREA", "stackBySeries": true}])") +
      "]}";
  Session session;
  session.home().write("vis.json", vis);
  session.home().write("shop.pxl", kShop);
  session.allow("vis.json").allow("shop.pxl").allow("shop.html");
  session.check(fake::run(session.command({"run", ".", "--local=demo", "-o", "shop.html"})), {});
  const std::string page = session.home().read("shop.html");
  for (const std::string kind : {"flame", "network", "bars", "lines"}) {
    INFO(kind);
    CHECK(count(page, "\"kind\":\"" + kind + "\"") == 1);
  }
  CHECK(count(page, "\"note\":\"\"") == 4);
  const fake::ProcessResult chart =
      fake::run(session.command({"run", ".", "--local=demo", "-o", "chart"}));
  for (const std::string title :
       {"stacks: samples\n", "edges: by services\n", "latency: count by ms\n", "requests: n\n"}) {
    CHECK_THAT(chart.out, Contains(title));
  }
  CHECK_THAT(chart.out, Contains("shop/frontend"));
}

// Two steps of a series, so that there is a line.
fake::Script series() {
  const fake::Table t = fake::Table("t").time("time_").int64("n");
  return fake::Script()
      .send(t.metadata())
      .send(t.batch().time({1'764'400'000'000'000'000, 1'764'400'060'000'000'000}).int64({1, 9}))
      .send(t.end())
      .send(fake::stats());
}

TEST_CASE("pictures in a pipe are as wide as a page of text and have no colours") {
  const Session session;
  const fake::Vizier vizier(series());
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address(), {"-o", "chart"}));
  CHECK(result.status() == 0);
  CHECK_THAT(result.out, Contains("t: n\n"));
  CHECK_THAT(result.out, Contains("\u28c0"));
  CHECK_THAT(result.out, Contains("2025-11-29 07:06:40"));
  CHECK(result.out.find('\x1b') == std::string::npos);
  session.check_manners(result);
}

TEST_CASE("pictures are made of what the locale can show, in colours where they are asked for") {
  const Session session;
  fake::Command command;
  SECTION("a locale of ASCII") {
    const fake::Vizier vizier(series());
    command = session.run_at(vizier.address(), {"-o", "chart"});
    command.environment["LANG"] = "en_US.UTF-8";
    command.environment["LC_ALL"] = "C";
    const std::string out = fake::run(command).out;
    CHECK_THAT(out, Contains("|aaaaa\n"));
    CHECK(std::all_of(out.begin(), out.end(), [](char c) { return c >= 0; }));
  }
  SECTION("colours in a pipe") {
    const fake::Vizier vizier(series());
    command = session.run_at(vizier.address(), {"-o", "chart", "--color", "always"});
    command.environment["LC_ALL"] = "C.UTF-8";
    CHECK_THAT(fake::run(command).out, Contains("\x1b[36m"));
  }
  SECTION("a terminal without colours") {
    const fake::Vizier vizier(series());
    command = session.run_at(vizier.address(), {"-o", "chart"});
    command.environment["NO_COLOR"] = "1";
    command.environment["TERM"] = "xterm";
    command.out = fake::Destination::terminal();
    command.terminal = {60, 24};
    const std::string out = fake::run(command).out;
    CHECK_THAT(out, Contains("\u28c0"));
    CHECK(out.find('\x1b') == std::string::npos);
  }
}

}  // namespace
}  // namespace pxq::app
