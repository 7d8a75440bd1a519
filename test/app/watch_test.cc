// A script that is run again and again: over its last result on a terminal, below it in a pipe.

#include <signal.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "live_terminal.h"
#include "session.h"

namespace pxq::app {
namespace {

const fake::Table kT = fake::Table("t").string("pod").int64("requests");

/// Each run has one request more in the pod `cart`, and the same in `mail`.
fake::Script counting() {
  auto runs = std::make_shared<int64_t>(10);
  return fake::Script()
      .send(kT.metadata())
      .reply([runs](const std::string&) {
        return kT.batch()
            .string({"cart", "mail"})
            .int64({++*runs, 7})
            .eos()
            .response()
            .SerializeAsString();
      })
      .send(fake::stats());
}

fake::Command at_terminal(fake::Command command) {
  command.terminal_input = true;
  command.out = fake::Destination::terminal();
  command.err = fake::Destination::terminal();
  command.environment["TERM"] = "xterm";
  command.environment["PXQ_PAGER"] = "echo paged";
  return command;
}

TEST_CASE("On a terminal a watch draws each result over the last one and marks what is new") {
  const fake::Vizier vizier(counting());
  const Session session;
  fake::Process process(at_terminal(session.run_at(vizier.address(), {"-w=100ms"})));
  REQUIRE(process.wait_for_out("\x1b[7m13"));
  process.type("\x03");
  const auto result = process.wait();
  CHECK(result.signal == SIGINT);
  CHECK_THAT(result.out, Catch::Contains("Every 0.1 s: <inline>"));
  // Head, title, names, units, two rows and the last line.
  CHECK_THAT(result.out, Catch::Contains("\x1b[7A\r"));
  CHECK_THAT(result.out, Catch::Contains("\x1b[7m12") && Catch::Contains("\x1b[7m13"));
  CHECK_THAT(result.out, !Catch::Contains("\x1b[7m11"));
  CHECK_THAT(result.out, !Catch::Contains("\x1b[7mmail") && !Catch::Contains("\x1b[7m7"));
  CHECK_THAT(result.out, !Catch::Contains("paged") && !Catch::Contains("INCOMPLETE"));
}

// No next run comes to put it right.
TEST_CASE("In another width a watched result is set anew at once, without asking again") {
  const std::string path = "/shop/cart/checkout/with-a-path-that-is-long-enough-for-eighty";
  const fake::Table table = fake::Table("t").string("path").string("method").int64("requests");
  const fake::Vizier vizier(
      fake::Script()
          .send(table.metadata())
          .send(table.batch().string({path, "/"}).string({"GET", "PUT"}).int64({12345, 7}).eos())
          .send(fake::stats()));
  const Session session;
  LiveTerminal terminal(session.run_at(vizier.address(), {"-w=1h"}), {.columns = 120, .rows = 20});
  REQUIRE(terminal.sees("complete"));
  const auto once = [](const fake::Screen& screen, std::string_view text) {
    return count(screen.text(), text) == 1;
  };
  CHECK(terminal.sees(path));
  terminal.resize({.columns = 40, .rows = 12});
  CHECK(terminal.sees([&](const fake::Screen& screen) {
    return once(screen, "Every 3600 s") && once(screen, "12345") && once(screen, "/shop/cart") &&
           !screen.holds(path) && once(screen, "requests") && once(screen, "2 rows, 106 B");
  }));
  terminal.resize({.columns = 200, .rows = 30});
  CHECK(terminal.sees([&](const fake::Screen& screen) {
    return once(screen, "Every 3600 s") && once(screen, path) && once(screen, "12345");
  }));
  terminal.resize({.columns = 200, .rows = 5});
  CHECK(terminal.sees("more lines"));
  CHECK(vizier.calls(fake::kExecuteScript).size() == 1);
  terminal.type("\x03");
  CHECK(terminal.wait() == 128 + SIGINT);
  CHECK(terminal.screen().unknown().empty());
}

TEST_CASE("A width that changes while a run goes on is that of both results") {
  const fake::Table table = fake::Table("t").string("path").int64("requests");
  const std::string path = "/shop/cart/checkout/with-a-path-that-is-long-enough-for-eighty";
  fake::Vizier vizier;
  const auto answer = [&](int64_t requests) {
    return table.batch().string({path}).int64({requests}).eos();
  };
  vizier.answer(fake::Script().send(table.metadata()).send(answer(111)).send(fake::stats()));
  vizier.answer(
      fake::Script().send(table.metadata()).wait("resized").send(answer(222)).send(fake::stats()));
  const Session session;
  LiveTerminal terminal(session.run_at(vizier.address(), {"-w=300ms", "--for", "1h"}),
                        {.columns = 120, .rows = 20});
  REQUIRE(terminal.sees("111"));
  REQUIRE(vizier.wait_for_calls(2));
  terminal.resize({.columns = 40, .rows = 12});
  CHECK(terminal.sees([&](const fake::Screen& screen) {
    return screen.holds("111") && screen.holds("/shop/cart") && !screen.holds(path);
  }));
  vizier.open("resized");
  CHECK(terminal.sees([&](const fake::Screen& screen) {
    return screen.holds("222") && screen.holds("/shop/cart") && !screen.holds(path) &&
           count(screen.text(), "Every") == 1;
  }));
}

TEST_CASE("A watch that was stopped for a while goes on below what the shell has written") {
  const fake::Vizier vizier(counting());
  const Session session;
  fake::Command command = in_shell(session.run_at(vizier.address(), {"-w=1h"}),
                                   "set -m; \"$0\" \"$@\"; echo back in the shell; read x; fg");
  command.environment["PATH"] = "/usr/bin:/bin";
  LiveTerminal terminal(command, {.columns = 100, .rows = 40});
  REQUIRE(terminal.sees("complete"));
  terminal.type("\x1a");
  REQUIRE(terminal.sees("back in the shell"));
  terminal.type("\r");
  CHECK(terminal.sees([](const fake::Screen& screen) {
    const std::string text = screen.text();
    const size_t shell = text.find("back in the shell");
    const std::string below = shell == std::string::npos ? "" : text.substr(shell);
    return count(text, "Every 3600 s") == 2 && count(below, "Every 3600 s") == 1 &&
           below.find("complete") != std::string::npos;
  }));
  terminal.type("\x03");
}

TEST_CASE("A result that is higher than the screen is cut there, and what is left out is counted") {
  const fake::Vizier vizier(counting());
  const Session session;
  fake::Command command = at_terminal(session.run_at(vizier.address(), {"-w=100ms"}));
  command.terminal = {.columns = 80, .rows = 6};
  command.environment["LC_ALL"] = "C";
  fake::Process process(command);
  REQUIRE(process.wait_for_out("\x1b[5A\r"));
  process.type("\x03");
  const auto result = process.wait();
  CHECK_THAT(result.out, Catch::Contains(": 3 more lines: --columns, -t, --limit"));
  CHECK_THAT(result.out, !Catch::Contains("cart") && Catch::Contains("complete"));
}

TEST_CASE("In a pipe a watch appends runs, each row with the time of its run") {
  const fake::Vizier vizier(counting());
  const Session session;
  SECTION("JSON lines") {
    const auto result =
        fake::run(session.run_at(vizier.address(), {"-w", "100ms", "--for", "550ms"}));
    CHECK(result.status() == 0);
    session.check_manners(result);
    CHECK_THAT(result.out, Catch::StartsWith("{\"_run_\":\"20"));
    CHECK_THAT(result.out, Catch::Contains("\"pod\":\"cart\",\"requests\":11}") &&
                               Catch::Contains("\"pod\":\"cart\",\"requests\":12}"));
  }
  SECTION("csv, with one header") {
    const auto result =
        fake::run(session.run_at(vizier.address(), {"-w100ms", "--for", "550ms", "-o", "csv"}));
    CHECK(result.status() == 0);
    CHECK_THAT(result.out, Catch::StartsWith("_run_,pod,requests\n20"));
    CHECK(count(result.out, "_run_") == 1);
    CHECK_THAT(result.out, Catch::Contains(",cart,12\n"));
  }
  SECTION("tables, each below its time") {
    const auto result =
        fake::run(session.run_at(vizier.address(), {"-w=100ms", "--for", "550ms", "-o", "table"}));
    CHECK(result.status() == 0);
    CHECK(count(result.out, "t: 2 rows, 2 columns\n") >= 2);
    CHECK(count(result.out, "Z\nt: 2 rows") == count(result.out, "t: 2 rows"));
    CHECK_THAT(result.out, !Catch::Contains("_run_"));
  }
}

TEST_CASE("Flag --for ends a watch and a stream with exit 0 and says so") {
  const Session session;
  SECTION("a watch") {
    const fake::Vizier vizier(counting());
    const auto result =
        fake::run(at_terminal(session.run_at(vizier.address(), {"-w=100ms", "--for", "450ms"})));
    CHECK(result.status() == 0);
    CHECK_THAT(result.out, Catch::Contains(" runs in 0.") && Catch::Contains("; ended by --for"));
  }
  SECTION("a stream that goes on sending") {
    const fake::Vizier vizier(
        fake::Script()
            .send(kT.metadata())
            .endless(kT.batch().string({"cart"}).int64({1}), std::chrono::milliseconds(10)));
    const auto result = fake::run(session.run_at(vizier.address(), {"--for", "300ms", "--stats"}));
    session.check_manners(result);
    CHECK(result.status() == 0);
    CHECK_THAT(result.err, Catch::Contains("; ended by --for"));
    CHECK_THAT(result.out, Catch::StartsWith("{\"pod\":\"cart\",\"requests\":1}\n"));
  }
  SECTION("a stream that says nothing more, into a file that is kept") {
    const fake::Vizier vizier(
        fake::Script().send(kT.metadata()).send(kT.batch().string({"cart"}).int64({1})).silence());
    Session own;
    own.allow("x.csv");
    const auto result =
        fake::run(own.run_at(vizier.address(), {"--for", "300ms", "--stats", "-o", "x.csv"}));
    own.check_manners(result);
    CHECK(result.status() == 0);
    CHECK_THAT(result.err, Catch::Contains("; ended by --for"));
    CHECK(own.home().read("x.csv") == "pod,requests\ncart,1\n");
  }
  SECTION("a server that is silent from the beginning is not excused") {
    const fake::Vizier vizier(fake::Script().silence());
    const auto result =
        fake::run(session.run_at(vizier.address(), {"--for", "200ms", "--idle-timeout", "600ms"}));
    CHECK(result.status() == 7);
  }
}

TEST_CASE("A watch is tried again after what may pass, once it has gone well") {
  auto runs = std::make_shared<int>(0);
  const auto rows = [runs](const std::string&) {
    ++*runs;
    return *runs == 2
               ? fake::status(13, "an agent is away").SerializeAsString()
               : kT.batch().string({"cart"}).int64({*runs}).eos().response().SerializeAsString();
  };
  const fake::Vizier vizier(fake::Script().send(kT.metadata()).reply(rows).send(fake::stats()));
  const Session session;
  SECTION("in a pipe") {
    fake::Process process(session.run_at(vizier.address(), {"-w=100ms", "-o", "csv"}));
    REQUIRE(process.wait_for_out("cart,3"));
    process.signal(SIGINT);
    const auto result = process.wait();
    CHECK(result.signal == SIGINT);
    CHECK_THAT(result.err, Catch::Contains("pxq: error: ") && Catch::Contains("an agent is away"));
    CHECK_THAT(result.out, !Catch::Contains("cart,2"));
  }
  SECTION("on a terminal the last good result stays") {
    fake::Process process(at_terminal(session.run_at(vizier.address(), {"-w=100ms"})));
    REQUIRE(process.wait_for_out("trying again every 0.1 s"));
    process.type("\x03");
    const auto result = process.wait();
    CHECK(result.signal == SIGINT);
    CHECK_THAT(result.out, Catch::Contains("an agent is away"));
  }
}

TEST_CASE("A watch ends with what its first run ends with") {
  const fake::Vizier vizier(fake::Script().send(fake::status(13, "an agent is away")));
  const Session session;
  const auto piped = fake::run(session.run_at(vizier.address(), {"-w"}));
  session.check(piped, {6, "", {"an agent is away"}});
  const auto shown = fake::run(at_terminal(session.run_at(vizier.address(), {"-w"})));
  CHECK(shown.status() == 6);
  CHECK(count(shown.out, "an agent is away") == 1);
}

TEST_CASE("A condition ends a watch") {
  const fake::Vizier vizier(counting());
  const Session session;
  const auto result =
      fake::run(session.run_at(vizier.address(), {"-w=100ms", "--fail-if", "t.requests > 13"}));
  CHECK(result.status() == 12);
  CHECK_THAT(result.out, Catch::Contains("\"requests\":14}\n") && !Catch::Contains(":15}"));
}

TEST_CASE("A stream is followed by a watch, not run again") {
  const fake::Vizier vizier(
      fake::Script().send(kT.metadata()).send(kT.batch().string({"cart"}).int64({1})).silence());
  const Session session;
  fake::Command command = at_terminal(session.run_at(vizier.address(), {"-w"}));
  SECTION("that the script says is one") {
    command.arguments[2] = "import px\npx.display(px.DataFrame('t').stream())";
  }
  SECTION("that turns out to be one") {}
  fake::Process process(command);
  REQUIRE(process.wait_for_out("cart"));
  process.type("\x03");
  const auto result = process.wait();
  CHECK(result.signal == SIGINT);
  CHECK(vizier.calls(fake::kExecuteScript).size() == 1);
}

TEST_CASE("A watch into what is one document, or twice what must be once, is refused") {
  struct Refused {
    std::vector<std::string> flags;
    std::string what;
  };
  const Refused refused = GENERATE(
      Refused{{"-o", "x.csv"}, "--watch does not write files such as 'x.csv'"},
      Refused{{"-o", "x.sqlite"}, "--watch does not write files such as 'x.sqlite'"},
      Refused{{"-o", "json-array"}, "--watch does not write json-array"},
      Refused{{"-o", "html"}, "--watch does not write html"},
      Refused{{"--schema", "s.json"}, "--watch does not write files"},
      Refused{{"--record", "x.pxrec"}, "--watch and --record exclude each other"},
      Refused{{"-w=0"}, "--watch '0' is less than 100ms"}, Refused{{"-w=often"}, "--watch"},
      Refused{{"--for", "0"}, "--for '0' is less than 100ms"},
      Refused{{"-e", "import pxtrace", "--mutate"}, "and this one does more than ask"});
  const fake::Vizier vizier(counting());
  const Session session;
  fake::Command command = session.run_at(vizier.address(), {"-w"});
  std::vector<std::string> flags = refused.flags;
  if (flags.front() == "-e") {
    command.arguments[2] = flags[1];
    flags.erase(flags.begin(), flags.begin() + 2);
  }
  command.arguments.insert(command.arguments.end(), flags.begin(), flags.end());
  session.check(fake::run(command), {2, "", {refused.what}});
  CHECK(vizier.calls(fake::kExecuteScript).empty());
}

TEST_CASE("The local Vizier is watched as any other") {
  const Session session;
  const std::string data = GENERATE(as<std::string>(), "--local", "--local=demo");
  const std::string script =
      "import px\ndf = px.DataFrame('process_stats', start_time='-5m')\n"
      "px.display(df.agg(n=('upid', px.count)))";
  const auto result = fake::run(
      session.command({"run", "-e", script, data, "-w=100ms", "--for", "1s", "-o", "csv"}));
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK_THAT(result.out, Catch::StartsWith("_run_,n\n"));
  CHECK(count(result.out, "\n") >= 3);
}

}  // namespace
}  // namespace pxq::app
