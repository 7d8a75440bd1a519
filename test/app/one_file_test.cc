// The binary is the whole tool: a copy of the one file, alone and with nothing around it.

#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "places.h"
#include "session.h"

namespace pxq::app {
namespace {

/// A copy of pxq in an empty directory, in which it runs with an empty environment.
class Alone {
 public:
  Alone() { std::filesystem::copy_file(PXQ_BINARY, home_.path("pxq")); }

  fake::ProcessResult run(std::vector<std::string> arguments, const std::string& said = "") const {
    fake::Command command;
    command.program = home_.path("pxq");
    command.arguments = std::move(arguments);
    command.environment.clear();
    command.directory = home_.path();
    fake::ProcessResult result = fake::run(command);
    INFO(result.err);
    CHECK(result.status() == 0);
    CHECK(result.err == said);
    CHECK(home_.list() == std::vector<std::string>{"pxq"});
    return result;
  }

 private:
  fake::TempDir home_;
};

TEST_CASE("A copy of the binary alone lists its scripts") {
  const std::string out = Alone().run({"scripts", "-o", "csv", "--columns", "name,source"}).out;
  CHECK_THAT(out, Catch::StartsWith("name,source\nconnections,built in\n"));
  const std::filesystem::path root = PXQ_SOURCE_DIR "/scripts/pxl";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "pxq")) {
    if (entry.path().extension() != ".pxl") continue;
    const std::string name = entry.path().parent_path().lexically_relative(root).string();
    CHECK_THAT(out, Catch::Contains(name + ",built in\n"));
  }
}

TEST_CASE("A copy of the binary alone shows and runs a script") {
  const Alone alone;
  CHECK_THAT(alone.run({"run", "pxq/resources_by_process", "--help"}).out,
             Catch::Contains("--start_time"));
  const std::string out =
      alone
          .run(
              {"run", "--local", "top_processes", "-o", "csv", "--columns", "pid"},
              "pxq: warning: the script asks for the last 300 s, and this machine is read once, as "
              "it runs: --sample 10s, or `pxq serve`, gives it a past\n")
          .out;
  CHECK_THAT(out, Catch::StartsWith("pid\n"));
  CHECK(count(out, "\n") > 1);
}

TEST_CASE("A copy of the binary alone has help and completion") {
  const Alone alone;
  const std::vector<std::string> words =
      GENERATE(values<std::vector<std::string>>({{"--help"},
                                                 {"help", "environment"},
                                                 {"run", "--help"},
                                                 {"completion", "bash"},
                                                 {"completion", "zsh"},
                                                 {"completion", "fish"}}));
  CHECK_THAT(alone.run(words).out, Catch::Contains("pxq"));
}

}  // namespace
}  // namespace pxq::app
