// The past of this machine, and rows that come as time passes.

#include <chrono>
#include <csignal>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "demo_session.h"
#include "fake/poll_until.h"
#include "fake/process.h"
#include "live_terminal.h"

namespace pxq::app {
namespace {

using Words = std::vector<std::string>;
using Catch::Contains;

// What the kernel knows of pxq's own process: reading /proc is what it does while it samples.
const std::string kOwn =
    "import px\n"
    "df = px.DataFrame('process_stats', start_time='-1m')\n"
    "df.cmd = df.ctx['cmdline']\n"
    "df = df[px.contains(df.cmd, 'told by this word')]\n";
const std::string kMoves = kOwn +
                           "df = df.groupby('upid').agg(first=('rchar_bytes', px.min), "
                           "last=('rchar_bytes', px.max), samples=('time_', px.count))\n"
                           "df.read = df.last - df.first\n"
                           "px.display(df[['read', 'samples']])  # told by this word\n";
const std::string kStream = "import px\npx.display(px.DataFrame('network_stats').stream())";

Words run_local(const std::string& script, const Words& more = {}) {
  Words words = {"run", "--local", "-e", script};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

size_t distinct_times(const std::string& rows) {
  std::set<std::string> times;
  static constexpr std::string_view kKey = "\"time_\":\"";
  for (size_t at = rows.find(kKey); at != std::string::npos; at = rows.find(kKey, at + 1)) {
    times.insert(rows.substr(at + kKey.size(), 30));
  }
  return times.size();
}

/// Waits until what a process says has rows of so many moments.
bool wait_for_times(const fake::TempDir& home, const std::string& file, size_t times) {
  return fake::poll_until([&] { return distinct_times(home.read(file)) >= times; },
                          std::chrono::seconds(30));
}

TEST_CASE("After --sample counters of this machine move, and -1m holds what was sampled") {
  const Session session;
  const auto result = run(session, run_local(kMoves, {"--sample", "2s"}));
  INFO(result.out);
  CHECK(result.status() == 0);
  CHECK(result.err.empty());
  CHECK_THAT(result.out, Contains("\"read\":") && !Contains("\"read\":0,"));
  CHECK_THAT(result.out, !Contains("\"samples\":1}") && !Contains("\"samples\":2}"));
  CHECK(result.elapsed >= std::chrono::seconds(2));
}

TEST_CASE("Options such as --since count from the end of the samples") {
  const Session session;
  const auto result =
      run(session, {"run", "pxq/export/network_stats", "--local", "--sample=2s", "--since", "1s"});
  INFO(result.out << result.err);
  CHECK(result.status() == 0);
  CHECK(distinct_times(result.out) >= 1);
}

TEST_CASE("A watch samples once, and each of its runs has the samples since then") {
  const Session session;
  const auto result =
      run(session, run_local(kMoves, {"--sample=2s", "-w=1s", "--for=4s", "-o", "jsonl"}));
  INFO(result.out << result.err);
  CHECK(result.status() == 0);
  std::vector<int> samples;
  static constexpr std::string_view kKey = "\"samples\":";
  for (size_t at = result.out.find(kKey); at != std::string::npos;
       at = result.out.find(kKey, at + 1)) {
    samples.push_back(std::stoi(result.out.substr(at + kKey.size())));
  }
  REQUIRE(samples.size() >= 2);
  CHECK(samples.front() >= 3);
  CHECK(samples.back() > samples.front());
}

TEST_CASE("Sampling (--sample) is refused where it means nothing, before anything is waited for") {
  struct Refused {
    Words flags;
    std::string what;
  };
  const Refused refused = GENERATE(
      Refused{{"--sample", "1h"}, "--sample is for --local: a cluster keeps its own past"},
      Refused{{"--local=demo", "--sample", "1h"}, "--local=demo has its own past"},
      Refused{{"--local", "--sample", "1h", "--at", "-5m"}, "--sample and --at exclude each other"},
      Refused{{"--local", "--sample", "10ms"}, "not between 1s and 24h"},
      Refused{{"--local", "--sample", "2d"}, "not between 1s and 24h"},
      Refused{{"--local", "--sample", "soon"}, "--sample"},
      Refused{{"--local", "--sample", "1h", "--timeout", "5m"}, "--timeout leaves no time"});
  const Session session;
  Words words = {"run", "-e", kMoves};
  words.insert(words.end(), refused.flags.begin(), refused.flags.end());
  const auto result = run(session, words);
  CHECK(result.status() == 2);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Contains(refused.what));
}

TEST_CASE("A script that does not compile is not sampled for") {
  const Session session;
  const auto result = run(
      session, run_local("import px\npx.display(px.DataFrame('http_events'))", {"--sample", "1h"}));
  CHECK(result.status() == 3);
  CHECK_THAT(result.err, Contains("http_events"));
}

TEST_CASE("Sampling shows on a terminal how far it is, and Ctrl-C ends it") {
  const Session session;
  fake::Command command = session.command(run_local(kMoves, {"--sample", "1h"}));
  command.err = fake::Destination::terminal();
  command.terminal_input = true;
  command.environment["TERM"] = "xterm";
  command.out = fake::Destination::file(session.home().path("already-here"));
  fake::Process process(command);
  REQUIRE(process.wait_for_out("sampling this machine, 1 of 3600 s; Ctrl-C cancels"));
  process.type("\x03");
  const auto result = process.wait();
  CHECK(result.signal == SIGINT);
  CHECK(session.home().read("already-here").empty());
}

TEST_CASE("A window of the past on a machine that is read once is told, with what helps") {
  const Session session;
  const auto hinted = run(session, run_local(kMoves));
  CHECK(hinted.status() == 0);
  CHECK_THAT(hinted.out, Contains("\"read\":0"));
  CHECK_THAT(hinted.err, Contains("asks for the last 60 s") && Contains("--sample 10s") &&
                             Contains("pxq serve"));
  CHECK(run(session, run_local(kMoves, {"-q"})).err.empty());
  const auto present =
      run(session, run_local("import px\npx.display(px.DataFrame('network_stats'))"));
  CHECK(present.status() == 0);
  CHECK(present.err.empty());
}

/// `pxq serve` of this machine.
class ServedHost {
 public:
  explicit ServedHost(const Words& flags = {}) : server_(command(flags)) {
    REQUIRE(server_.wait_for_err("in another terminal"));
    const std::string out = session_.home().read("address");
    address_ = out.substr(0, out.find('\n'));
  }

