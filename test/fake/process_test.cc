#include "fake/process.h"

#include <signal.h>

#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "fake/poll_until.h"
#include "fake/temp_dir.h"

namespace pxq::fake {
namespace {

Command shell(const std::string& script) {
  return {.arguments = {"-c", script}, .program = "/bin/sh"};
}

TEST_CASE("Output, error and exit code are those of the program") {
  const ProcessResult result = run(shell("echo out; echo err >&2; exit 7"));
  CHECK(result.exit_code == 7);
  CHECK(result.status() == 7);
  CHECK(result.out == "out\n");
  CHECK(result.err == "err\n");
  CHECK(result.peak_rss_bytes > 0);
  CHECK_FALSE(result.overran);
}

TEST_CASE("A program that cannot be started is told by 127") {
  CHECK(run({.arguments = {}, .program = "/nonexistent"}).exit_code == 127);
}

TEST_CASE("The environment is what was given and nothing else") {
  Command command = {.arguments = {}, .program = "/usr/bin/env"};
  command.environment = {{"A", "1"}, {"B", "x y"}};
  CHECK(run(command).out == "A=1\nB=x y\n");
}

TEST_CASE("Input arrives whole, is empty by default, and may be ignored") {
  Command command = {.arguments = {}, .program = "/bin/cat"};
  CHECK(run(command).out.empty());
  command.input = std::string(300'000, 'x');
  CHECK(run(command).out.size() == 300'000);
  command.program = "/bin/true";
  CHECK(run(command).exit_code == 0);
}

TEST_CASE("Only the three streams are open in the program") {
  CHECK(run(shell("ls /proc/self/fd | tr '\\n' ' '")).out == "0 1 2 3 ");  // 3 is ls's own
}

TEST_CASE("A closed stream is closed and /dev/full is full") {
  Command command = shell("echo x || echo failed >&2");
  command.out = GENERATE(Destination::closed(), Destination::file("/dev/full"));
  CHECK_THAT(run(command).err, Catch::EndsWith("failed\n"));
}

TEST_CASE("A closed input is closed") {
  Command command = shell("cat <&0 || echo closed");
  command.closed_input = true;
  CHECK(run(command).out == "closed\n");
}

TEST_CASE("Output into a file stays in the file") {
  const TempDir dir;
  Command command = shell("echo x");
  command.out = Destination::file(dir.path("out"));
  CHECK(run(command).out.empty());
  CHECK(dir.read("out") == "x\n");
}

TEST_CASE("A terminal is a terminal of the size that was asked for") {
  Command command = shell("test -t 1 && stty size <&1; echo end");
  command.out = Destination::terminal();
  command.terminal = {.columns = 132, .rows = 40};
  CHECK(run(command).out == "40 132\r\nend\r\n");
}

TEST_CASE("A terminal can be resized and typed on") {
  Command command = shell("read line; stty size; echo got $line >&2");
  command.out = Destination::terminal();
  command.terminal_input = true;
  Process process(command);
  process.resize({.columns = 99, .rows = 11});
  process.type("hello\n");
  const ProcessResult result = process.wait();
  CHECK_THAT(result.out, Catch::Contains("11 99"));
  CHECK(result.err == "got hello\n");
}

TEST_CASE("A signal arrives when the program is where the test wants it") {
  Process process(
      shell("trap 'echo trapped; exit 3' TERM; echo ready; while :; do sleep 0.01; done"));
  REQUIRE(process.wait_for_out("ready"));
  process.signal(SIGTERM);
  const ProcessResult result = process.wait();
  CHECK(result.exit_code == 3);
  CHECK(result.out == "ready\ntrapped\n");
}

TEST_CASE("Death by a signal is told apart from an exit") {
  const ProcessResult result = run(shell("kill -INT $$"));
  CHECK_FALSE(result.exit_code.has_value());
  CHECK(result.signal == SIGINT);
  CHECK(result.status() == 130);
}

TEST_CASE("Signals are at their defaults unless they are inherited ignored") {
  Command command = shell("kill -PIPE $$; echo survived");
  CHECK(run(command).signal == SIGPIPE);
  command.ignored = {SIGPIPE};
  CHECK(run(command).out == "survived\n");
}

TEST_CASE("A program that overruns is killed") {
  const ProcessResult result =
      run(shell("echo begun; exec sleep 100"), std::chrono::milliseconds(300));
  CHECK(result.overran);
  CHECK(result.signal == SIGKILL);
  CHECK(result.out == "begun\n");
}

TEST_CASE("What a program that overruns has started is killed with it") {
  const TempDir dir;
  Command command = shell("sleep 100 & echo $!; wait");
  command.out = Destination::file(dir.path("pid"));
  CHECK(run(command, std::chrono::milliseconds(300)).overran);
  const pid_t grandchild = std::stoi(dir.read("pid"));
  const auto is_gone = [grandchild] {  // whoever it is left to may be slow to bury it
    std::ifstream stat("/proc/" + std::to_string(grandchild) + "/stat");
    std::string text;
    return !std::getline(stat, text) || text.find(") Z ") != std::string::npos;
  };
  CHECK(poll_until(is_gone, std::chrono::seconds(20)));
}

TEST_CASE("A reader that closes or holds the pipe is felt by the writer") {
  Process process({.arguments = {}, .program = "/usr/bin/yes"});
  REQUIRE(process.wait_for_out("y\ny\n"));
  process.hold_output();
  process.release_output();
  process.close_output();
  CHECK(process.wait().signal == SIGPIPE);
}

TEST_CASE("A grandchild that keeps the pipe open does not hold the result up") {
  const ProcessResult result = run(shell("sleep 5 & echo done"));
  CHECK(result.out == "done\n");
  CHECK(result.elapsed < std::chrono::seconds(4));
}

}  // namespace
}  // namespace pxq::fake
