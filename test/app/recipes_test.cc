// The pages that offer lines to paste, tried by the tools that they are for. scripts/interop sets
// those up.

#include <chrono>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"
#include "places.h"
#include "readers.h"
#include "session.h"

namespace pxq::app {
namespace {

fake::ProcessResult python(const std::string& interpreter, std::vector<std::string> words) {
  words.front() = PXQ_SOURCE_DIR "/test/app/" + words.front();
  return fake::run({.arguments = std::move(words), .program = interpreter},
                   std::chrono::seconds(120));
}

TEST_CASE("Each line of the recipes does what it says", "[interop]") {
  const std::string interpreter = readers_python();
  if (interpreter.empty()) return;
  const fake::TempDir dir;
  const fake::ProcessResult result = python(
      interpreter, {"recipes.py", PXQ_SOURCE_DIR "/docs/recipes.md", PXQ_BINARY, dir.path()});
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK(result.out == "14\n");
}

TEST_CASE("Kubernetes knows each word of the CronJob in the docs", "[interop]") {
  const std::string interpreter = readers_python();
  if (interpreter.empty()) return;
  const fake::ProcessResult result =
      python(interpreter, {"watching.py", "cronjob", PXQ_SOURCE_DIR "/docs/watching.md"});
  INFO(result.err);
  CHECK(result.out == "good\n");
}

TEST_CASE("Prometheus alerts by the rules in the docs when it should", "[interop]") {
  const std::string interpreter = readers_python();
  if (interpreter.empty()) return;
  if (fake::run({.arguments = {"-c", "command -v promtool"}, .program = "/bin/sh"}).status() != 0) {
    WARN("not tested: no promtool here; scripts/setup interop installs it");
    return;
  }
  const fake::Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.flags = {"--metrics", job.dir().path("http.prom")};
  REQUIRE(job.run(1000).status() == 0);
  const fake::ProcessResult result =
      python(interpreter, {"watching.py", "rules", PXQ_SOURCE_DIR "/docs/watching.md",
                           job.dir().path("http.prom"), job.dir().path()});
  INFO(result.err);
  CHECK(result.out == "good\n");
}

}  // namespace
}  // namespace pxq::app
