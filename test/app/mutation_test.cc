// Scripts that install probes: only where that is allowed, with their progress on a terminal.

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::app {
namespace {

using fake::pb::FAILED_STATE;
using fake::pb::PENDING_STATE;
using fake::pb::RUNNING_STATE;

const fake::Table kT = numbers();

fake::Script pending() {
  return fake::Script()
      .send(fake::mutation(14, "probe installation in progress", {{"p", PENDING_STATE}}))
      .finish(14, "probe installation in progress");
}

// The server tells of its probes three times before the rows come.
fake::Script installed() {
  return fake::Script()
      .send(fake::mutation(0, "", {{"p\x1b[2J", PENDING_STATE}, {"q", RUNNING_STATE}}))
      .send(fake::mutation(0, "", {{"p\x1b[2J", PENDING_STATE}, {"q", RUNNING_STATE}}))
      .send(fake::mutation(0, "", {{"p\x1b[2J", RUNNING_STATE}, {"q", RUNNING_STATE}}))
      .send(kT.metadata())
      .send(kT.batch().int64({1, 2}).eos())
      .send(fake::stats());
}

fake::Command mutating(const Session& session, const std::string& address,
                       const std::vector<std::string>& flags) {
  std::vector<std::string> words = {"run",    "-e",    "import pxtrace\nimport px",
                                    "--addr", address, "--insecure"};
  words.insert(words.end(), flags.begin(), flags.end());
  return session.command(std::move(words));
}

TEST_CASE("I09 Probes are installed only where that is allowed") {
  const fake::Vizier vizier(installed());
  const Session session;
  session.check(fake::run(mutating(session, vizier.address(), {})),
                {2, "", {"installs probes", "--mutate allows it"}});
  CHECK(vizier.calls().empty());
  session.check(fake::run(mutating(session, vizier.address(), {"--mutate"})), {.out = kWholeRows});
  CHECK(vizier.calls()[0].script_request().mutation());
}

TEST_CASE("Probes are not offered where there are none, on this machine") {
  const Session session;
  const auto result = fake::run(session.command({"run", "-e", "import pxtrace", "--local=demo"}));
  CHECK(result.status() == 3);
  CHECK_THAT(result.err, Catch::Contains("'pxtrace' is not available in the local Vizier"));
  CHECK(result.err.find("--mutate") == std::string::npos);
}

TEST_CASE("A terminal sees each change of a probe once, others see none") {
  const fake::Vizier vizier(installed());
  const Session session;
  fake::Command command = mutating(session, vizier.address(), {"--mutate"});
  std::string said;
  SECTION("a terminal") {
    command.err = fake::Destination::terminal();
    said = fake::run(command).out;
  }
  SECTION("who asks for words") {
    command.arguments.push_back("-v");
    said = fake::run(command).err;
  }
  SECTION("others") {
    const fake::ProcessResult result = fake::run(command);
    session.check(result, {.out = kWholeRows});
    CHECK(result.err.empty());
    return;
  }
  CHECK(count(said, "probe p\\x1b[2J: pending") == 1);
  CHECK(count(said, "probe p\\x1b[2J: running") == 1);
  CHECK(count(said, "probe q: running") == 1);
  CHECK(said.find("pending") < said.find("p\\x1b[2J: running"));
}

TEST_CASE("What is waited for is told once all probes run") {
  const fake::Vizier vizier(
      fake::Script()
          .send(fake::mutation(14, "Schema is not ready yet", {{"p", RUNNING_STATE}}))
          .finish(14, "Schema is not ready yet"));
  const Session session;
  session.check(
      fake::run(mutating(session, vizier.address(), {"--mutate", "-v", "--timeout", "300ms"})),
      {7, "", {"probe p: running\n", "waiting: Schema is not ready yet\n", "not ready within"}});
}

TEST_CASE("S24 A probe that fails ends the run at once, one that is late with the limit") {
  const Session session;
  SECTION("fails") {
    const fake::Vizier vizier(
        fake::Script()
            .send(fake::mutation(14, "probe installation in progress", {{"p", FAILED_STATE}}))
            .finish(14, "probe installation in progress"));
    const fake::ProcessResult result = fake::run(mutating(session, vizier.address(), {"--mutate"}));
    session.check(result, {6, "", {"the probe 'p' failed to install"}});
    CHECK(vizier.calls().size() == 1);
  }
  SECTION("late") {
    const fake::Vizier vizier(pending());
    session.check(
        fake::run(mutating(session, vizier.address(), {"--mutate", "--timeout", "300ms"})),
        {7, "", {"not ready within 0.3 s", "--timeout"}});
  }
}

}  // namespace
}  // namespace pxq::app
