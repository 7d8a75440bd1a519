// What is said on the way: progress on a terminal, and the words of -v.

#include <catch2/catch.hpp>
#include <csignal>
#include <string>

#include "session.h"

namespace pxq::app {
namespace {

const fake::Table kT = numbers();

fake::Command on_terminal(fake::Command command) {
  command.out = fake::Destination::terminal();
  command.err = fake::Destination::terminal();
  command.environment["TERM"] = "xterm";
  return command;
}

TEST_CASE("A run that takes its time says so on a terminal, and takes it back when rows come") {
  fake::Vizier vizier(fake::Script()
                          .send(kT.metadata())
                          .wait("seen")
                          .send(kT.batch().int64({1001}).eos())
                          .send(fake::stats()));
  const Session session;
  fake::Process process(on_terminal(session.run_at(vizier.address())));
  REQUIRE(process.wait_for_out("waiting for the first row, 1 s; Ctrl-C cancels"));
  vizier.open("seen");
  const auto result = process.wait();
  CHECK(result.status() == 0);
  const size_t rows = result.out.find("1001");
  const size_t said = result.out.rfind("Ctrl-C cancels", rows);
  REQUIRE(rows != std::string::npos);
  REQUIRE(said != std::string::npos);
  CHECK(result.out.substr(said, rows - said).find("\r\x1b[K") != std::string::npos);
  CHECK(result.out.find("Ctrl-C cancels", rows) == std::string::npos);
}

TEST_CASE("Progress of a file goes on while rows come, and is gone before the last line") {
  fake::Vizier vizier(fake::Script()
                          .send(kT.metadata())
                          .send(kT.batch().int64({1, 2}))
                          .wait("seen")
                          .send(kT.end())
                          .send(fake::stats()));
  Session session;
  session.allow("x.csv");
  fake::Process process(on_terminal(session.run_at(vizier.address(), {"-o", "x.csv"})));
  REQUIRE(process.wait_for_out("2 rows, "));
  vizier.open("seen");
  const auto result = process.wait();
  CHECK(result.status() == 0);
  CHECK_THAT(result.out, Catch::Contains("\r\x1b[Kt: 2 rows, "));
}

TEST_CASE("Nothing is drawn where stderr is no terminal, is quiet, or is for programs") {
  fake::Vizier vizier(
      fake::Script().send(kT.metadata()).endless(kT.heartbeat(), std::chrono::milliseconds(50)));
  const Session session;
  const std::vector<std::string> flags =
      GENERATE(std::vector<std::string>{}, std::vector<std::string>{"-q"},
               std::vector<std::string>{"--errors", "json"});
  fake::Command command = session.run_at(vizier.address(), flags);
  command.arguments.insert(command.arguments.end(), {"--timeout", "1500ms"});
  if (!flags.empty()) command.err = fake::Destination::terminal();
  const auto result = fake::run(command);
  CHECK(result.status() == 7);
  CHECK_THAT(result.out + result.err, !Catch::Contains("Ctrl-C"));
}

TEST_CASE("verbose -v tells target, key, query and sizes, -vv each message, and the key never") {
  const fake::Vizier vizier(whole());
  const Session session;
  fake::Command command = session.run_at(vizier.address(), {"-v"});
  command.environment["PX_DIRECT_VIZIER_KEY"] = "very-secret-key";
  const auto once = fake::run(command);
  session.check(once, {.out = kWholeRows,
                       .err = {"Vizier " + vizier.address() + ": plain text\n",
                               "key of PX_DIRECT_VIZIER_KEY\n", "rows not encrypted",
                               "query " + std::string(fake::kQueryId), "table 't': 2 rows in ",
                               "4 messages, "}});
  CHECK_THAT(once.err, !Catch::Contains("very-secret-key") && !Catch::Contains("message 1:"));
  command.arguments.back() = "-vv";
  const auto twice = fake::run(command);
  session.check(twice,
                {.out = kWholeRows,
                 .err = {"message 1: a table, ", "message 2: rows, ", "message 4: statistics, "}});
}

}  // namespace
}  // namespace pxq::app
