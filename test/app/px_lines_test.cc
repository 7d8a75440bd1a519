// Documented lines of px, pasted with pxq in px's place: they work, or one line says what does.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "cloud_session.h"

namespace pxq::app {
namespace {

TEST_CASE("px's lists of scripts are pxq scripts") {
  const Session session;
  const std::string scripts = fake::run(session.command({"scripts"})).out;
  REQUIRE_THAT(scripts, Catch::Contains("top_processes"));
  for (const std::vector<std::string>& words : {std::vector<std::string>{"run", "-l"},
                                                {"run", "--list"},
                                                {"scripts", "list"},
                                                {"script", "list"},
                                                {"-q", "script", "list"}}) {
    session.check(fake::run(session.command(words)), {.out = scripts});
  }
  const auto shown = fake::run(session.command({"script", "show", "top_processes"}));
  CHECK(shown.out == fake::run(session.command({"scripts", "show", "top_processes"})).out);
  CHECK_THAT(shown.out, Catch::Contains("\"_table_\":\"script\""));
}

TEST_CASE("px's words for clusters are those of pxq clusters, and --id prints the id alone") {
  Cloud cloud;
  const std::string clusters = cloud.run({"clusters"}).out;
  CHECK_THAT(clusters, Catch::Contains(kStaging));
  CHECK(cloud.run({"get", "viziers"}).out == clusters);
  cloud.session.check(cloud.run({"get", "cluster", "--id"}), {.out = kProd + "\n"});
  cloud.session.check(cloud.run({"clusters", "--id", "-c", "staging"}), {.out = kStaging + "\n"});
}

TEST_CASE("px get pems asks for the agents") {
  const fake::Vizier vizier(whole());
  const Session session;
  const auto result = fake::run(
      session.command({"get", "pems", "--addr", vizier.address(), "--insecure", "-o", "JSON"}));
  session.check(result, {.out = kWholeRows});
  CHECK_THAT(vizier.calls(fake::kExecuteScript).at(0).script_request().query_str(),
             Catch::Contains("px.GetAgentStatus()"));
}

TEST_CASE("What px does and pxq does not is one line that says what does") {
  const auto [command, instead] =
      GENERATE(std::pair<std::string, std::string>{"deploy", "px or Helm"},
               std::pair<std::string, std::string>{"update", "px or Helm"},
               std::pair<std::string, std::string>{"auth", "px auth login"},
               std::pair<std::string, std::string>{"debug", "pxq doctor"},
               std::pair<std::string, std::string>{"collect-logs", "pxq doctor"});
  const Session session;
  const auto result = fake::run(session.command({command, "login"}));
  session.check(result, {2, "", {"pxq has no command '" + command + "'", instead}});
  CHECK(count(result.err, "\n") == 2);
}

TEST_CASE("pxq help px lists px's lines within 80 columns") {
  const Session session;
  const std::string page = fake::run(session.command({"help", "px"})).out;
  for (const char* line :
       {"px get viziers", "px run -l", "px deploy", "px auth login", "-e=false"}) {
    CHECK_THAT(page, Catch::Contains(line));
  }
}

}  // namespace
}  // namespace pxq::app
