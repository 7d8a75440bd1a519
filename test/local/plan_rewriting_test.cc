#include <catch2/catch.hpp>

#include "local/plan_story.h"

// What Pixie's rewriting of plans makes of whole scripts: which compile, and what comes out.

namespace pxq::local::test {
namespace {

/// The error of a script for a cluster; empty when it compiles.
std::string cluster_error(const std::string& lines, const std::string& table = "http_events") {
  static const TableSet kTables = story_tables();
  const std::string text =
      "import px\ndf = px.DataFrame('" + table + "')\n" + lines + "\npx.display(df, 't')\n";
  CompileRequest request;
  request.text = text;
  request.now_ns = kNow;
  request.vocabulary = Vocabulary::kCluster;
  return Story{compile(request, kTables)}.error();
}

std::string columns_after(const std::string& lines) {
  return compile_line("df = df[['latency', 'trace_role', 'req_path']]\n" + lines +
                      "\npx.display(df, 't')")
      .columns("t");
}

}  // namespace

TEST_CASE("a column assigned twice in a row keeps its first place") {
  CHECK(columns_after("df.x = 1\ndf.y = 2\ndf.x = 'a'") ==
        "latency i/DURATION_NS, trace_role i, req_path s, x s, y i");
}

TEST_CASE("a column assigned again behind another operator goes to the end") {
  CHECK(columns_after("df.x = 1\ndf = df[df.x == 1]\ndf.y = 2\ndf.x = 'a'") ==
        "latency i/DURATION_NS, trace_role i, req_path s, y i, x s");
}

TEST_CASE("a kept column assigned at once keeps its place") {
  CHECK(columns_after("df.trace_role = 1.5") == "latency i/DURATION_NS, trace_role f, req_path s");
  // The value needs what the list names, so it is an operator of its own.
  CHECK(columns_after("df.trace_role = df.latency * 1.0") ==
        "latency i/DURATION_NS, req_path s, trace_role f");
}

TEST_CASE("a column that a keep left out is there for the next assignment alone") {
  CHECK(
      compile_line("df = df[['latency']]\ndf.x = df.req_path\npx.display(df, 't')").columns("t") ==
      "latency i/DURATION_NS, x s");
  CHECK(compile_line("df = df[['latency']]\ndf = df[df.latency > 0]\ndf.x = df.req_path").error() ==
        "5:10 Column 'req_path' not found in parent dataframe");
  // With another use of the dataframe in between, nothing is combined.
  CHECK(compile_line("df = df[['latency']]\npx.display(df, 'a')\ndf.x = df.req_path").error() ==
        "5:10 Column 'req_path' not found in parent dataframe");
}

TEST_CASE("drops are never combined") {
  CHECK(compile_line("df = df.drop('req_path')\ndf.x = df.req_path").error() ==
        "4:10 Column 'req_path' not found in parent dataframe");
}

TEST_CASE("what agents compute may stand beside and behind what Kelvin computes in one operator") {
  CHECK(cluster_error("df.ra = px.ip_to_pod_id(df.remote_addr)\ndf.pod = df.ctx['pod']").empty());
  // df.p needs df.ra, so it is another operator, which Kelvin runs, and the rest with it.
  CHECK(cluster_error("df.ra = px.ip_to_pod_id(df.remote_addr)\n"
                      "df.p = px.pod_id_to_pod_name(df.ra)\ndf.c = df.ctx['cmdline']") ==
        "4:29 UDF 'upid_to_cmdline' must execute before blocking nodes such as limit, agg, and "
        "join.");
  CHECK(cluster_error("df = df[px.ip_to_pod_id(df.remote_addr) == df.ctx['pod_id']]").empty());
}

TEST_CASE("a column that no output needs is placed nowhere") {
  const std::string behind = "df = df.head(5)\ndf.p = df.ctx['cmdline']\n";
  CHECK(cluster_error(behind) ==
        "4:14 UDF 'upid_to_cmdline' must execute before blocking nodes such as limit, agg, and "
        "join.");
  CHECK(cluster_error(behind + "df = df[['latency']]").empty());
  CHECK(cluster_error(behind + "df = df.groupby('req_path').agg(n=('latency', px.count))").empty());
}

TEST_CASE("a filter by what agents compute climbs past head() and agg()") {
  CHECK(cluster_error("df = df.head(5)\ndf = df[df.ctx['cmdline'] == 'a']").empty());
  CHECK(cluster_error("df = df.groupby('upid').agg(n=('latency', px.count))\n"
                      "df = df[df.ctx['cmdline'] == 'a']")
            .empty());
  CHECK_FALSE(cluster_error("df = df.groupby('upid').agg(n=('latency', px.count))\n"
                            "df.c = df.ctx['cmdline']\ndf = df[df.c == 'a']")
                  .empty());
}

TEST_CASE("a filter by an empty text is none") {
  const std::string lines =
      "df = df.head(5)\ndf = df.merge(df, how='inner', left_on='upid', "
      "right_on='upid', suffixes=['', '_x'])\n";
  CHECK(cluster_error(lines + "df = df[px.contains(df.ctx['cmdline'], '')]").empty());
  CHECK_FALSE(cluster_error(lines + "df = df[px.contains(df.ctx['cmdline'], 'a')]").empty());
  CHECK(compile_line("df = df[px.contains(df.req_path, '')]\npx.display(df, 't')").shape("t") ==
        "limit 10000 (source http_events)");
}

TEST_CASE("a filter behind head() runs before it") {
  CHECK(compile_line("df = df.head(3)\ndf = df[df.latency > 5]\npx.display(df, 't')").shape("t") ==
        "limit 10000 (limit 3 (filter (source http_events)))");
}

TEST_CASE("a stream has no limit, and operators of its own") {
  const Story story = compile_line(
      "df = df[df.latency > 5]\npx.display(df, 'ends')\npx.display(df.stream(), 'goes_on')");
  CHECK(story.shape("ends") == "limit 10000 (filter (source http_events))");
  CHECK(story.shape("goes_on") == "filter (source http_events)");
  const auto streams = [&](std::string_view table) {
    const Operator* op = story.op(table);
    REQUIRE(op != nullptr);
    while (!op->inputs.empty()) op = op->inputs.front().get();
    return std::get<Operator::Source>(op->node).streams;
  };
  CHECK_FALSE(streams("ends"));
  CHECK(streams("goes_on"));
  REQUIRE(story.result.plan.sinks.size() == 2);
  CHECK_FALSE(story.result.plan.sinks[0].streams);
  CHECK(story.result.plan.sinks[1].streams);
  CHECK(compile_line("px.display(df.head(3).stream(), 't')").error().find("operator Limit") !=
        std::string::npos);
}

TEST_CASE("tables are read no wider than the outputs need") {
  const Story story = compile_line("df = df[df.latency > 5]\npx.display(df[['req_path']], 't')");
  const Operator* op = story.op("t");
  REQUIRE(op != nullptr);
  while (!op->inputs.empty()) op = op->inputs.front().get();
  CHECK(columns_text(op->relation) == "req_path s, latency i/DURATION_NS");
}

TEST_CASE("the pod of a table with local addresses has a way round short processes") {
  CHECK(cluster_error("df = df.head(5)\ndf.pod = df.ctx['pod']") ==
        "4:16 UDF '_upid_to_podname_local_addr_fallback' must execute before blocking nodes such "
        "as limit, agg, and join.");
  CHECK(cluster_error("df = df.head(5)\ndf.pod = df.ctx['pod']", "process_stats") ==
        "4:16 UDF 'upid_to_pod_name' must execute before blocking nodes such as limit, agg, and "
        "join.");
}

TEST_CASE("a join that cannot be brought into the order of time is refused") {
  const std::string merge = "b = px.DataFrame('dns_events', select=['upid', 'time_'])\n";
  const auto error = [&](const std::string& how, const std::string& left) {
    return cluster_error(merge + "df = df[[" + left + "]].merge(b, how='" + how +
                         "', left_on='upid', right_on='upid', suffixes=['', '_b'])");
  };
  CHECK(error("left", "'upid', 'time_'").empty());
  CHECK(error("left", "'upid'") ==
        "- For time ordered joins, left join is only supported when time_ comes from the left "
        "table.");
  CHECK(error("outer", "'upid', 'time_'") ==
        "- For time ordered joins, full outer join is not supported.");
  CHECK(cluster_error(merge + "df = df[['upid', 'latency']].merge(b, how='left', left_on='upid', "
                              "right_on='upid', suffixes=['', '_b'])\ndf = df[['latency']]")
            .empty());
}

}  // namespace pxq::local::test
