// What may stand at the cursor, as pxq tells it and as the three shells offer it.

#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "places.h"
#include "session.h"

namespace pxq::app {
namespace {

using Words = std::vector<std::string>;

const std::string kBundle = PXQ_TEST_DATA "/script/data/bundle.json";
const std::string kRequests = PXQ_TEST_DATA "/script/data/tree/shop/requests";

// The first column of what pxq offers for a line whose last word is being typed.
Words offered(const Session& session, Words line) {
  line.insert(line.begin(), "__complete");
  const fake::ProcessResult result = fake::run(session.command(line));
  CHECK(result.status() == 0);
  CHECK(result.err.empty());
  session.check_manners(result);
  Words words;
  std::istringstream lines(result.out);
  for (std::string text; std::getline(lines, text);)
    words.push_back(text.substr(0, text.find('\t')));
  return words;
}

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

TEST_CASE("Completion offers what fits and nothing else") {
  struct Case {
    Words line;
    Words offered;
  };
  const std::vector<Case> cases = {
      {{"che"}, {"check"}},
      {{"scripts", ""}, {"show", "update"}},
      {{"config", "v"}, {"view"}},
      {{"completion", ""}, {"bash", "zsh", "fish"}},
      {{"help", "ex"}, {"exit-codes", "export"}},
      {{"run", "-b", kBundle, "shop/h"}, {"shop/http_data", ":files"}},
      {{"scripts", "show", "pxq/sq"}, {"pxq/sql_by_query", ":files"}},
      {{"run", "--max"}, {"--max-rows", "--max-message"}},
      {{"run", "top_processes", "--wi"}, {"--wide"}},
      {{"run", "-o", "mark"}, {"markdown", ":files"}},
      {{"run", "--errors="}, {"--errors=text", "--errors=json"}},
      {{"run", "--errors", "j"}, {"json"}},
      {{"run", "-e", "import px", "--cloud_"}, {}},
      {{"run", "--key-file", ""}, {":files"}},
      {{"replay", ""}, {":files"}},
      {{"tables", "--local", "process"}, {"process_stats"}},
      {{"run", kRequests, "-a", "na"}, {"namespace="}},
      {{"run", kRequests, "-a", "namespace=x", "--arg", "na"}, {}},
      {{"run", kRequests, "-a", "side="}, {"side=server", "side=client"}},
      {{"run", kRequests, "--", "--na"}, {"--namespace"}},
      {{"run", kRequests, "--", "--errors_only", ""}, {"true", "false"}},
      {{"run", kRequests, "-t", "Slow"}, {"Slowest"}},
      {{"run", "--local", "-e", "px.display(px.f('a'), 'mine')", "-t", ""}, {"mine"}},
      {{"run", kRequests, "--func", "slow"}, {"slowest"}},
      {{"run", "no/such/script", "-a", ""}, {}},
      {{"run", "-b", "./none.json", "x"}, {":files"}},
  };
  const Session session;
  for (const Case& one : cases) {
    INFO(Catch::StringMaker<Words>::convert(one.line));
    CHECK(offered(session, one.line) == one.offered);
  }
}

TEST_CASE("Completion offers scripts before flags, and flags once there is a script") {
  const Session session;
  const Words first = offered(session, {"run", ""});
  CHECK(has(first, "top_processes"));
  CHECK_FALSE(has(first, "--output"));
  const Words then = offered(session, {"run", "top_processes", ""});
  CHECK(has(then, "--output"));
  CHECK_FALSE(has(then, "top_processes"));
  for (const std::string hidden : {"--cloud_addr", "--direct_vizier_addr", "--e2e_encryption"}) {
    CHECK_FALSE(has(then, hidden));
  }
}

TEST_CASE("Completion offers the profiles of config.toml") {
  Session session;
  session.allow("config.toml");
  session.home().write("config.toml", "[profile.work]\ncluster = 'a'\n[profile.home]\n");
  fake::Command command = session.command({"__complete", "run", "-p", ""});
  command.environment["PXQ_CONFIG"] = session.home().path("config.toml");
  CHECK(fake::run(command).out == "home\t\nwork\t\n");
}

TEST_CASE("The completion of an unknown shell is refused") {
  const Session session;
  session.check(fake::run(session.command({"completion", "bsh"})),
                {2, "", {"did you mean 'bash'"}});
}

TEST_CASE("bash completes words of pxq") {
  const Session session;
  fake::Command command = session.command(
      {"-c",
       "eval \"$(\"$0\" completion bash)\"; COMP_WORDS=(\"$0\" run --max); COMP_CWORD=2; _pxq; "
       "echo ${COMPREPLY[*]}; COMP_WORDS=(\"$0\" che); COMP_CWORD=1; _pxq; echo ${COMPREPLY[*]}; "
       "COMP_WORDS=(\"$0\" run -o mark); COMP_CWORD=3; _pxq; echo ${COMPREPLY[*]}; "
       "COMP_WORDS=(\"$0\" run --errors = js); COMP_CWORD=4; _pxq; echo ${COMPREPLY[*]}",
       PXQ_BINARY});
  command.program = "/bin/bash";
  const fake::ProcessResult result = fake::run(command);
  INFO(result.err);
  CHECK(result.out == "--max-rows --max-message\ncheck\nmarkdown\njson\n");
}

TEST_CASE("fish completes words of pxq") {
  const Session session;
  fake::Command command =
      session.command({"--no-config", "-c",
                       std::string(PXQ_BINARY) +
                           " completion fish | source; complete -C 'pxq run --max'; "
                           "complete -C 'pxq run --errors=js'; complete -C 'pxq scripts up'"});
  command.program = "/usr/bin/fish";
  command.environment["PATH"] =
      std::string(PXQ_BINARY).substr(0, std::string(PXQ_BINARY).rfind('/')) + ":/usr/bin:/bin";
  const fake::ProcessResult result = fake::run(command);
  INFO(result.err);
  CHECK_THAT(result.out, Catch::StartsWith("--max-rows\t") && Catch::Contains("--max-message\t") &&
                             Catch::Contains("--errors=json") && Catch::Contains("\nupdate\t"));
}

TEST_CASE("zsh completes words of pxq at its prompt") {
  const Session session;
  fake::Command command = session.command({"-f", "-i"});
  command.program = "/usr/bin/zsh";
  command.out = command.err = fake::Destination::terminal();
  command.terminal_input = true;
  command.environment["TERM"] = "xterm";
  fake::Process zsh(command);
  zsh.type("PS1='> '; autoload -U compinit; compinit -D; eval \"$(" + std::string(PXQ_BINARY) +
           " completion zsh)\"; print rea''dy\n");
  REQUIRE(zsh.wait_for_out("ready"));
  // What Tab adds is drawn piece by piece; Ctrl-A and print show the whole line.
  zsh.type(std::string(PXQ_BINARY) + " run --max-r\tall --print-reque\t\x01print -r -- \n");
  CHECK(zsh.wait_for_out(" run --max-rows all --print-request"));
  zsh.type("exit\n");
  zsh.wait();
}

}  // namespace
}  // namespace pxq::app
