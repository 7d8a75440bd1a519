// A cluster to take home: what a snapshot holds, what it says is missing, and that scripts get from
// it what they got from the cluster.

#include <sched.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "app/demo_session.h"
#include "places.h"

namespace pxq::app {
namespace {

std::vector<std::string> joined(std::vector<std::string> words,
                                const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// The demo at one moment, behind a socket of its own.
class Cluster {
 public:
  explicit Cluster(Session& session)
      : server_(session.allow("v").command({"serve", "--local=demo", "--at", kMoment, "--listen",
                                            "unix:" + session.home().path("v")})),
        address_("unix:" + session.home().path("v")) {
    REQUIRE(server_.wait_for_out("\n"));
  }

  const std::string& address() const { return address_; }

 private:
  fake::Process server_;
  std::string address_;
};

std::vector<std::string> scripts_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(PXQ_SOURCE_DIR "/scripts/pxl/" + folder)) {
    const std::string name = entry.path().filename().string();
    if (name != "export" && entry.is_directory()) names.push_back(folder + "/" + name);
  }
  return names;
}

TEST_CASE("every shipped script gives on a snapshot the rows that its cluster gave") {
  Session session;
  const Cluster cluster(session);
  session.allow("demo.pxsnap");
  const auto taken = run(session, {"snapshot", "--addr", cluster.address(), "--since", "16m", "-o",
                                   "demo.pxsnap", "-v"});
  INFO(taken.err);
  REQUIRE(taken.status() == 0);
  CHECK_THAT(taken.err, Catch::Contains("complete") && !Catch::Contains("warning"));
  std::vector<std::string> scripts = joined(scripts_in("pxq"), scripts_in("pxq/export"));
  CHECK(scripts.size() >= 26);
  for (const std::string& script : scripts) {
    INFO(script);
    std::vector<std::string> words = {"run", script, "-o", "jsonl", "--max-rows", "all"};
    if (script.starts_with("pxq/export/")) {
      words = joined(words, {"--start", "2026-03-04T04:54:07Z", "--end", kMoment});
    }
    const auto there = run(session, joined(words, {"--addr", cluster.address()}));
    const auto here = run(session, joined(words, {"--local=demo.pxsnap"}));
    CHECK(there.status() == 0);
    CHECK_FALSE(there.out.empty());
    CHECK(here.status() == 0);
    CHECK((here.out == there.out));  // megabytes, that nobody wants to see
  }
}

TEST_CASE("a snapshot answers as of any moment what the cluster would have answered then") {
  Session session;
  session.allow("demo.pxsnap");
  REQUIRE(run(session,
              {"snapshot", "--local=demo", "--at", kMoment, "--since", "24m", "-o", "demo.pxsnap"})
              .status() == 0);
  for (const std::string at : {kMoment, "2026-03-04T05:01:00Z", "2026-03-04T04:57:30Z"}) {
    for (const std::string& script : scripts_in("pxq")) {
      INFO(at << " " << script);
      const std::vector<std::string> words = {"run", script,  "--at",       at,
                                              "-o",  "jsonl", "--max-rows", "all"};
      const auto here = run(session, joined(words, {"--local=demo.pxsnap"}));
      CHECK(here.status() == 0);
      CHECK((here.out == run(session, joined(words, {"--local=demo"})).out));
    }
  }
  const std::vector<std::string> lists = {
      "run", "-e", "import px\npx.display(px.GetSchemas(), 's')\npx.display(px.GetTables(), 't')",
      "-o", "jsonl"};
  CHECK(run(session, joined(lists, {"--local=demo.pxsnap"})).out ==
        run(session, joined(lists, {"--local=demo"})).out);
}

// What scripts ask of a cluster, one function after the other, of whatever rows name.
TEST_CASE("a snapshot knows of its rows' processes, pods and addresses what the cluster knew") {
  Session session;
  const Cluster cluster(session);
  session.allow("demo.pxsnap");
  REQUIRE(
      run(session, {"snapshot", "--addr", cluster.address(), "--since", "6m", "-o", "demo.pxsnap",
                    "--tables", "conn_stats,process_stats,network_stats,http_events"})
          .status() == 0);
  const std::string process =
      "import px\n"
      "df = px.DataFrame('process_stats', start_time='-5m')\n"
      "df = df[['upid']]\n"
      "df.pod = df.ctx['pod']\ndf.svc = df.ctx['service']\ndf.node = df.ctx['node']\n"
      "df.ns = df.ctx['namespace']\ndf.c = df.ctx['container']\ndf.cid = df.ctx['container_id']\n"
      "df.cmd = df.ctx['cmdline']\ndf.host = df.ctx['hostname']\ndf.pid = df.ctx['pod_id']\n"
      "df.rs = df.ctx['replicaset']\ndf.dep = df.ctx['deployment']\n"
      "df.qos = px.upid_to_pod_qos(df.upid)\n"
      "df = df.groupby(['pod', 'svc', 'node', 'ns', 'c', 'cid', 'cmd', 'host', 'pid', 'rs', 'dep',"
      " 'qos']).agg(n=('upid', px.count))\n"
      "df.status = px.pod_name_to_status(df.pod)\ndf.start = px.pod_name_to_start_time(df.pod)\n"
      "df.ip = px.pod_name_to_pod_ip(df.pod)\ndf.cs = px.container_id_to_status(df.cid)\n"
      "df.cstop = px.container_id_to_stop_time(df.cid)\n"
      "df.labels = px.pod_id_to_pod_labels(df.pid)\n"
      "df.owner = px.pod_id_to_owner_references(df.pid)\n"
      "df.rss = px.replicaset_name_to_status(df.rs)\n"
      "df.deps = px.deployment_name_to_status(df.dep)\n"
      "df.sid = px.service_name_to_service_id(df.svc)\n"
      "df.sip = px.service_id_to_cluster_ip(df.sid)\n"
      "df.nsid = px.namespace_name_to_namespace_id(df.ns)\n"
      "px.display(df, 'processes')\n";
  const std::string address =
      "import px\n"
      "df = px.DataFrame('conn_stats', start_time='-5m')\n"
      "df = df.groupby('remote_addr').agg(n=('time_', px.count))\n"
      "df.pod = px.pod_id_to_pod_name(px.ip_to_pod_id(df.remote_addr))\n"
      "df.svc = px.service_id_to_service_name(px.ip_to_service_id(df.remote_addr))\n"
      "df.name = px.nslookup(df.remote_addr)\n"
      "df.inside = px.cidrs_contain_ip(px.get_cidrs(), df.remote_addr)\n"
      "px.display(df, 'addresses')\n";
  const std::string cluster_text =
      "import px\npx.display(px.GetAgentStatus(), 'agents')\n"
      "df = px.Version()\ndf.id = px.vizier_id()\ndf.name = px.vizier_name()\n"
      "df.ns = px.vizier_namespace()\ndf.cpus = px._exec_host_num_cpus()\n"
      "df.now = px.now()\npx.display(df, 'vizier')\n"
      "px.display(px.GetLinuxHeadersStatus(), 'headers')\n";
  for (const std::string& script : {process, address, cluster_text}) {
    INFO(script);
    const std::vector<std::string> words = {"run", "-e", script, "-o", "jsonl"};
    const auto there = run(session, joined(words, {"--addr", cluster.address()}));
    const auto here = run(session, joined(words, {"--local=demo.pxsnap"}));
    CHECK(there.status() == 0);
    CHECK_FALSE(there.out.empty());
    CHECK(here.err.empty());
    CHECK(here.out == there.out);
  }
}

TEST_CASE("a snapshot is asked as of any moment that it holds, and tells how much it holds") {
  Session session;
  session.allow("demo.pxsnap");
  REQUIRE(run(session, {"snapshot", "--local=demo", "--at", kMoment, "--since", "12m", "-o",
                        "demo.pxsnap", "--tables", "dns_events,http_events"})
              .status() == 0);
  const std::string script =
      "import px\n"
      "df = px.DataFrame('http_events', start_time='-2m')\n"
      "df = df.groupby('req_path').agg(n=('time_', px.count), last=('time_', px.max))\n"
      "px.display(df)\n";
  const std::string moment = GENERATE("04:57:30", "05:01:07.000000001", "05:06:07");
  const std::string at = "2026-03-04T" + moment + "Z";
  const auto here = run(session, {"run", "-e", script, "--local=demo.pxsnap", "--at", at});
  CHECK(here.status() == 0);
  CHECK_FALSE(here.out.empty());
  CHECK(here.out == run(session, {"run", "-e", script, "--local=demo", "--at", at}).out);
  const std::vector<std::string> since = {"run", "pxq/export/dns_events", "--since", "3m"};
  const auto last = run(session, joined(since, {"--local=demo.pxsnap"}));
  CHECK_FALSE(last.out.empty());  // counted from the end of the data
  CHECK(last.out == run(session, joined(since, {"--local=demo.pxsnap", "--at", kMoment})).out);
  const auto tables = run(session, {"tables", "--local=demo.pxsnap", "-o", "csv"});
  CHECK_THAT(tables.out, Catch::Contains("http_events,") && Catch::Contains(",whole\n") &&
                             Catch::Contains("2026-03-04T04:54:"));
  CHECK(run(session, {"run", "-e", script, "--local=demo.pxsnap", "--at", "2026-03-04T04:54:06Z"})
            .status() == 2);
}

TEST_CASE("bodies stay on the cluster when that is asked for") {
  Session session;
  session.allow("demo.pxsnap");
  const std::string mode = GENERATE("--without-bodies", "--redact");
  REQUIRE(run(session, {"snapshot", "--local=demo", "--at", kMoment, "--since", "2m", "-o",
                        "demo.pxsnap", "--tables", "http_events", mode})
              .status() == 0);
  const auto rows = [&](const std::string& source, const std::string& lines) {
    std::vector<std::string> words = {"run", "-e",
                                      "import px\n"
                                      "df = px.DataFrame('http_events', start_time='-1m')\n" +
                                          lines + "px.display(df)\n",
                                      source};
    if (source == "--local=demo") words = joined(words, {"--at", kMoment});
    return run(session, words).out;
  };
  const std::string change = mode == "--redact"
                                 ? "df.B = px.redact_pii_best_effort(df.req_body)\n"
                                   "df.H = px.redact_pii_best_effort(df.req_headers)\n"
                                 : "df.B = ''\ndf.H = ''\n";
  const std::string same = "df.B = df.req_body\ndf.H = df.req_headers\n";
  const std::string some = "df = df[['time_', 'upid', 'latency', 'B', 'H']]\n";
  const std::string kept = rows("--local=demo.pxsnap", same + some);
  CHECK_FALSE(kept.empty());
  CHECK(kept == rows("--local=demo", change + some));
  CHECK(kept != rows("--local=demo", same + some));
}

TEST_CASE("what has no past, and what is no name of a snapshot, is refused") {
  const Session session;
  CHECK(run(session, {"snapshot", "--local", "-o", "s.pxsnap"}).status() == 2);
  CHECK(run(session, {"snapshot", "--local=demo", "-o", "s.csv"}).status() == 2);
  CHECK(run(session, {"snapshot", "--local=demo", "--since", "5m", "--end", "6m", "-o", "s.pxsnap"})
            .status() == 2);
}

TEST_CASE("rows alone are no cluster to take home") {
  Session session;
  const std::string file = GENERATE("t.csv", "t.jsonl");
  session.home().write(file, file == "t.csv" ? "time_,n\n2026-11-23T07:00:00Z,1\n"
                                             : "{\"time_\":\"2026-11-23T07:00:00Z\",\"n\":1}\n");
  session.allow(file);
  session.check(run(session, {"snapshot", "--local=./" + file, "-o", "s.pxsnap"}),
                {2,
                 "",
                 {file + " holds rows, and neither the clock nor the state of a cluster",
                  "pxq run SCRIPT --local="}});
}

TEST_CASE("a torn, altered or foreign snapshot is refused with a sentence") {
  Session session;
  session.home().write("bad.pxsnap", "");
  session.allow("demo.pxsnap").allow("bad.pxsnap");
  REQUIRE(run(session, {"snapshot", "--local=demo", "--at", kMoment, "--since", "1m", "-o",
                        "demo.pxsnap", "--tables", "dns_events"})
              .status() == 0);
  const std::string whole = session.home().read("demo.pxsnap");
  std::string altered = whole;
  altered[20] ^= 4;
  std::string newer = whole;
  newer[8] = 4;
  std::string index = whole;
  index[index.size() - 60] ^= 4;
  const auto [bytes, status, message] = GENERATE_COPY(table<std::string, int, std::string>(
      {{whole.substr(0, whole.size() - 1), 8, "is cut"},
       {whole.substr(0, 10), 2, "is not a snapshot"},
       {whole.substr(0, 30), 8, "is cut"},
       {index, 8, "checksum"},
       {newer, 2, "version 4"},
       {"time_,a\n1,2\n", 2, "is not a snapshot"},
       {altered, 6, "checksum"}}));  // found by the query that reads that part
  session.home().write("bad.pxsnap", bytes);
  const auto result =
      run(session,
          {"run", "-e", "import px\npx.display(px.DataFrame('dns_events'))", "--local=bad.pxsnap"});
  CHECK(result.status() == status);
  CHECK_THAT(result.err, Catch::Contains(message) && Catch::Contains("bad.pxsnap"));
}

// Whoever took a snapshot home has no other one of that day: what was once written is read for
// good. The rows beside it are what the pxq that took it printed.
/// All of a snapshot but its index, which tells when it was taken.
std::string without_index(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string all(std::istreambuf_iterator<char>(file), {});
  REQUIRE(all.size() > 40);
  uint64_t index = 0;
  for (size_t i = 8; i-- > 0;) {
    index = index << 8 | static_cast<unsigned char>(all[all.size() - 40 + i]);
  }
  REQUIRE(index < all.size());
  return all.substr(0, index);
}

/// While it lasts, what is started has one processor.
class OneProcessor {
 public:
  OneProcessor() {
    REQUIRE(::sched_getaffinity(0, sizeof all_, &all_) == 0);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++i) {
      if (CPU_ISSET(i, &all_)) CPU_SET(i, &one);
    }
    REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
  }
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;
  ~OneProcessor() { ::sched_setaffinity(0, sizeof all_, &all_); }