  fake::ProcessResult ask(const std::string& script, const Words& flags = {}) const {
    Words words = {"run", "--addr", address_, "--insecure", "-e", script};
    words.insert(words.end(), flags.begin(), flags.end());
    return fake::run(session_.command(words));
  }
  fake::Process& server() { return server_; }

 private:
  fake::Command command(const Words& flags) {
    Words words = {"serve"};
    words.insert(words.end(), flags.begin(), flags.end());
    fake::Command command = session_.command(words);
    command.out = fake::Destination::file(session_.home().path("address"));
    return command;
  }

  Session session_;
  fake::Process server_;
  std::string address_;
};

TEST_CASE("pxq serve keeps a past of this machine, and says from when on") {
  const ServedHost served;
  const std::string all = "import px\npx.display(px.DataFrame('network_stats', start_time='-5m'))";
  fake::ProcessResult result = served.ask(all);
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK_THAT(result.err, Contains("the last 300 s of network_stats") &&
                             Contains("nothing is kept from before"));
  // The past grows while nobody asks for it.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (distinct_times(result.out) < 3 && std::chrono::steady_clock::now() < end) {
    result = served.ask(all);
  }
  CHECK(distinct_times(result.out) >= 3);
  const auto all_held = served.ask("import px\npx.display(px.DataFrame('network_stats'))");
  CHECK(all_held.err.empty());
  CHECK(distinct_times(all_held.out) >= 3);
}

TEST_CASE("pxq serve keeps no more than it was told") {
  const std::string all = "import px\npx.display(px.DataFrame('network_stats', start_time='-5m'))";
  SECTION("of time") {
    const ServedHost served({"--history", "1s"});
    fake::ProcessResult result = served.ask(all);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (result.err.find("dropped") == std::string::npos &&
           std::chrono::steady_clock::now() < end) {
      result = served.ask(all);
      CHECK(distinct_times(result.out) <= 2);
    }
    CHECK_THAT(result.err, Contains("what is older was dropped"));
  }
  SECTION("nothing") {
    const ServedHost served({"--history", "0"});
    const auto result = served.ask(all);
    CHECK(result.status() == 0);
    CHECK(distinct_times(result.out) == 1);
    CHECK_THAT(result.err, Contains("its server keeps no past"));
  }
}

TEST_CASE("A past to keep (--history) is refused for a source that has its own past") {
  const Session session;
  for (const std::string flag : {"--history=1h", "--history-memory=1M"}) {
    const auto result = run(session, {"serve", "--local=demo", flag});
    CHECK(result.status() == 2);
    CHECK_THAT(result.err, Contains("demo has its own past"));
  }
  const auto size = run(session, {"serve", "--history-memory", "much"});
  CHECK(size.status() == 2);
  CHECK_THAT(size.err, Contains("--history-memory"));
}

TEST_CASE("A stream on this machine gives each sample as it is taken, until Ctrl-C") {
  Session session;
  session.allow("rows");
  fake::Command command = session.command(run_local(kStream));
  command.out = fake::Destination::file(session.home().path("rows"));
  fake::Process process(command);
  REQUIRE(wait_for_times(session.home(), "rows", 3));
  process.signal(SIGINT);
  const auto result = process.wait();
  CHECK(result.signal == SIGINT);
  CHECK(session.home().read("rows").back() == '\n');
}

TEST_CASE("A stream of a served machine goes on as well, and ends with --for") {
  const ServedHost served;
  const auto result = served.ask(kStream, {"--for", "2s"});
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK(distinct_times(result.out) >= 2);
}

TEST_CASE("A stream of the demo goes on as time passes") {
  Session session;
  session.allow("rows");
  fake::Command command =
      session.command({"run", "--local=demo", "-e",
                       "import px\ndf = px.DataFrame('process_stats', start_time='-1s')\n"
                       "px.display(df[['time_', 'upid']].stream())"});
  command.out = fake::Destination::file(session.home().path("rows"));
  fake::Process process(command);
  REQUIRE(wait_for_times(session.home(), "rows", 4));
  process.signal(SIGTERM);
  CHECK(process.wait().signal == SIGTERM);
}

TEST_CASE("A stream ends with what is there where time stands still") {
  const std::string script =
      "import px\ndf = px.DataFrame('dns_events', start_time='-10s')\n"
      "px.display(df[['time_', 'latency']].stream(), 'dns_events')";
  Session session;
  const auto plain = run(session, {"run", "--local=demo", "--at", kMoment, "-e",
                                   "import px\ndf = px.DataFrame('dns_events', start_time='-10s')\n"
                                   "px.display(df[['time_', 'latency']], 'dns_events')"});
  const auto at = run(session, {"run", "--local=demo", "--at", kMoment, "-e", script});
  CHECK(at.status() == 0);
  CHECK_FALSE(at.out.empty());
  CHECK(at.out == plain.out);
  session.allow("dns_events.csv").allow("dns_events.schema.json");
  REQUIRE(run(session, {"run", "--local=demo", "--at", kMoment, "-e", script, "-o",
                        "dns_events.csv", "--schema", "dns_events.schema.json"})
              .status() == 0);
  const auto stored = run(session, {"run", "--local=./dns_events.csv", "-e", script});
  CHECK(stored.status() == 0);
  CHECK(stored.out == plain.out);
}

TEST_CASE(
    "A watch of this machine shows the present, and a past that grows where it is asked for") {
  Session session;
  session.allow("rows");
  const std::string script =
      "import px\ndf = px.DataFrame('network_stats', start_time='-1m')\n"
      "px.display(df.groupby('pod_id').agg(samples=('rx_bytes', px.count)), 'past')\n"
      "now = px.DataFrame('network_stats')\n"
      "px.display(now.groupby('pod_id').agg(samples=('rx_bytes', px.count)), 'present')\n";
  fake::Command command = session.command(run_local(script, {"-w=500ms"}));
  command.out = fake::Destination::file(session.home().path("rows"));
  fake::Process process(command);
  const auto grown = [&] {
    return session.home().read("rows").find("\"samples\":4") != std::string::npos;
  };
  fake::poll_until(grown, std::chrono::seconds(30));  // what there is then is checked below
  process.signal(SIGINT);
  const auto result = process.wait();
  const std::string rows = session.home().read("rows");
  CHECK_THAT(rows, Contains("\"_table_\":\"past\"") && Contains("\"samples\":4"));
  for (size_t at = rows.find("\"present\""); at != std::string::npos;
       at = rows.find("\"present\"", at + 1)) {
    CHECK_THAT(rows.substr(at, rows.find('\n', at) - at), Contains("\"samples\":1"));
  }
  CHECK(result.signal == SIGINT);
  CHECK(result.err.find("--sample") == std::string::npos);
}

TEST_CASE("pxq live shows how the past of this machine grows, and follows its streams") {
  const Session session;
  const auto open = [&](const std::string& script) {
    fake::Command command = session.command({"live", "--local", "-w=300ms", "-e", script});
    command.environment["TERM"] = "xterm";
    command.environment["LC_ALL"] = "C.UTF-8";
    return command;
  };
  SECTION("the past") {
    LiveTerminal terminal(
        open("import px\ndf = px.DataFrame('network_stats', start_time='-1m')\n"
             "df = df.groupby('pod_id').agg(samples=('rx_bytes', px.count))\n"
             "df.so_far = 'sample-' + px.itoa(df.samples)\npx.display(df[['so_far']])"));
    CHECK(terminal.sees("sample-4"));
    terminal.type("q");
    CHECK(terminal.wait() == 0);
  }
  SECTION("a stream") {
    LiveTerminal terminal(
        open("import px\ndf = px.DataFrame('network_stats')\n"
             "df = df[df.pod_id == 'host']\npx.display(df[['time_', 'pod_id']].stream())"));
    CHECK(terminal.sees(
        [](const fake::Screen& screen) { return count(screen.text(), " host") >= 3; }));
    terminal.type("q");
    CHECK(terminal.wait() == 0);
  }
}

}  // namespace
}  // namespace pxq::app
