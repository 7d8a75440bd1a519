// Long output on a terminal: a pager has it, whatever becomes of the pager.

#include <signal.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "session.h"

namespace pxq::app {
namespace {

const fake::Table kT = numbers();

/// Rows 1001 to 1030: more than the 24 lines of the screen, and fewer than are left out.
fake::Script long_result() {
  return fake::Script()
      .send(kT.metadata())
      .send(kT.batch().int64(from_to(1001, 1030)).eos())
      .send(fake::stats());
}

/// At a terminal, as a person sits there; `pager` as in PXQ_PAGER.
fake::Command at_terminal(fake::Command command, const std::string& pager) {
  command.terminal_input = true;
  command.out = fake::Destination::terminal();
  command.err = fake::Destination::terminal();
  command.environment["TERM"] = "xterm";
  command.environment["PXQ_PAGER"] = pager;
  return command;
}

// A pager that shows all that it gets, each line behind a mark, and waits for a line to be typed.
const std::string kMarking = "sed -u 's/^/|/'; head -1 </dev/tty >/dev/null";

size_t rows_in(const std::string& screen, const std::string& before) {
  size_t rows = 0;
  for (int64_t n = 1001; n <= 1030; ++n) rows += count(screen, before + std::to_string(n));
  return rows;
}

TEST_CASE("What is longer than the screen goes to the pager, and the last line comes after it") {
  const fake::Vizier vizier(long_result());
  const Session session;
  fake::Process process(at_terminal(session.run_at(vizier.address()), kMarking));
  REQUIRE(process.wait_for_out("1030"));
  process.type("\n");
  const auto result = process.wait();
  CHECK(result.status() == 0);
  CHECK(rows_in(result.out, "| ") == 30);
  const size_t last = result.out.find("; complete");
  REQUIRE(last != std::string::npos);
  CHECK(last > result.out.rfind("1030"));
}

TEST_CASE("What fits the screen, and what nobody can leave, is not paged") {
  const fake::Vizier vizier(long_result());
  const Session session;
  fake::Command command = at_terminal(session.run_at(vizier.address()), "echo paged; cat");
  SECTION("a screen that is high enough") { command.terminal = {.columns = 80, .rows = 40}; }
  SECTION("few rows") { command.arguments.insert(command.arguments.end(), {"--limit", "5"}); }
  SECTION("--no-pager") { command.arguments.emplace_back("--no-pager"); }
  SECTION("stdin that is no terminal") { command.terminal_input = false; }
  SECTION("an empty variable") { command.environment["PXQ_PAGER"] = ""; }
  SECTION("cat") { command.environment["PXQ_PAGER"] = "cat"; }
  SECTION("PAGER=cat") {
    command.environment.erase("PXQ_PAGER");
    command.environment["PAGER"] = "cat";
  }
  SECTION("a terminal that can do nothing, where no pager is named") {
    command.environment.erase("PXQ_PAGER");
    command.environment["TERM"] = "dumb";
  }
  const auto result = fake::run(command);
  CHECK(result.status() == 0);
  CHECK_THAT(result.out, !Catch::Contains("paged"));
  CHECK_THAT(result.out, Catch::Contains("1005") && Catch::Contains("78 B in "));
}

TEST_CASE("stdout that is no terminal is never paged") {
  const fake::Vizier vizier(long_result());
  const Session session;
  fake::Command command = at_terminal(session.run_at(vizier.address()), "echo paged");
  command.out = fake::Destination::pipe();
  const auto result = fake::run(command);
  CHECK(result.status() == 0);
  CHECK_THAT(result.out, Catch::StartsWith("{\"a\":1001}\n") && !Catch::Contains("paged"));
}

TEST_CASE("A pager that fails costs no row") {
  const fake::Vizier vizier(long_result());
  const Session session;
  const std::string pager =
      GENERATE(as<std::string>(), "no-such-pager", "no-such-pager | cat", "true", "false", "exit 3",
               "head -c 40; kill -9 $$", "kill -TERM $$");
  CAPTURE(pager);
  const auto result = fake::run(at_terminal(session.run_at(vizier.address()), pager));
  CHECK(result.status() == 0);
  const size_t shown = result.out.rfind(": 30 rows, 1 column");
  REQUIRE(shown != std::string::npos);
  CHECK(rows_in(result.out.substr(shown), "") == 30);
  CHECK_THAT(result.out, Catch::Contains("the pager '" + pager + "'"));
  CHECK_THAT(result.out, Catch::Contains("complete"));
}

TEST_CASE("less is looked for and not missed") {
  const fake::Vizier vizier(long_result());
  const Session session;
  fake::Command command = at_terminal(session.run_at(vizier.address()), "");
  command.environment.erase("PXQ_PAGER");
  command.environment["PATH"] = session.home().path();
  const auto result = fake::run(command);
  CHECK(result.status() == 0);
  CHECK(rows_in(result.out, "") == 30);
  CHECK_THAT(result.out, !Catch::Contains("warning"));
}

TEST_CASE("less keeps colours and leaves the rows on the screen") {
  const fake::Vizier vizier(long_result());
  const Session session;
  fake::Command command = at_terminal(session.run_at(vizier.address()), "");
  command.environment.erase("PXQ_PAGER");
  SECTION("as it is") {}
  SECTION("of PAGER, with settings of its user's own") {
    command.environment["PAGER"] = "less";
    command.environment["LESS"] = "-X -M";
  }
  fake::Process process(command);
  REQUIRE(process.wait_for_out("1015"));
  process.type("q");
  const auto result = process.wait();
  CHECK(result.status() == 0);
  CHECK_THAT(result.out, Catch::Contains("\x1b[1mt\x1b[0m") || Catch::Contains("\x1b[1mt\x1b[m"));
  CHECK_THAT(result.out, !Catch::Contains("ESC[") && !Catch::Contains("\x1b[?1049h"));
}

TEST_CASE("Leaving the pager ends the query, also an endless one") {
  fake::Script script;
  script.send(kT.metadata()).send(kT.batch().int64(from_to(1001, 1030)));
  SECTION("that sends rows") {
    script.endless(kT.batch().int64({7}), std::chrono::milliseconds(5));
  }
  SECTION("that is silent") { script.silence(); }
  const fake::Vizier vizier(script);
  const Session session;
  fake::Process process(at_terminal(session.run_at(vizier.address()), "head -28; true"));
  const auto result = process.wait();
  CHECK(result.status() == 0);
  CHECK_THAT(result.out, Catch::Contains("; left in the pager before its end"));
  CHECK_THAT(result.out, !Catch::Contains("error") && !Catch::Contains("warning"));
}

TEST_CASE("Ctrl-C in the pager cancels the query and leaves the pager alone") {
  const fake::Vizier vizier(
      fake::Script().send(kT.metadata()).send(kT.batch().int64(from_to(1001, 1030))).silence());
  const Session session;
  const std::string pager =
      "trap '' INT; cat; echo all of it; head -1 </dev/tty >/dev/null; echo left";
  fake::Process process(at_terminal(session.run_at(vizier.address()), pager));
  REQUIRE(process.wait_for_out("1030"));
  process.type("\x03");
  REQUIRE(process.wait_for_out("all of it"));  // the pipe has ended: the query has
  process.type("\x03\x03");
  process.type("\n");
  const auto result = process.wait();
  CHECK_THAT(result.out, Catch::Contains("left\r\n"));
  CHECK(result.signal == SIGINT);
  CHECK_THAT(result.out, Catch::Contains("INCOMPLETE: interrupted after 30 rows"));
}

TEST_CASE("Ctrl-C in the pager of a result that is whole is the pager's alone") {
  const fake::Vizier vizier(long_result());
  const Session session;
  const std::string pager = "trap '' INT; cat; echo whole; head -1 </dev/tty >/dev/null";
  fake::Process process(at_terminal(session.run_at(vizier.address()), pager));
  REQUIRE(process.wait_for_out("whole"));
  process.type("\x03");
  process.type("\n");
  const auto result = process.wait();
  CHECK(result.status() == 0);
  CHECK_THAT(result.out, Catch::Contains("complete"));
}

TEST_CASE("SIGTERM ends pxq and its pager, and the terminal is as it was") {
  const fake::Vizier vizier(long_result());
  const Session session;
  fake::Command command = at_terminal(session.run_at(vizier.address()), "less -FIRX");
  fake::Process process(command);
  REQUIRE(process.wait_for_out("1015"));
  process.signal(SIGTERM);
  const auto result = process.wait();
  CHECK(result.signal == SIGTERM);
  CHECK_FALSE(result.overran);
}

TEST_CASE("A stream that began on the screen goes to the pager when it fills it") {
  fake::Vizier vizier(fake::Script()
                          .send(kT.metadata())
                          .send(kT.batch().int64(from_to(1001, 1010)))
                          .wait("seen")
                          .send(kT.batch().int64(from_to(1011, 1030)).eos())
                          .send(fake::stats()));
  const Session session;
  fake::Process process(at_terminal(session.run_at(vizier.address()), "sed 's/^/|/'"));
  REQUIRE(process.wait_for_out("1010"));
  vizier.open("seen");
  const auto result = process.wait();
  CHECK(result.status() == 0);
  // Title, two heads and ten rows are taken back, and stand in the pager again.
  CHECK_THAT(result.out, Catch::Contains("\x1b[13A\r\x1b[J"));
  CHECK(count(result.out, "| 1010") == 1);
  CHECK(count(result.out, "| 1030") == 1);
}

TEST_CASE("A script that streams is followed, not paged") {
  fake::Vizier vizier(
      fake::Script().send(kT.metadata()).send(kT.batch().int64(from_to(1001, 1030))).silence());
  const Session session;
  fake::Command command = at_terminal(session.run_at(vizier.address()), "echo paged; cat");
  command.arguments[2] = "import px\npx.display(px.DataFrame('t').stream())";
  fake::Process process(command);
  REQUIRE(process.wait_for_out("1030"));
  process.type("\x03");
  const auto result = process.wait();
  CHECK(result.signal == SIGINT);
  CHECK_THAT(result.out, !Catch::Contains("paged"));
}

TEST_CASE("Help and lists that are longer than the screen are paged") {
  const Session session;
  const std::vector<std::string> words =
      GENERATE(std::vector<std::string>{"help", "px"}, std::vector<std::string>{"run", "--help"},
               std::vector<std::string>{"--help"}, std::vector<std::string>{"scripts"});
  const auto paged = fake::run(at_terminal(session.command(words), "sed 's/^/|/'"));
  CHECK(paged.status() == 0);
  CHECK_THAT(paged.out, Catch::StartsWith("|"));
  const auto plain = fake::run(at_terminal(session.command(words), ""));
  CHECK_THAT(plain.out, !Catch::StartsWith("|"));
}

}  // namespace
}  // namespace pxq::app