  int others() const { return CPU_COUNT(&all_) - 1; }

 private:
  cpu_set_t all_ = {};
};

TEST_CASE("a snapshot is the same file with one processor and with several") {
  Session session;
  const auto take = [&session](const std::string& name) {
    session.allow(name);
    const auto taken = run(session, {"snapshot", "--local=demo,scale=20", "--at", kMoment,
                                     "--since", "1m", "--tables", "http_events", "-o", name, "-q"});
    INFO(taken.err);
    REQUIRE(taken.status() == 0);
    return without_index(session.home().path(name));
  };
  const std::string several = take("several.pxsnap");
  const OneProcessor alone;
  if (alone.others() == 0) WARN("not tested: this machine has one processor only");
  CHECK(several.size() > 500'000);
  CHECK((take("one.pxsnap") == several));
}

TEST_CASE("a snapshot of a former version is read as by the pxq that wrote it") {
  Session session;
  const std::string kept = PXQ_TEST_DATA "/golden/snapshot/version-";
  for (const std::string version : {"1", "2"}) {
    CAPTURE(version);
    const auto result = run(
        session, {"run", kept + "1.pxl", "--local=" + kept + version + ".pxsnap", "-o", "jsonl"});
    CHECK(result.status() == 0);
    std::ifstream file(kept + "1.jsonl");
    CHECK(result.out == std::string(std::istreambuf_iterator<char>(file), {}));
  }
}

// What a cluster with one table of two columns says, call by call.

fake::Script stream(const std::vector<fake::Table>& tables, const std::vector<fake::Batch>& rows) {
  fake::Script script;
  for (const fake::Table& table : tables) script.send(table.metadata());
  for (const fake::Batch& batch : rows) script.send(batch);
  for (const fake::Table& table : tables) script.send(table.end());
  return script.send(fake::stats());
}

constexpr int64_t kNow = 1'772'600'767'000'000'000;

fake::Script agents() {
  fake::Table agents("agents");
  agents.uint128("agent_id").int64("asid").string("hostname").int64("now");
  fake::Table collectors("collectors");
  collectors.uint128("agent_id");
  return stream({agents, collectors},
                {agents.batch().uint128({{1, 2}}).int64({1}).string({"n"}).int64({kNow}),
                 collectors.batch().uint128({{1, 2}})});
}

fake::Script tables() {
  fake::Table tables("tables");
  tables.string("table_name").string("table_desc");
  fake::Table columns("columns");
  columns.string("table_name").string("column_name").string("column_type").string("column_desc");
  return stream({tables, columns}, {tables.batch().string({"ticks"}).string({"made up"}),
                                    columns.batch()
                                        .string({"ticks", "ticks"})
                                        .string({"time_", "a"})
                                        .string({"TIME64NS", "INT64"})
                                        .string({"", "a number"})});
}

fake::Table ticks() { return fake::Table("ticks").time("time_").int64("a"); }

fake::Script rows(const std::vector<int64_t>& values) {
  std::vector<int64_t> times;
  for (const int64_t value : values) times.push_back(kNow - 1'000'000'000 + value);
  return stream({ticks()}, {ticks().batch().time(times).int64(values)});
}

fake::Script oldest(int64_t ns) {
  const fake::Table table = fake::Table("ticks").time("oldest");
  return stream({table}, {table.batch().time({ns})});
}

fake::Script version() {
  const fake::Table table = fake::Table("state").string("version");
  return stream({table}, {table.batch().string({"1.0"})});
}

fake::Script cut(const std::vector<int64_t>& values) {
  return fake::Script()
      .send(ticks().metadata())
      .send(ticks().batch().time(values).int64(values))
      .finish(14, "connection reset");
}

std::vector<std::string> snapshot_of(const fake::Vizier& vizier) {
  return {"snapshot", "--addr", vizier.address(), "--insecure", "--since", "4m", "-o", "s.pxsnap"};
}

const std::vector<std::string> kShow = {
    "run", "-e", "import px\npx.display(px.DataFrame('ticks')[['a']])", "--local=s.pxsnap"};

TEST_CASE("a slice that was cut or capped is asked for again, and each row is there once") {
  fake::Vizier vizier;
  Session session;
  session.allow("s.pxsnap");
  vizier.answer(agents()).answer(tables());
  SECTION("cut") { vizier.answer(cut({1, 2})).answer(rows({1, 2, 3})); }
  SECTION("capped") {
    std::vector<int64_t> many(10000);
    for (size_t i = 0; i < many.size(); ++i) many[i] = static_cast<int64_t>(i);
    vizier.answer(rows(many)).answer(rows({1, 2})).answer(rows({3}));
  }
  SECTION("out of order") { vizier.answer(rows({3, 1, 2})); }
  vizier.answer(oldest(1)).answer(version());
  CHECK(run(session, snapshot_of(vizier)).status() == 0);
  CHECK(run(session, kShow).out == "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
}

TEST_CASE("a window that begins long before the first row is not read slice by slice up to it") {
  fake::Vizier vizier;
  Session session;
  session.allow("s.pxsnap");
  vizier.answer(agents()).answer(tables()).answer(oldest(kNow - 1'000'000'000));
  vizier.answer(rows({1, 2, 3})).answer(oldest(kNow - 1'000'000'000)).answer(version());
  std::vector<std::string> command = snapshot_of(vizier);
  *std::ranges::find(command, "4m") = "365d";
  const auto result = run(session, command);
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK(run(session, kShow).out == "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
  CHECK_THAT(result.err, Catch::Contains("ticks: the cluster has no rows before"));
}

/// How many minutes the rows were asked for by each call. Each follows on the one before, or asks
/// for its beginning again.
std::vector<int64_t> minutes_asked(const fake::Vizier& vizier) {
  constexpr std::string_view kRows = "px.DataFrame('ticks', start_time=";
  std::vector<int64_t> minutes;
  int64_t last_start = 0;
  int64_t next = 0;
  for (const fake::Call& call : vizier.calls()) {
    const std::string text(call.script_request().query_str());
    const size_t at = text.find(kRows);
    if (at == std::string::npos || text.find("agg(") != std::string::npos) continue;
    const int64_t start = std::stoll(text.substr(at + kRows.size()));
    const int64_t end = std::stoll(text.substr(text.find("end_time=", at) + 9));
    if (!minutes.empty()) CHECK((start == next || start == last_start));
    last_start = start;
    next = end + 1;
    minutes.push_back((end - start + 30'000'000'000) / 60'000'000'000);
  }
  return minutes;
}

TEST_CASE("slices of few rows are longer and longer, until one is cut") {
  fake::Vizier vizier;
  Session session;
  session.allow("s.pxsnap");
  vizier.answer(agents()).answer(tables()).answer(oldest(1));
  std::vector<std::string> command = snapshot_of(vizier);
  std::vector<int64_t> expected = {5, 10, 20, 40, 60, 45};
  std::string window = "3h";
  SECTION("none is") {}
  SECTION("one is") {
    expected = {5, 10, 20, 5, 5, 5, 5, 1};
    window = "36m";
  }
  *std::ranges::find(command, "4m") = window;
  for (size_t i = 0; i + 1 < expected.size(); ++i) {
    vizier.answer(window == "36m" && i == 2 ? cut({1}) : rows({}));
  }
  vizier.answer(rows({1, 2, 3})).answer(oldest(1)).answer(version());
  const auto result = run(session, command);
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK(minutes_asked(vizier) == expected);
  CHECK(run(session, kShow).out == "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
}

TEST_CASE("a cluster that does not answer what a snapshot asked is named as such") {
  fake::Vizier vizier;
  Session session;
  vizier.answer(agents()).answer(tables()).answer(rows({1, 2, 3})).answer(rows({1}));
  const auto result = run(session, snapshot_of(vizier));
  CHECK(result.status() == 6);
  CHECK_THAT(result.err, Catch::Contains("does not say since when it has rows of ticks"));
}

TEST_CASE("a snapshot that takes its time says on a terminal what it reads, and takes it back") {
  fake::Vizier vizier;
  Session session;
  session.allow("s.pxsnap");
  vizier.answer(agents()).answer(tables());
  vizier.answer(fake::Script()
                    .send(ticks().metadata())
                    .send(ticks().batch().time({kNow - 1'000'000'000}).int64({1}))
                    .wait("seen")
                    .send(ticks().end())
                    .send(fake::stats()));
  vizier.answer(oldest(1)).answer(version());
  fake::Command command = session.command(snapshot_of(vizier));
  command.out = fake::Destination::terminal();
  command.err = fake::Destination::terminal();
  command.environment["TERM"] = "xterm";
  fake::Process process(command);
  REQUIRE(process.wait_for_out("slice 1 of 1, 1 rows, "));
  REQUIRE(process.wait_for_out("Ctrl-C cancels"));
  vizier.open("seen");
  const auto result = process.wait();
  CHECK(result.status() == 0);
  const size_t told = result.out.find("s.pxsnap: 1 rows of 1 tables");
  REQUIRE(told != std::string::npos);
  const size_t said = result.out.rfind("Ctrl-C cancels", told);
  CHECK(result.out.substr(said, told - said).find("\r\x1b[K") != std::string::npos);
  CHECK(result.out.find("Ctrl-C cancels", told) == std::string::npos);
}

TEST_CASE("a cluster that fails, or lacks what was asked for, leaves no file") {
  fake::Vizier vizier;
  Session session;
  vizier.answer(agents()).answer(tables());
  SECTION("cut again and again") {
    vizier.answer(cut({1})).answer(cut({1})).answer(cut({1}));
    const auto result = run(session, snapshot_of(vizier));
    CHECK(result.status() == 8);
  }
  SECTION("a table that is not there") {
    const auto result = run(session, joined(snapshot_of(vizier), {"--tables", "tick"}));
    CHECK(result.status() == 2);
    CHECK_THAT(result.err, Catch::Contains("no table 'tick'") && Catch::Contains("'ticks'?"));
  }
  SECTION("rows that are not there, where that is failure") {
    vizier.answer(rows({1})).answer(oldest(kNow - 1'000'000'000));
    const auto result = run(session, joined(snapshot_of(vizier), {"--strict"}));
    CHECK(result.status() == 11);
    CHECK_THAT(result.err, Catch::Contains("no rows before 2026-03-04T05:06:06"));
  }
}

TEST_CASE("what was evicted, lacks or is not answered is named") {
  fake::Vizier vizier;
  Session session;
  session.allow("s.pxsnap");
  vizier.answer(agents()).answer(tables()).answer(rows({1})).answer(oldest(kNow - 1'000'000'000));
  vizier.answer(fake::Script().finish(3, "'px' object has no attribute 'vizier_name'"));
  vizier.answer(version());
  const auto result = run(session, snapshot_of(vizier));
  CHECK(result.status() == 0);
  CHECK_THAT(result.err, Catch::Contains("ticks: the cluster has no rows before") &&
                             Catch::Contains("the cluster lacks") &&
                             Catch::Contains("http_events") &&
                             Catch::Contains("does not answer vizier_name"));
  const auto tables = run(session, {"tables", "--local=s.pxsnap", "-o", "csv"});
  CHECK_THAT(tables.out, Catch::Contains("none before 2026-03-04T05:06:06"));
  const auto version =
      run(session, {"run", "--local=s.pxsnap", "-e", "import px\npx.display(px.Version())"});
  CHECK(version.out == "{\"version\":\"1.0\"}\n");
}

TEST_CASE("a snapshot that is killed leaves the old file as it was") {
  fake::Vizier vizier;
  Session session;
  session.home().write("s.pxsnap", "the old one");
  vizier.answer(agents()).answer(tables()).answer(
      fake::Script().send(ticks().metadata()).silence());
  fake::Process process(session.command(joined(snapshot_of(vizier), {"--force"})));
  REQUIRE(vizier.wait_for_calls(3));
  process.signal(SIGKILL);
  process.wait();
  CHECK(session.home().read("s.pxsnap") == "the old one");
}

}  // namespace
}  // namespace pxq::app
