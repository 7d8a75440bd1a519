// pxq live in the places where people are: other terminals, other targets, streams, a shell that
// stops it for a while.

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "cloud_session.h"
#include "live_terminal.h"

namespace pxq::app {
namespace {

using fake::Screen;

const fake::Table kT = fake::Table("t").time("time_").string("service").float64("latency");

fake::Script over_time() {
  std::vector<int64_t> times;
  std::vector<std::string> services;
  std::vector<double> values;
  for (int i = 0; i < 60; ++i) {
    times.push_back(1'700'000'000'000'000'000 + i * 1'000'000'000LL);
    services.emplace_back(i % 2 == 0 ? "cart" : "caf\xc3\xa9");
    values.push_back(i % 7);
  }
  return fake::Script()
      .send(kT.metadata())
      .send(kT.batch().time(times).string(services).float64(values).eos())
      .send(fake::stats());
}

constexpr const char* kVis = R"({
  "variables": [{"name": "since", "type": "PX_STRING", "description": "From when on.", "defaultValue": "-5m"}],
  "widgets": [
    {"name": "Latency", "func": {"name": "f", "args": [{"name": "since", "variable": "since"}]},
     "globalFuncOutputName": "", "position": {"x": 0, "y": 0, "w": 12, "h": 3},
     "displaySpec": {"@type": "types.px.dev/px.vispb.TimeseriesChart",
       "timeseries": [{"value": "latency", "series": "service", "mode": "MODE_LINE"}]}}]})";

/// `pxq live` of a script with charts and an argument.
struct Charted {
  fake::Vizier vizier;
  Session session;

  Charted() : vizier(named("Latency")) {
    std::filesystem::create_directory(session.home().path("s"));
    session.home().write("s/vis.json", kVis);
    session.home().write("s/s.pxl",
                         "import px\ndef f(since: str):\n"
                         "  return px.DataFrame('t', start_time=since)\n");
  }

  // Tables of a function bear its widget's name.
  static fake::Script named(const std::string& name) {
    const fake::Table table = fake::Table(name).time("time_").string("service").float64("latency");
    std::vector<int64_t> times;
    for (int i = 0; i < 60; ++i) times.push_back(1'700'000'000'000'000'000 + i * 1'000'000'000LL);
    return fake::Script()
        .send(table.metadata())
        .send(table.batch()
                  .time(times)
                  .string(std::vector<std::string>(60, "cart"))
                  .float64(std::vector<double>(60, 2.5))
                  .eos())
        .send(fake::stats());
  }

  fake::Command command() const {
    return session.command({"live", "./s", "--addr", vizier.address(), "--insecure", "-w=0"});
  }
};

bool is_ascii(const Screen& screen) {
  const std::string text = screen.text();
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0; });
}

TEST_CASE("A table that vis.json draws is a chart, c shows its rows") {
  const Charted charted;
  LiveTerminal terminal(charted.command());
  REQUIRE(terminal.sees("complete"));
  CHECK(terminal.sees("■ cart"));
  const auto holds_dots = [](const Screen& screen) {  // any sign of Braille
    return screen.holds("\xe2\xa0") || screen.holds("\xe2\xa1") || screen.holds("\xe2\xa2") ||
           screen.holds("\xe2\xa3");
  };
  CHECK(holds_dots(terminal.screen()));
  CHECK(terminal.screen().holds("c shows its rows"));
  terminal.type("c");
  CHECK(terminal.sees("row 1 of 60"));
  CHECK(terminal.sees(
      [](const Screen& screen) { return screen.holds("2.5") && !screen.holds("■ cart"); }));
  terminal.type("c");
  CHECK(terminal.sees("■ cart"));
}

