// Errors of scripts: what pxq check finds.

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "places.h"
#include "session.h"

namespace pxq::app {
namespace {

struct CheckCase {
  std::string name;
  std::string script;
  std::string finding;  // behind "FILE:"; empty: it compiles
};

TEST_CASE("pxq check finds what a cluster would refuse, as editors read it") {
  const std::string head = "import px\ndf = px.DataFrame('http_events')\n";
  const std::string tail = "\npx.display(df)\n";
  const std::vector<CheckCase> cases = {
      {"a whole script", head + "df = df[df.latency > 100]" + tail, ""},
      {"a column", head + "df = df[df.latncy > 100]" + tail,
       "3:11: error: Column 'latncy' not found in parent dataframe (did you mean 'latency'?)"},
      {"a table", "import px\ndf = px.DataFrame('http_event')" + tail,
       "2:18: error: Table 'http_event' not found. (did you mean 'http_events'?)"},
      {"a function", head + "df.x = px.contians(df.req_path, 'x')" + tail,
       "3:10: error: 'px' object has no attribute 'contians' (did you mean 'contains'?)"},
      {"a metadata key", head + "df.x = df.ctx['pdo']" + tail,
       "3:14: error: 'pdo' unavailable metadata key. (did you mean 'pod'?)"},
      {"a method", head + "df = df.grouby('upid').agg()" + tail, "did you mean 'groupby'?"},
      {"a name", head + "dff = 1\ndf = dfg" + tail, "4:6: error: name 'dfg' is not defined"},
      {"types", head + "df.x = px.strip_prefix(df.latency, 'x')" + tail,
       "there is strip_prefix(STRING,STRING) -> STRING"},
      {"syntax", "import px\ndf = px.DataFrame('a'\n", "error: SyntaxError: Expected `)`"},
      {"a function of clusters", head + "df.a = px.nslookup(df.remote_addr)" + tail, ""},
      {"metadata", head + "df.p = df.ctx['pod']\ndf.s = df.ctx['service']" + tail, ""},
      {"metadata behind a limit", head + "df = df.head(5)\ndf.p = df.ctx['pod']" + tail,
       "UDF '_upid_to_podname_local_addr_fallback' must execute before blocking nodes"},
      {"metadata beside what only Kelvin knows",
       head + "df.i = px.ip_to_pod_id(df.remote_addr)\ndf.p = df.ctx['pod']" + tail, ""},
      {"metadata behind what only Kelvin knows",
       head +
           "df.i = px.ip_to_pod_id(df.remote_addr)\ndf.n = px.pod_id_to_pod_name(df.i)\n"
           "df.p = df.ctx['cmdline']" +
           tail,
       "UDF 'upid_to_cmdline' must execute before blocking nodes"},
      {"the semantic type of metadata", head + "df.p = px.Pod(df.ctx['pod'])" + tail, ""},
      {"a status listing",
       "import px\npx.display(px.GetAgentStatus(include_kelvin=True)"
       "[['asid', 'hostname']])\n",
       ""},
      {"a column of a listing", "import px\npx.display(px.GetAgentStatus()[['asd']])\n",
       "Column 'asd' not found"},
      {"no output", head, "query does not output a result"},
  };
  for (const CheckCase& one : cases) {
    DYNAMIC_SECTION(one.name) {
      Session session;
      session.home().write("s.pxl", one.script);
      session.allow("s.pxl");
      const fake::ProcessResult result = fake::run(session.command({"check", "s.pxl"}));
      INFO(result.out);
      CHECK(result.status() == (one.finding.empty() ? 0 : 3));
      if (one.finding.empty()) {
        CHECK(result.out.empty());
      } else {
        CHECK_THAT(result.out, Catch::StartsWith("s.pxl:") && Catch::Contains(one.finding));
      }
      session.check_manners(result);
    }
  }
}

TEST_CASE("What only a cluster can tell is no error, and is said") {
  const Session session;
  const fake::ProcessResult result = fake::run(session.command(
      {"check", "-e",
       "import px\nimport pxtrace\n"
       "pxtrace.UpsertTracepoint('probe', 'drops', 'kprobe:tcp_drop {}', pxtrace.kprobe(), '10m')\n"
       "px.display(px.DataFrame('drops').head(5))\n"}));
  CHECK(result.status() == 0);
  CHECK_THAT(result.out,
             Catch::Contains("<inline>:3:25: only a cluster can tell: the probe itself"));
  CHECK_THAT(result.err, Catch::Contains("checked here") && Catch::Contains("cluster"));
}

TEST_CASE("pxq check takes many scripts and tells all their errors") {
  Session session;
  session.home().write("a.pxl", "import px\npx.display(px.DataFrame('dns_events'))\n");
  session.home().write("b.pxl", "import px\npx.displey(1)\n");
  session.home().write("c.pxl", "import px\npx.display(px.DataFrame('dns_evnts'))\n");
  session.allow("a.pxl").allow("b.pxl").allow("c.pxl");
  SECTION("by name") {
    const auto result = fake::run(session.command({"check", "a.pxl", "b.pxl", "c.pxl", "d.pxl"}));
    CHECK(result.status() == 2);  // one of them cannot be read at all
    for (const std::string text : {"b.pxl:2:3: error", "c.pxl:2:24: error", "d.pxl"}) {
      CHECK_THAT(result.out, Catch::Contains(text));
    }
    CHECK_THAT(result.err, Catch::Contains("1 of 4 scripts cannot be read"));
    session.check_manners(result);
  }
  SECTION("by directory") {
    const auto result = fake::run(session.command({"check", "."}));
    CHECK(result.status() == 3);
    CHECK_THAT(result.err, Catch::Contains("2 of 3 scripts"));
  }
  SECTION("in a format") {
    const auto result = fake::run(session.command(
        {"check", "b.pxl", "-o", "csv", "--columns", "file,line,column,severity,hint"}));
    CHECK(result.status() == 3);
    CHECK(result.out ==
          "file,line,column,severity,hint\nb.pxl,2,3,error,did you mean 'display'?\n");
  }
}

TEST_CASE("pxq check says what it could not look at, and --strict minds") {
  const Session session;
  const std::string script =
      "import px\nimport pxtrace\n"
      "pxtrace.UpsertTracepoint('probe', 'drops', 'kprobe:tcp_drop {}', pxtrace.kprobe(), '10m')\n"
      "px.display(px.DataFrame('drops').head(5))\n";
  const auto plain = fake::run(session.command({"check", "-e", script}));
  CHECK(plain.status() == 0);
  CHECK_THAT(plain.err, Catch::Contains("1 script compiles, but for 1 place"));
  CHECK(plain.out.find("local Vizier") == std::string::npos);
  const auto strict = fake::run(session.command({"check", "--strict", "-e", script}));
  CHECK(strict.status() == 3);
  CHECK(strict.out == plain.out);
}

TEST_CASE("Flag --table names what another script's probe makes") {
  const Session session;
  const std::string script = "import px\npx.display(px.DataFrame('drops'))\n";
  const auto unknown = fake::run(session.command({"check", "-e", script}));
  CHECK(unknown.status() == 3);
  CHECK_THAT(unknown.out, Catch::Contains("--table NAME"));
  CHECK(fake::run(session.command({"check", "--table", "drops", "-e", script})).status() == 0);
}

TEST_CASE("An editor's script comes on stdin, and findings have ranges") {
  const Session session;
  fake::Command command = session.command({"check", "--stdin", "--as", "slow.pxl", "-o", "jsonl"});
  command.input = "import px\ndf = px.DataFrame('http_events')\npx.display(df[df.latncy > 1])\n";
  const auto result = fake::run(command);
  CHECK(result.status() == 3);
  CHECK_THAT(result.out, Catch::Contains(R"("file":"slow.pxl","line":3,"column":17,)"
                                         R"("end_column":24,"severity":"error")") &&
                             Catch::Contains("did you mean 'latency'?"));
  CHECK(count(result.out, "\n") == 1);
  CHECK(fake::run(session.command({"check", "--as", "slow.pxl", "-e", "x"})).status() == 2);
}

TEST_CASE("A file is checked with the vis.json beside it") {
  Session session;
  session.home().write("vis.json",
                       R"({"globalFuncs": [{"outputName": "w", "func": {"name": "f"}}]})");
  session.allow("vis.json").allow("s.pxl");
  session.home().write("s.pxl", "import px\ndef f():\n    return px.DataFrame('http_event')\n");
  const auto bad = fake::run(session.command({"check", "s.pxl"}));
  CHECK(bad.status() == 3);
  CHECK_THAT(bad.out, Catch::Contains("s.pxl:3:24: error: Table 'http_event'"));
  CHECK_THAT(bad.err, Catch::Contains("s.pxl with the vis.json beside it"));
  session.home().write("s.pxl", "import px\ndef f():\n    return px.DataFrame('http_events')\n");
  CHECK(fake::run(session.command({"check", "s.pxl"})).status() == 0);
}

TEST_CASE("A script that is not there is a wrong command line, not a wrong script") {
  const Session session;
  const std::string name = GENERATE(as<std::string>(), "nosuch.pxl", "px/nosuch");
  const auto result = fake::run(session.command({"check", name}));
  CHECK(result.status() == 2);
  CHECK_THAT(result.out + result.err, Catch::Contains(name));
}

TEST_CASE("A file that is not text is no script") {
  Session session;
  session.home().write("a.pxl", std::string("\x7f"
                                            "ELF\0\x01",
                                            6));
  session.allow("a.pxl");
  CHECK(fake::run(session.command({"check", "a.pxl"})).status() == 2);
}

TEST_CASE("A wrong #px:set line is told with its line") {
  const Session session;
  const auto result = fake::run(session.command(
      {"check", "-e", "import px\n#px:set explain=yes\npx.display(px.DataFrame('dns_events'))\n"}));
  CHECK(result.status() == 3);
  CHECK_THAT(result.out, Catch::StartsWith("<inline>:2:1: error: strconv.ParseBool"));
}

TEST_CASE("What people bring from other languages gets a hint of PxL") {
  const Session session;
  const std::string head = "import px\ndf = px.DataFrame('http_events')\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"df = df.sort_values('latency')", "PxL does not sort"},
      {"df = df.agg(a=('latency', px.avg))", "px.mean"},
      {"df = df[(df.latency > 1) & df.encrypted]", "write 'and'"},
      {"df = df[df.encrypted or df.encrypted or df.encrypted]", "two at a time"},
      {"df = df[df.service == 'x']", "df.ctx['service']"},
      {"df = df.groupby(px.bin(df.time_, 5)).agg()", "assign it to a column"},
      {"x = lambda y: y", "with def"},
      {"for x in df:\n    y = x", "no loops"},
      {"x = 1\nx += 1", "x = x + 1"},
      {"def f(a=1):\n    return a", "at each call"},
      {"df = px.DataFrame('http_events', start_time=__time_from)", "Grafana"},
      {"df = px.DataFrame('http_events', start_time=$__from)", "Grafana"},
      {"df = px.DataFrame('http_events', start_time='$__timeFrom')", "Grafana"},
      {"df = px.DataFrame('http_events', start_time='5 minutes')", "such as '-5m'"},
      {"df.x = f'{df.latency} ns'", "no f-strings"},
      {"df.x = df.req_path + F\"a\"", "no f-strings"},
  };
  for (const auto& [line, hint] : cases) {
    INFO(line);
    const auto result =
        fake::run(session.command({"check", "-e", head + line + "\npx.display(df)\n"}));
    CHECK(result.status() == 3);
    CHECK_THAT(result.out, Catch::Contains(hint));
  }
}

TEST_CASE("A missing column's hint names what that dataframe has") {
  const Session session;
  const auto finding = [&](const std::string& line) {
    return fake::run(session.command({"check", "-e",
                                      "import px\ndf = px.DataFrame('http_events')\n" + line +
                                          "\npx.display(df)\n"}))
        .out;
  };
  const std::string grouped = "df = df.groupby('req_path').agg(latency_max=('latency', px.max))\n";
  CHECK_THAT(finding(grouped + "df.x = df.latency_min"), Catch::Contains("'latency_max'"));
  CHECK_THAT(finding(grouped + "df.x = df.latncy"), !Catch::Contains("'latency'"));
  CHECK_THAT(finding("df.x = df.service"), Catch::Contains("df.ctx['service']"));
  CHECK_THAT(finding(grouped + "df.x = df.service"), !Catch::Contains("df.ctx"));
}

TEST_CASE("A wrong #px:set line gets a hint of the flags there are") {
  const Session session;
  const auto finding = [&](const std::string& line) {
    return fake::run(session.command({"check", "-e", "import px\n" + line + "\n"})).out;
  };
  CHECK_THAT(finding("#px:set explain=yes"), Catch::Contains("take true or false"));
  CHECK_THAT(finding("#px:set explan=true"), Catch::Contains("did you mean 'explain'?"));
  CHECK_THAT(finding("#px:set limit=5"), Catch::Contains("max_output_rows_per_table"));
  CHECK_THAT(finding("#px:set max_output_rows_per_table=all"), Catch::Contains("a whole number"));
  CHECK_THAT(finding("#px:set explain = true"), Catch::Contains("without blanks"));
}

TEST_CASE("A mistake behind a probe or an export is found") {
  const Session session;
  const std::string probe =
      "import pxtrace\nimport px\n"
      "pxtrace.UpsertTracepoint('p', 'drops', 'kprobe:tcp_drop {}', pxtrace.kprobe(), '10m')\n"
      "df = px.DataFrame('drops')\n";
  const std::string exported =
      "import px\ndf = px.DataFrame('http_events')\ndf.service = df.ctx['service']\n"
      "px.export(df, px.otel.Data(resource={'service.name': df.service},\n"
      "          data=[px.otel.metric.Gauge(name='latency', value=df.latency)]))\n";
  for (const std::string& head : {probe, exported}) {
    for (const std::string line : {"df.x = px.selct(True, 1, 2)", "df = df.hed(3)", "df.x = nope",
                                   "px.display(px.DataFrame('dns_evens'))"}) {
      INFO(head << line);
      const auto result =
          fake::run(session.command({"check", "-e", head + line + "\npx.display(df)\n"}));
      CHECK(result.status() == 3);
      CHECK_THAT(result.out, Catch::Contains("error: "));
    }
    CHECK(fake::run(session.command({"check", "-e", head + "px.display(df)\n"})).status() == 0);
  }
}

TEST_CASE("The functions of vis.json are compiled with their defaults") {
  Session session;
  const std::string vis =
      R"({"variables": [{"name": "start_time", "type": "PX_STRING", "defaultValue": "-5m"},
                        {"name": "pod", "type": "PX_POD"}],
          "widgets": [{"name": "w", "func": {"name": "f", "args": [
                        {"name": "start_time", "variable": "start_time"},
                        {"name": "pod", "variable": "pod"}]}}]})";
  session.home().write("vis.json", vis);
  const std::string body =
      "import px\ndef f(start_time: str, pod: px.Pod):\n"
      "    df = px.DataFrame('http_events', start_time=start_time)\n";
  session.allow("vis.json").allow("s.pxl");
  SECTION("good") {
    session.home().write("s.pxl", body + "    return df[df.ctx['pod'] == pod]\n");
    CHECK(fake::run(session.command({"check", "."})).status() == 0);
  }
  SECTION("bad inside a function") {
    session.home().write("s.pxl", body + "    return df[df.ctx['pod'] == podd]\n");
    const auto result = fake::run(session.command({"check", "."}));
    CHECK(result.status() == 3);
    CHECK_THAT(result.out, Catch::Contains("s.pxl:4:") && Catch::Contains("'podd'"));
  }
  SECTION("a function that is not there") {
    session.home().write("s.pxl", "import px\ndef g(): return px.DataFrame('http_events')\n");
    CHECK(fake::run(session.command({"check", "."})).status() == 3);
  }
}

TEST_CASE("Every shipped script compiles") {
  const Session session;
  const auto result = fake::run(session.command({"check", PXQ_SOURCE_DIR "/scripts/pxl"}));
  INFO(result.out);
  CHECK(result.status() == 0);
  CHECK(result.out.empty());  // nothing that only a cluster could tell either
}

}  // namespace
}  // namespace pxq::app
