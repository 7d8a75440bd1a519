// pxq live as a person meets it: keys in, a screen out, on a real pseudo-terminal.

#include <signal.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "live_terminal.h"

namespace pxq::app {
namespace {

fake::Script two_tables() {
  const fake::Table a = fake::Table("alpha").int64("n").string("who");
  const fake::Table b = fake::Table("beta").int64("size");
  return fake::Script()
      .send(a.metadata())
      .send(b.metadata())
      .send(a.batch().int64({3, 1, 2}).string({"carol", "alice", "bob"}))
      .send(a.end())
      .send(b.batch().int64({7}))
      .send(b.end())
      .send(fake::stats());
}

// The first column of the rows that are seen, from the top.
std::vector<std::string> first_words(const fake::Screen& screen) {
  std::vector<std::string> words;
  const std::vector<std::string> lines = screen.lines();
  for (size_t i = 3; i + 2 < lines.size() && !lines[i].empty(); ++i) {
    const size_t start = lines[i].find_first_not_of(' ');
    words.push_back(lines[i].substr(start, lines[i].find(' ', start) - start));
  }
  return words;
}

auto rows_are(std::vector<std::string> words) {
  return [words](const fake::Screen& screen) { return first_words(screen) == words; };
}

TEST_CASE("The tables of a script are tabs of a screen that is given back as it was") {
  const fake::Vizier vizier(two_tables());
  const Session session;
  LiveTerminal terminal(live_at(session, vizier.address(), {"-w=0"}));
  REQUIRE(terminal.sees("complete"));
  CHECK(terminal.screen().alternate());
  CHECK(terminal.screen().lines()[0] == " 1 alpha 3   2 beta 1");
  CHECK(first_words(terminal.screen()) == std::vector<std::string>{"3", "1", "2"});
  terminal.type("\t");
  CHECK(terminal.sees(rows_are({"7"})));
  terminal.type("1");
  CHECK(terminal.sees("alice"));
  terminal.type("q");
  CHECK(terminal.wait() == 0);
  CHECK_FALSE(terminal.screen().alternate());
  CHECK(terminal.screen().cursor_visible());
  CHECK(terminal.screen().unknown().empty());
}

TEST_CASE("s sorts by the column, & shows rows that hold a text, Enter one row in full") {
  const fake::Vizier vizier(two_tables());
  const Session session;
  LiveTerminal terminal(live_at(session, vizier.address(), {"-w=0"}));
  REQUIRE(terminal.sees("complete"));
  terminal.type("s");
  CHECK(terminal.sees(rows_are({"3", "2", "1"})));
  terminal.type("s");
  CHECK(terminal.sees(rows_are({"1", "2", "3"})));
  terminal.type("&o");
  CHECK(terminal.sees(rows_are({"2", "3"})));
  terminal.type("\r");
  CHECK(terminal.sees("'o' is in 2 of 3 rows"));
  terminal.type("\r");
  CHECK(terminal.sees("who  bob"));
  terminal.type("\x1bOC");
  CHECK(terminal.sees("who  carol"));
  terminal.type("q\x1b");
  CHECK(terminal.sees(rows_are({"1", "2", "3"})));
}

TEST_CASE("What goes wrong is on the screen, and the next run may go well") {
  fake::Vizier vizier(fake::Script().send(fake::status(3, "no such column 'latncy'")));
  const Session session;
  LiveTerminal terminal(live_at(session, vizier.address(), {"-w=0"}));
  REQUIRE(terminal.sees("failed"));
  CHECK(terminal.screen().holds("latncy"));
  terminal.type("q");
  CHECK(terminal.wait() == 0);
}

TEST_CASE("However it ends, the terminal is as it was") {
  const int number = GENERATE(SIGINT, SIGTERM, SIGHUP, SIGSEGV, SIGABRT, SIGQUIT, SIGUSR1);
  CAPTURE(number);
  const fake::Vizier vizier(two_tables());
  const Session session;
  LiveTerminal terminal(live_at(session, vizier.address(), {"-w=0"}));
  REQUIRE(terminal.sees("complete"));
  terminal.signal(number);
  CHECK(terminal.wait() == 128 + number);
  CHECK_FALSE(terminal.screen().alternate());
  CHECK(terminal.screen().cursor_visible());
}

TEST_CASE("Without a terminal live says so in one line") {
  const Session session;
  const auto result = fake::run(session.command({"live", "-e", "import px", "--local=demo"}));
  session.check(result, {2, "", {"live needs a terminal", "pxq run SCRIPT"}});
}

}  // namespace
}  // namespace pxq::app