TEST_CASE("An argument that is changed is in the next request, a wrong one is refused") {
  const Charted charted;
  LiveTerminal terminal(charted.command());
  REQUIRE(terminal.sees("complete"));
  terminal.type("a");
  REQUIRE(terminal.sees("From when on."));
  CHECK(terminal.screen().holds("Arguments of "));
  terminal.type("\x15-7m\r");
  REQUIRE(charted.vizier.wait_for_calls(2));
  const auto call = charted.vizier.calls(fake::kExecuteScript).back().script_request();
  REQUIRE(call.exec_funcs_size() == 1);
  CHECK(call.exec_funcs(0).arg_values(0).value() == "-7m");
  CHECK(terminal.sees("complete"));
  CHECK(terminal.sees([](const Screen& screen) { return !screen.holds("From when on."); }));
}

TEST_CASE("Colours are shown where they are wanted") {
  const fake::Table table = fake::Table("t").int64("status", fake::pb::ST_HTTP_RESP_STATUS);
  const fake::Vizier vizier(fake::Script()
                                .send(table.metadata())
                                .send(table.batch().int64({500}).eos())
                                .send(fake::stats()));
  const Session session;
  fake::Command command = live_at(session, vizier.address(), {"-w=0"});
  const std::string how = GENERATE(as<std::string>(), "usual", "NO_COLOR", "--color=never");
  CAPTURE(how);
  if (how == "NO_COLOR") command.environment["NO_COLOR"] = "1";
  if (how == "--color=never") command.arguments.push_back(how);
  LiveTerminal terminal(command);
  REQUIRE(terminal.sees("complete"));
  CHECK(terminal.screen().holds("500"));
  CHECK(terminal.screen().any_color() == (how == "usual"));
}

TEST_CASE("Without UTF-8 every sign is ASCII, on rows and on charts") {
  const fake::Vizier vizier(over_time());
  const Session session;
  fake::Command command = live_at(session, vizier.address(), {"-w=0"});
  command.environment["LC_ALL"] = "C";
  LiveTerminal terminal(command);
  REQUIRE(terminal.sees("complete"));
  CHECK(terminal.screen().holds("caf?"));
  CHECK(is_ascii(terminal.screen()));
  terminal.type("c");
  CHECK(terminal.sees("b cart"));
  CHECK(is_ascii(terminal.screen()));
  terminal.type("?");
  CHECK(terminal.sees("Keys"));
  CHECK(is_ascii(terminal.screen()));
}

// Where a library measures a sign otherwise, what stands behind it is lost or moves.
TEST_CASE("Hostile and wide cells take the room that they have, and no other") {
  const fake::Table table = fake::Table("t").string("sign").int64("behind");
  const std::vector<std::string> signs = {
      "plain",
      "\xe6\x97\xa5\xe6\x9c\xac",                                   // two wide ones
      "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x86\xcc\x87\xcc\x88",  // seven marks
      "\xe0\xb8\x81\xe0\xb9\x87\xe0\xb9\x87\xe0\xb9\x87\xe0\xb9\x87\xe0\xb9\x87\xe0\xb9\x87",
      "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",  // a family
      "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa",                                          // a flag
      "\xe2\x9d\xa4\xef\xb8\x8f",  // a heart with a variant
      "\xcc\x81mark first",
      "\x1b[2J\x1b]0;owned\x07",
      "\xc2\x9b"
      "31m",
      "\xff\xfe",
      "a\nb\tc",
      "\xe2\x80\xae"
      "evil"};
  std::vector<int64_t> behind;
  for (size_t i = 0; i < signs.size(); ++i) behind.push_back(7000 + static_cast<int64_t>(i));
  const fake::Vizier vizier(fake::Script()
                                .send(table.metadata())
                                .send(table.batch().string(signs).int64(behind).eos())
                                .send(fake::stats()));
  const Session session;
  fake::Command command = live_at(session, vizier.address(), {"-w=0"});
  const bool ascii = GENERATE(false, true);
  if (ascii) command.environment["LC_ALL"] = "C";
  LiveTerminal terminal(command);
  REQUIRE(terminal.sees("complete"));
  const std::vector<size_t> columns = terminal.screen().columns_of("70");
  CHECK(columns.size() == signs.size());
  for (const size_t column : columns) CHECK(column == columns.front());
  CHECK(terminal.screen().unknown().empty());
  if (ascii) CHECK(is_ascii(terminal.screen()));
}

