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

}  // namespace
}  // namespace pxq::app
