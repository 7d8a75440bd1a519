// The real binary in want: the Nth allocation fails, the Nth call for a socket, a thread, a wait, a
// file, the terminal; memory ends at N bytes, the disk at byte N. Each time it ends by itself, in
// time, with a documented code and one sentence, and leaves what was there or what was meant.

#include <signal.h>

#include <cerrno>
#include <set>
#include <string>
#include <vector>

#include "demo_session.h"
#include "export_session.h"
#include "live_terminal.h"
#include "torture_errand.h"

// A sanitizer has an allocator and an end of its own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace pxq::app {
namespace {

using fake::Vizier;

std::vector<Errand> errands() {
  const auto run = [](std::vector<std::string> more) {
    std::vector<std::string> words = {
        "run",       "-e", "import px",         "--addr", "{addr}", "--insecure",
        "--timeout", "3s", "--connect-timeout", "1s"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  return {
      {"rows to a pipe", run({"-o", "csv"})},
      {.name = "a file",
       .words = run({"-o", "out.csv", "--force"}),
       .file = "out.csv",
       .old = "old\n",
       .is_whole = [](const std::string& now) { return now == "a\n1\n2\n"; }},
      {"a packed file", run({"-o", "out.jsonl.zst"}), "out.jsonl.zst"},
      {"a database", run({"-o", "out.sqlite"}), "out.sqlite"},
      {"Parquet", run({"-o", "out.parquet"}), "out.parquet"},
      {"a page", run({"-o", "out.html"}), "out.html"},
      {"a recording", run({"-o", "null", "--record", "out.pxr"}), "out.pxr"},
      {"a check", {"check", "-e", "import px\npx.display(px.DataFrame('http_events'))"}},
      {"the demo",
       {"run", "--local=demo", "--at", kMoment, "--timeout", "3s", "-o", "csv", "-e",
        "import px\npx.display(px.DataFrame('http_events', start_time='-1s', "
        "select=['time_']).agg(n=('time_', px.count)))"}},
      {"scripts", {"scripts"}},
  };
}

TEST_CASE("R04 an allocation that fails before main or in the reading of flags ends with 11") {
  const Run run(errands().front());
  for (const int64_t number : spread(2, common_allocations(), 30)) {
    run.suffer(Torment{.group = "memory", .number = number});
  }
}

TEST_CASE(
    "R04 wherever memory ends, a run ends with a code, a sentence and old files or new ones") {
  for (const Errand& errand : errands()) exhaust_memory(errand, 5);
}

TEST_CASE("R04 the same at every allocation", "[.sweep]") {
  for (const Errand& errand : errands()) {
    DYNAMIC_SECTION(errand.name) {
      const size_t runs = exhaust_memory(errand, 1'000'000);
      WARN(errand.name << ": " << runs << " runs");
    }
  }
}

TEST_CASE("R05 whatever call fails a run, it ends with a code and a sentence") {
  const std::string group =
      GENERATE(as<std::string>(), "socket", "wait", "thread", "mapping", "file");
  for (const Errand& errand : errands()) {
    const std::set<std::string> as_any_file = {"a packed file", "a page", "Parquet", "a recording"};
    if (as_any_file.contains(errand.name)) continue;
    refuse_calls(errand, group, 4, false);
  }
}

TEST_CASE("R05 the same at every call, once and from then on", "[.sweep]") {
  const std::string group =
      GENERATE(as<std::string>(), "socket", "wait", "thread", "mapping", "file", "disk");
  for (const Errand& errand : errands()) {
    DYNAMIC_SECTION(errand.name) { refuse_calls(errand, group, 1'000'000, true); }
  }
}

TEST_CASE("R05 a process that ends while this machine is read is left out") {
  const Run run({"this machine",
                 {"run", "--local=host", "--timeout", "3s", "-o", "csv", "-e",
                  "import px\ndf = px.DataFrame('process_stats')\n"
                  "df.cmd = px.upid_to_cmdline(df.upid)\ndf = df.agg(n=('cmd', px.count))\n"
                  "df.some = df.n > 0\npx.display(df[['some']])"}});
  const int64_t calls = run.calls("file");
  for (const int64_t number : spread(calls / 2, calls, 40)) {
    run.suffer(Torment{.group = "file", .number = number, .error = ESRCH});
  }
}

TEST_CASE("R05 too little memory for gRPC's threads is 11 and a sentence") {
  const fake::Vizier vizier(whole());
  const Session session;
  const fake::Command command = limited(session.run_at(vizier.address()), {"--data=30000000"});
  const fake::ProcessResult result = fake::run(command);
  INFO(result.err);
  CHECK(result.status() == 11);
  CHECK_THAT(result.err, Catch::Contains("raise the limit"));
  check_end(result);
}

TEST_CASE("R05 whatever memory a process may have, it ends with a code and a sentence") {
  const Run run(errands().at(GENERATE(0u, 3u, 4u, 8u)));
  for (int64_t megabytes = 4; megabytes < 110; megabytes += 9) {
    run.suffer("--data=" + std::to_string(megabytes * 1'000'000));
  }
}

TEST_CASE("R04 an export that is refused something exports each row once with the next run") {
  const std::string to = GENERATE(as<std::string>(), "{table}-{start}.csv", "{table}.csv");
  const Vizier vizier(holding(three_events()));
  const auto words = [&](const CronJob& job) {
    fake::Command command = job.command();
    if (to == "{table}.csv") command.arguments.emplace_back("--append");
    command.arguments.insert(command.arguments.end(), {"--connect-timeout", "1s"});
    return command;
  };
  CronJob plain(vizier.address());
  plain.to = to;
  for (const std::string group : {"memory", "file", "thread"}) {
    const int64_t first = group == "memory" ? common_allocations() : 0;
    for (const int64_t number : spread(first, calls_of(words(plain), group), 4)) {
      CronJob job(vizier.address());
      job.to = to;
      const Tormented run(words(job), {.group = group, .number = number});
      const fake::ProcessResult result = fake::run(run.command());
      INFO(to << ": " << group << " " << number << " (" << run.failed() << "): " << result.err);
      check_end(result);
      const std::multiset<std::string> none;
      CHECK((job.rows() == none || job.rows() == lines_of(three_events())));
      const fake::ProcessResult next = fake::run(words(job));
      INFO(next.err);
      CHECK(next.status() == 0);
      CHECK(job.rows() == lines_of(three_events()));
    }
  }
}

TEST_CASE("L03 a disk that is full at byte N leaves the old file or the new one, and a sentence") {
  for (const Errand& errand : errands()) {
    if (errand.file.empty()) continue;
    const Run run(errand);
    for (const int64_t bytes : {0, 1, 7, 60, 200, 4095, 4097, 20'000}) {
      run.suffer("--fsize=" + std::to_string(bytes));
    }
  }
}

/// `pxq serve` under the shim, asked twice and told to end.
void serve_in_want(const Torment& torment) {
  const Session session;
  const std::string address = "unix:" + session.home().path("v");
  const Tormented run(
      session.command({"serve", "--local=demo", "--at", kMoment, "--listen", address}), torment);
  fake::Process server(run.command());
  const bool listens = server.wait_for_out("\n");
  for (int query = 0; query < 2 && listens; ++query) {
    const fake::ProcessResult asked = fake::run(session.command(
        {"run", "-e", "import px\npx.display(px.DataFrame('http_events', start_time='-1s'))",
         "--addr", address, "--insecure", "--timeout", "3s", "--retries", "0"}));
    INFO(torment.orders() << " (" << run.failed() << "), query: " << asked.err);
    check_end(asked);
  }
  server.signal(SIGTERM);
  const fake::ProcessResult result = server.wait();
  INFO(torment.orders() << " (" << run.failed() << "): " << result.err);
  CHECK_FALSE(result.overran);
  if (result.signal == SIGTERM) return;  // it lived
  check_end(result);
  CHECK(result.status() != 0);
}

TEST_CASE("R04 a server that is refused something lives, or ends with a code and a sentence") {
  for (const std::string group : {"socket", "wait", "thread"}) {
    for (const int64_t number : spread(0, 60, 8)) {
      serve_in_want({.group = group, .number = number});
    }
  }
  const int64_t first = common_allocations();
  for (const int64_t number : spread(first, first + 20'000, 8)) {
    serve_in_want({.group = "memory", .number = number});
  }
}

/// `pxq live`, ended by its key if it comes so far.
void live_in_want(const Torment& torment) {
  const Vizier vizier(whole());
  const Session session;
  const Tormented run(live_at(session, vizier.address()), torment);
  LiveTerminal terminal(run.command());
  const auto seen = [](const fake::Screen& screen) {
    return screen.holds("complete") || screen.holds("pxq: error: ");
  };
  INFO(torment.orders() << " (" << run.failed() << ")");
  CHECK(terminal.sees(seen));
  terminal.type("q");
  const int status = terminal.wait();
  INFO("the screen:\n" << terminal.screen().text());
  CHECK((status == 0 || status == 2 || status == 5 || status == 9 || status == 11));
  if (status != 0) CHECK(terminal.screen().holds("pxq: error: "));
}

TEST_CASE("R04 a full screen that is refused something is left, and a sentence stands behind it") {
  for (const int64_t number : spread(0, 24, 8)) {
    live_in_want({.group = "terminal", .number = number});
  }
  const int64_t first = common_allocations();
  for (const int64_t number : spread(first, first + 12'000, 8)) {
    live_in_want({.group = "memory", .number = number});
  }
}

TEST_CASE("R04 in JSON the last words are a document") {
  const Session session;
  const Vizier vizier(whole());
  const fake::Command command = session.run_at(vizier.address(), {"--errors", "json"});
  const int64_t calls = calls_of(command, "memory");
  const Tormented run(command, {.group = "memory", .number = calls - 40});
  const fake::ProcessResult result = fake::run(run.command());
  INFO(result.err);
  REQUIRE(result.status() == 11);
  const json document = json::parse(result.err);
  CHECK(document["kind"] == "error");
  CHECK(document["error"] == "limit");
  CHECK(document["exit"] == 11);
  CHECK_THAT(document["message"].get<std::string>(), Catch::Contains("no memory is left"));
}

}  // namespace
}  // namespace pxq::app

#endif
