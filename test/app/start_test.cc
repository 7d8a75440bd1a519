// What the first milliseconds of a command are spent on: docs/performance.md, The start.

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::app {
namespace {

/// What gRPC makes when it is set up, and nothing else in pxq: its poller, and what it connects by.
constexpr const char* kMarks = "trace=epoll_create,epoll_create1,socket";

/// The calls that a command makes of those; nothing where strace cannot trace.
std::vector<std::string> marks(Session& session, fake::Command command) {
  const std::string log = session.home().path("calls");
  std::vector<std::string> words = {"-f", "-qq", "-o", log, "-e", kMarks, command.program};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  command.arguments = std::move(words);
  command.program = "/usr/bin/strace";
  const fake::ProcessResult result = fake::run(command, std::chrono::seconds(60));
  INFO(result.err);
  CHECK(result.status() == 0);
  std::ifstream file(log);
  std::vector<std::string> calls;
  for (std::string line; std::getline(file, line);) {
    if (line.find("+++") == std::string::npos) calls.push_back(line);
  }
  return calls;
}

TEST_CASE("gRPC is set up by what asks a server, and by nothing else") {
  if (!std::filesystem::exists("/usr/bin/strace")) return;
  const fake::Vizier vizier(whole());
  Session session;
  session.allow("calls");
  if (marks(session, session.run_at(vizier.address(), {})).empty()) {
    WARN("not tested: strace cannot trace here");
    return;
  }
  const std::string script = "import px\npx.display(px.DataFrame('http_events'))";
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"version"}, {"--help"}, {"help", "run"}, {"scripts"}, {"check", "-e", script}}) {
    INFO(words.front());
    CHECK(marks(session, session.command(words)) == std::vector<std::string>());
  }
}

}  // namespace
}  // namespace pxq::app
