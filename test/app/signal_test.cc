// Signals, and readers that go away: pxq stops in time, the server is told, nothing half is left.

#include <signal.h>

#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/loopback.h"
#include "session.h"

namespace pxq::app {
namespace {

using std::chrono::milliseconds;

const fake::Table kT = numbers();
const std::string kRow = "{\"a\":1}\n";

// One row, then silence for as long as the client stays.
fake::Script one_row_then_silence() {
  return fake::Script().send(kT.metadata()).send(kT.batch().int64({1})).silence();
}

TEST_CASE("G01 a signal in mid-stream: the server is told and pxq dies by it") {
  const int number = GENERATE(SIGINT, SIGTERM, SIGHUP);
  fake::Vizier vizier(one_row_then_silence());
  const Session session;
  fake::Process process(session.run_at(vizier.address()));
  REQUIRE(process.wait_for_out(kRow));
  const TimePoint sent = MonotonicClock::now();
  process.signal(number);
  const fake::ProcessResult result = process.wait();
  CHECK(MonotonicClock::now() - sent < milliseconds(2500));
  CHECK(result.signal == number);
  session.check(result, {128 + number, kRow});
  CHECK(vizier.wait_for_cancel());
}

TEST_CASE("G01 a signal before there is a connection") {
  const fake::RawHttp2 peer(fake::Exchange::from_scratch().silence());
  const Session session;
  fake::Process process(session.run_at(peer.address(), {"--connect-timeout", "30s"}));
  REQUIRE(peer.wait_for_connection());
  process.signal(SIGINT);
  const fake::ProcessResult result = process.wait();
  CHECK(result.signal == SIGINT);
  session.check(result, {130});
  CHECK(result.elapsed < std::chrono::seconds(4));
}

TEST_CASE("G01 a signal leaves an old file as it was and no other") {
  const int number = GENERATE(SIGINT, SIGTERM, SIGHUP);
  fake::Vizier vizier(fake::Script()
                          .send(kT.metadata())
                          .repeat(100, kT.batch().int64(std::vector<int64_t>(1000, 1)))
                          .silence());
  Session session;
  session.home().write("out.jsonl", "old\n");
  session.allow("out.jsonl");
  fake::Process process(session.run_at(vizier.address(), {"-o", "out.jsonl", "--force"}));
  REQUIRE(vizier.wait_for_messages(101));
  process.signal(number);
  session.check(process.wait(), {128 + number});
  CHECK(session.home().read("out.jsonl") == "old\n");
}

TEST_CASE("G01 a signal while the reader does not read") {
  fake::Vizier vizier(
      fake::Script().send(kT.metadata()).endless(kT.batch().int64(std::vector<int64_t>(1000, 1))));
  const Session session;
  fake::Process process(session.run_at(vizier.address()));
  process.hold_output();
  // The pipe, the queue and the windows are full once the writing stands still.
  REQUIRE(vizier.wait_for_messages(50));
  process.signal(SIGTERM);
  REQUIRE(vizier.wait_for_cancel());
  const fake::ProcessResult result = process.wait();
  CHECK(result.signal == SIGTERM);
  session.check_manners(result);
}

TEST_CASE("G02 a second signal ends the run at once") {
  fake::Vizier vizier(one_row_then_silence());
  const Session session;
  fake::Process process(session.run_at(vizier.address()));
  REQUIRE(process.wait_for_out(kRow));
  process.signal(SIGINT);
  process.signal(SIGINT);
  session.check(process.wait(), {130, kRow});
}

TEST_CASE("G03 a reader that goes away ends the run, also when no more data comes") {
  const bool endless = GENERATE(true, false);
  fake::Vizier vizier(endless ? fake::Script().send(kT.metadata()).endless(kT.batch().int64({1}))
                              : one_row_then_silence());
  const Session session;
  fake::Process process(session.run_at(vizier.address()));
  REQUIRE(process.wait_for_out(kRow));
  const TimePoint closed = MonotonicClock::now();
  process.close_output();
  REQUIRE(vizier.wait_for_cancel());
  CHECK(MonotonicClock::now() - closed < milliseconds(1500));
  const fake::ProcessResult result = process.wait();
  CHECK(result.status() == 141);
  CHECK(result.err == "");
}

TEST_CASE("G04 a reader that goes away while SIGPIPE is ignored") {
  fake::Vizier vizier(fake::Script().send(kT.metadata()).endless(kT.batch().int64({1})));
  const Session session;
  fake::Command command = session.run_at(vizier.address());
  command.ignored = {SIGPIPE};
  fake::Process process(command);
  REQUIRE(process.wait_for_out(kRow));
  process.close_output();
  REQUIRE(vizier.wait_for_cancel());
  const fake::ProcessResult result = process.wait();
  CHECK(result.status() == 141);
  CHECK_FALSE(result.overran);
}

TEST_CASE("G03 a reader that left before the first word ends each command quietly") {
  const std::vector<std::string> words =
      GENERATE(std::vector<std::string>{"help", "man"}, std::vector<std::string>{"version"},
               std::vector<std::string>{"completion", "bash"}, std::vector<std::string>{"scripts"},
               std::vector<std::string>{"doctor", "--local=demo"},
               std::vector<std::string>{"run", "-e", "import px", "--local", "--print-request"},
               std::vector<std::string>{"export", "pxq/export/http_events", "--local=demo", "--to",
                                        "x-{start}.csv", "--state", "s", "--dry-run"});
  const Session session;
  fake::Command command = session.command(
      {"-c", "exec 3> >(exit 0); wait $!; \"$0\" \"$@\" >&3; echo $?", fake::pxq_binary()});
  command.program = "/bin/bash";
  command.arguments.insert(command.arguments.end(), words.begin(), words.end());
  const fake::ProcessResult result = fake::run(command);
  CHECK(result.out == "141\n");
  CHECK(result.err == "");
}

TEST_CASE("A signal that the parent ignores stays ignored, as under nohup") {
  fake::Vizier vizier(one_row_then_silence());
  const Session session;
  fake::Command command = session.run_at(vizier.address());
  command.ignored = {SIGHUP};
  fake::Process process(command);
  REQUIRE(process.wait_for_out(kRow));
  process.signal(SIGHUP);
  CHECK_FALSE(vizier.wait_for_cancel(milliseconds(300)));
  process.signal(SIGTERM);
  CHECK(process.wait().signal == SIGTERM);
}

TEST_CASE("G06 a terminal that changes its size does not disturb") {
  fake::Vizier vizier(fake::Script()
                          .send(kT.metadata())
                          .send(kT.batch().int64({1}))
                          .wait("resized")
                          .send(kT.end())
                          .send(fake::stats()));
  const Session session;
  fake::Command command = session.run_at(vizier.address(), {"-o", "jsonl"});
  command.out = fake::Destination::terminal();
  fake::Process process(command);
  REQUIRE(process.wait_for_out("{\"a\":1}"));
  process.resize({.columns = 20, .rows = 5});
  process.signal(SIGWINCH);
  process.signal(SIGSTOP);
  process.signal(SIGCONT);
  vizier.open("resized");
  CHECK(process.wait().status() == 0);
}

// As the kernel tells it.
bool is_stopped(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  const size_t name_end = text.rfind(')');
  return name_end != std::string::npos && text.compare(name_end, 3, ") T") == 0;
}

TEST_CASE("G05 R08 a run that was stopped hears why the server ended it meanwhile") {
  fake::Vizier vizier(fake::Script()
                          .send(kT.metadata())
                          .send(kT.batch().int64({1}))
                          .wait("stopped")
                          .finish(2, "Query 7 timedout waiting for consumer"));
  const Session session;
  fake::Process process(session.run_at(vizier.address(), {"--idle-timeout", "100ms"}));
  REQUIRE(process.wait_for_out(kRow));
  process.signal(SIGSTOP);
  while (!is_stopped(process.pid())) std::this_thread::yield();
  // Stopped for longer than another run bears, which allows more silence.
  session.check(fake::run(session.run_at(vizier.address(), {"--idle-timeout", "700ms"})),
                {7, kRow, {"silent"}});
  vizier.open("stopped");
  REQUIRE(vizier.wait_until([](const auto& calls) { return calls.front().finished; }));
  process.signal(SIGCONT);
  session.check(process.wait(), {6, kRow, {"timedout waiting", "paused for too long"}});
}

TEST_CASE("G07 limits and signals work whatever is inherited blocked or ignored") {
  fake::Vizier vizier(one_row_then_silence());
  const Session session;
  const auto inheriting = [&](const std::vector<std::string>& flags) {
    fake::Command command = session.run_at(vizier.address(), flags);
    command.arguments.insert(
        command.arguments.begin(),
        {"--block-signal=INT,TERM,HUP,PIPE,ALRM,VTALRM,PROF,XCPU,CHLD,USR1",
         "--ignore-signal=ALRM,VTALRM,PROF,XCPU,XFSZ,CHLD,USR1", command.program});
    command.program = "/usr/bin/env";
    return command;
  };
  SECTION("a limit") {
    const auto result = fake::run(inheriting({"--timeout", "300ms"}));
    session.check(result, {7, kRow, {"longer than 0.3 s"}});
  }
  SECTION("a signal") {
    const int number = GENERATE(SIGINT, SIGTERM, SIGHUP);
    fake::Process process(inheriting({}));
    REQUIRE(process.wait_for_out(kRow));
    process.signal(number);
    session.check(process.wait(), {128 + number, kRow});
    CHECK(vizier.wait_for_cancel());
  }
  SECTION("a reader that goes away") {
    fake::Process process(inheriting({}));
    REQUIRE(process.wait_for_out(kRow));
    process.close_output();
    CHECK(process.wait().status() == 141);
  }
}

TEST_CASE("L10 a kill leaves the old file or the new one") {
  fake::Vizier vizier(fake::Script()
                          .send(kT.metadata())
                          .repeat(20, kT.batch().int64(std::vector<int64_t>(1000, 1)))
                          .send(kT.end())
                          .send(fake::stats()));
  const Session session;
  for (uint64_t round = 0; round < 12; ++round) {
    session.home().write("out.jsonl", "old\n");
    fake::Process process(session.run_at(vizier.address(), {"-o", "out.jsonl", "--force"}));
    vizier.wait_until([round](const auto& calls) {
      return calls.size() > round && calls.back().messages_written >= 2 * round;
    });
    process.signal(SIGKILL);
    process.wait();
    const std::string content = session.home().read("out.jsonl");
    CHECK((content == "old\n" || count(content, kRow) * kRow.size() == content.size()));
    CHECK((content == "old\n" || content.size() == 20'000 * kRow.size()));
  }
}

}  // namespace
}  // namespace pxq::app
