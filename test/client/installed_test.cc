// The examples of docs/ as their reader builds them: against an installed tree, with nothing else.

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "fake/messages.h"
#include "fake/process.h"
#include "fake/script.h"
#include "fake/temp_dir.h"
#include "fake/vizier.h"
#include "places.h"

namespace pxq::client {
namespace {

// A compiler takes its time where other tests run beside it.
constexpr std::chrono::seconds kToBuild{90};

fake::ProcessResult run(const std::string& program, std::vector<std::string> arguments,
                        Duration patience = std::chrono::seconds(20)) {
  fake::Command command;
  command.program = program;
  command.arguments = std::move(arguments);
  return fake::run(command, patience);
}

void must(const fake::ProcessResult& result) {
  INFO(result.out << result.err);
  REQUIRE(result.status() == 0);
}

/// Built once for all cases of this program.
struct Examples {
  fake::TempDir place;

  Examples() {
    must(
        run(PXQ_CMAKE,
            {"--install", PXQ_BUILD_DIR, "--component", "dev", "--prefix", place.path("installed")},
            kToBuild));
    must(run(PXQ_CMAKE,
             {"-S", PXQ_SOURCE_DIR "/docs/examples/client", "-B", place.path("build"), "-G",
              PXQ_GENERATOR, "-DCMAKE_PREFIX_PATH=" + place.path("installed"),
              "-DCMAKE_CXX_FLAGS=" PXQ_EXAMPLE_FLAGS},
             kToBuild));
    must(run(PXQ_CMAKE, {"--build", place.path("build")}, kToBuild));
  }

  fake::ProcessResult run_one(const std::string& name, std::vector<std::string> arguments) const {
    return run(place.path("build/" + name), std::move(arguments));
  }
};

TEST_CASE("The examples build against an installed tree and run") {
  static const Examples examples;
  const fake::Table t = fake::Table("memory").string("pod").int64("bytes");
  SECTION("one prints rows") {
    const fake::Vizier vizier(fake::Script()
                                  .send(t.metadata())
                                  .send(t.batch().string({"a", "b"}).int64({1, 2}))
                                  .send(t.end())
                                  .send(fake::stats()));
    const fake::ProcessResult printed = examples.run_one("print_rows", {vizier.address()});
    CHECK(printed.status() == 0);
    CHECK(printed.out == "pod=a bytes=1\npod=b bytes=2\n");
  }
  SECTION("and says when they are not all") {
    const fake::Vizier vizier(
        fake::Script().send(t.metadata()).send(t.batch().string({"a"}).int64({1})).finish(14, "x"));
    const fake::ProcessResult printed = examples.run_one("print_rows", {vizier.address()});
    CHECK(printed.status() == 1);
    CHECK(printed.out == "pod=a bytes=1\n");
  }
  SECTION("one follows a stream and stops") {
    const fake::Vizier vizier(
        fake::Script().send(t.metadata()).repeat(3, t.batch().string({"a"}).int64({1})).silence());
    const fake::ProcessResult followed = examples.run_one("follow_stream", {vizier.address(), "3"});
    CHECK(followed.status() == 0);
    CHECK(followed.out.starts_with("table memory of 2 columns\n1 rows\n2 rows\n3 rows\n"));
    CHECK(vizier.wait_for_cancel());
  }
}

}  // namespace
}  // namespace pxq::client
