// The local Vizier behind pxq's own commands.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "app/session.h"

namespace pxq::app {
namespace {

fake::ProcessResult local(const Session& session, std::vector<std::string> words) {
  fake::ProcessResult result = fake::run(session.command(std::move(words)));
  session.check_manners(result);
  return result;
}

TEST_CASE("a source that the local Vizier does not have is a mistake of the command line") {
  const Session session;
  for (const std::string command : {"run", "tables", "serve"}) {
    std::vector<std::string> words = {command, "--local=hots"};
    if (command == "run") words.insert(words.end(), {"-e", "import px"});
    const fake::ProcessResult result = local(session, words);
    CHECK(result.status() == 2);
    CHECK(result.out.empty());
    CHECK(result.err.find("the local Vizier has no source 'hots'") != std::string::npos);
    CHECK(result.err.find("did you mean 'host'?") != std::string::npos);
  }
}

TEST_CASE("the host's own process is among its processes") {
  const Session session;
  const fake::ProcessResult result =
      local(session, {"run", "--local=host", "-e",
                      "import px\n"
                      "df = px.DataFrame('process_stats')\n"
                      "df.cmd = df.ctx['cmdline']\n"
                      "df = df[px.contains(df.cmd, '--local=host')]\n"
                      "px.display(df[['cmd']], 'me')"});
  CHECK(result.status() == 0);
  CHECK(result.out.find("--local=host") != std::string::npos);
}

TEST_CASE("hints of a local run name only what the local Vizier has") {
  const Session session;
  const auto error = [&](const std::string& line) {
    const std::string script = "import px\ndf = px.DataFrame('process_stats')\n" + line;
    return local(session, {"run", "--local=host", "-e", script + "\npx.display(df)\n"}).err;
  };
  CHECK_THAT(error("df = px.DataFrame('proces_stats')"),
             Catch::Contains("did you mean 'process_stats'?"));
  // Near to a table, a function, a method and a key of clusters alone.
  CHECK_THAT(error("df = px.DataFrame('http_event')"), Catch::Contains("--local=host has ") &&
                                                           Catch::Contains("process_stats") &&
                                                           !Catch::Contains("http_events"));
  CHECK_THAT(error("df.x = px.strptme('a', 'b')"), !Catch::Contains("strptime"));
  CHECK_THAT(error("df = df.roling('5s')"), !Catch::Contains("did you mean"));
  CHECK_THAT(error("df = df.strem()"), Catch::Contains("did you mean 'stream'?"));
}

}  // namespace
}  // namespace pxq::app