TEST_CASE("A stream is followed until Ctrl-C ends it and the view") {
  const fake::Table t = numbers();
  fake::Vizier vizier(fake::Script()
                          .send(t.metadata())
                          .send(t.batch().int64(from_to(1001, 1003)))
                          .wait("seen")
                          .endless(t.batch().int64({2002}), std::chrono::milliseconds(20)));
  const Session session;
  LiveTerminal terminal(live_at(session, vizier.address()));
  REQUIRE(terminal.sees("1003"));
  vizier.open("seen");
  REQUIRE(terminal.sees("streaming"));
  REQUIRE(terminal.sees("following"));
  CHECK(terminal.sees(
      [](const Screen& screen) { return screen.holds("2002") && !screen.holds("1001"); }));
  terminal.type("g");
  CHECK(terminal.sees("1001"));
  terminal.type("F");
  CHECK(terminal.sees([](const Screen& screen) { return !screen.holds("1001"); }));
  terminal.type("\x03");
  CHECK(terminal.wait() == 128 + SIGINT);
  CHECK(vizier.wait_for_cancel());
  CHECK_FALSE(terminal.screen().alternate());
  CHECK(vizier.calls(fake::kExecuteScript).size() == 1);
}

TEST_CASE("A cluster of a cloud is named on the screen, its rows decrypted") {
  const Cloud cloud;
  LiveTerminal terminal(cloud.command({"live", "-e", "import px", "-c", "prod", "-w=0", "--cloud",
                                       cloud.vizier.address(), "--tls-ca", "ca.pem"}));
  REQUIRE(terminal.sees("complete"));
  CHECK(terminal.screen().holds("prod"));
  CHECK(terminal.screen().holds("row 1 of 2"));
  CHECK_FALSE(terminal.screen().holds(kKey));
  terminal.type("r");
  CHECK(cloud.vizier.wait_until([](const std::vector<fake::Call>& calls) {
    return std::count_if(calls.begin(), calls.end(), [](const fake::Call& call) {
             return call.method == fake::kExecuteScript;
           }) == 2;
  }));
}

TEST_CASE("Scripts that are offered run: those for exports only where a window is given") {
  const Session session;
  const bool windowed = GENERATE(false, true);
  fake::Command command = session.command({"live", "--local=demo", "-w=0"});
  if (windowed) command.arguments.emplace_back("--since=1m");
  LiveTerminal terminal(command);
  REQUIRE(terminal.sees("type to find"));
  terminal.type("http_events");
  CHECK(terminal.sees(windowed ? "pxq/export/http_events" : " 0 of "));
  CHECK(terminal.screen().holds("pxq/export") == windowed);
  if (!windowed) terminal.type("\x15http_by");
  terminal.type("\r");
  CHECK(terminal.sees("complete"));
}

TEST_CASE("A terminal that terminfo does not know is taken for what all of today's are") {
  const fake::Vizier vizier(over_time());
  const Session session;
  fake::Command command = live_at(session, vizier.address(), {"-w=0"});
  command.environment["TERM"] = GENERATE(as<std::string>(), "of-tomorrow", "linux", "vt100");
  CAPTURE(command.environment["TERM"]);
  LiveTerminal terminal(command);
  REQUIRE(terminal.sees("complete"));
  CHECK(terminal.sees("row 1 of 60"));
  terminal.type("\x1bOB");
  CHECK(terminal.sees("row 2 of 60"));
  terminal.type("\x1b[B\x1b[6~");
  CHECK(terminal.sees([](const Screen& screen) { return !screen.holds("row 2 of"); }));
  terminal.type("q");
  CHECK(terminal.wait() == 0);
  CHECK_FALSE(terminal.screen().alternate());
  CHECK(terminal.screen().cursor_visible());
  CHECK(terminal.screen().unknown().empty());
}

TEST_CASE("A terminal that can place nothing, or has no name, is refused in one line") {
  const Session session;
  fake::Command command = session.command({"live", "-e", "import px", "--local=demo"});
  const std::string name = GENERATE(as<std::string>(), "dumb", "unknown", "");
  command.environment["TERM"] = name;
  LiveTerminal terminal(command);
  CHECK(terminal.wait() == 2);
  CHECK(terminal.screen().holds(name.empty() ? "TERM is not set" : "terminal '" + name + "'"));
  CHECK(terminal.screen().holds("xterm-256color"));
}

TEST_CASE("After another size the screen fits it, whatever it was") {
  const fake::Vizier vizier(over_time());
  const Session session;
  LiveTerminal terminal(live_at(session, vizier.address(), {"-w=0"}));
  REQUIRE(terminal.sees("complete"));
  for (const fake::TerminalSize size : {fake::TerminalSize{40, 10}, {200, 60}, {10, 3}, {80, 24}}) {
    CAPTURE(size.columns, size.rows);
    terminal.resize(size);
    // The last line is the status, and it is the only one of its kind.
    CHECK(terminal.sees([size](const Screen& screen) {
      const std::vector<std::string> lines = screen.lines();
      return lines.size() == size.rows && lines.back().find("compl") <= 1 &&
             std::count_if(lines.begin(), lines.end(),
                           [](const std::string& line) { return line.find("compl") <= 1; }) == 1;
    }));
  }
  CHECK(terminal.sees("row 1 of 60"));
}

TEST_CASE("Ctrl-Z gives the terminal to the shell, fg brings the screen back") {
  const fake::Vizier vizier(over_time());
  const Session session;
  fake::Command command = live_at(session, vizier.address(), {"-w=0"});
  // A shell with job control, as people have one.
  command = in_shell(command, "set -m; \"$0\" \"$@\"; echo back in the shell; stty -a; read x; fg");
  command.environment["PATH"] = "/usr/bin:/bin";
  LiveTerminal terminal(command);
  REQUIRE(terminal.sees("complete"));
  terminal.signal(SIGCONT);
  terminal.type("\x1a");
  REQUIRE(terminal.sees("back in the shell"));
  CHECK(terminal.sees(" icanon"));
  CHECK(terminal.sees(" echo "));
  CHECK_FALSE(terminal.screen().alternate());
  CHECK(terminal.screen().cursor_visible());
  terminal.type("\r");
  CHECK(terminal.sees(
      [](const Screen& screen) { return screen.alternate() && screen.holds("row 1 of 60"); }));
  terminal.type("q");
  CHECK(terminal.wait() == 0);
  CHECK_FALSE(terminal.screen().alternate());
}

// ncurses would ignore it for as long as it paints, and a Ctrl-Z of that moment would be lost.
TEST_CASE("no Ctrl-Z is ignored, whatever the screen does") {
  const fake::Vizier vizier(over_time());
  const Session session;
  fake::Command command = live_at(session, vizier.address(), {"-w=0"});
  const std::string calls = session.home().path("calls");
  command.arguments.insert(command.arguments.begin(),
                           {"-f", "-e", "trace=rt_sigaction", "-o", calls,
                            std::exchange(command.program, "/usr/bin/strace")});
  LiveTerminal terminal(command);
  if (!terminal.sees("complete")) {
    WARN("not tested: strace cannot trace here");
    return;
  }
  for (const char* const key : {"j", "G", "k"}) terminal.type(key);
  REQUIRE(terminal.sees("row 59 of 60"));
  terminal.type("q");
  CHECK(terminal.wait() == 0);
  std::istringstream lines(session.home().read("calls"));
  int ours = 0;
  int ignored = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("rt_sigaction(SIGTSTP, {") == std::string::npos) continue;
    (line.find("{sa_handler=SIG_IGN") < line.find("}") ? ignored : ours) += 1;
  }
  CHECK(ours >= 2);
  CHECK(ignored == 1);  // before there is a screen
}

}  // namespace
}  // namespace pxq::app
