// A run that is recorded, and its replays: the same bytes, the same verdict, no server.

#include <signal.h>

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::app {
namespace {

const fake::Table kT = numbers();

fake::Script begun() { return fake::Script().send(kT.metadata()).send(kT.batch().int64({1})); }

// Every type, awkward values, a table of its own, batches of several sizes.
fake::Script rich() {
  const fake::Table all =
      fake::Table("all").time("time_").boolean("b").int64("i").uint128("u").float64("f").string(
          "s");
  const auto row = [&](int64_t i, double f, const std::string& s) {
    return all.batch()
        .time({i})
        .boolean({i % 2 == 0})
        .int64({i})
        .uint128({{1, 2}})
        .float64({f})
        .string({s});
  };
  return fake::Script()
      .send(all.metadata())
      .send(row(1, 0.1, "plain"))
      .send(all.heartbeat())
      .send(row(1'700'000'000'000'000'000, 1e300, "\"quotes\", \x1b[31m and\nlines"))
      .send(row(-9'007'199'254'740'993, -0.0, "\xff\xfe 007"))
      .send(all.end())
      .send(fake::stats());
}

std::string without_time(const std::string& text) {
  std::string kept = text;
  const size_t at = kept.find(" in ");
  const size_t end = kept.find(" s", at);
  if (at != std::string::npos && end != std::string::npos) kept.erase(at, end - at);
  return kept;
}

TEST_CASE("A replay prints what the live run printed, in every format") {
  Session session;
  session.allow("r.pxrec");
  const std::vector<std::string> formats = {"jsonl", "json-array", "csv",      "tsv",
                                            "table", "vertical",   "markdown", "null"};
  for (const std::string& format : formats) {
    INFO(format);
    fake::Vizier vizier(rich());
    const fake::ProcessResult live = fake::run(session.run_at(
        vizier.address(), {"-o", format, "--record", "r.pxrec", "--force", "--stats"}));
    session.check_manners(live);
    CHECK(live.status() == 0);
    vizier.stop();
    const fake::ProcessResult again =
        fake::run(session.command({"replay", "r.pxrec", "-o", format, "--stats"}));
    session.check_manners(again);
    CHECK(again.status() == 0);
    CHECK(again.out == live.out);
    CHECK(without_time(again.err) == without_time(live.err));
  }
}

TEST_CASE("S43 One recording renders in any format and to any output") {
  fake::Vizier vizier(rich());
  Session session;
  session.allow("r.pxrec");
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "null", "--record", "r.pxrec"})),
                {});
  const auto live = fake::run(session.run_at(vizier.address(), {"-o", "csv", "--columns", "i,s"}));
  vizier.stop();
  CHECK(fake::run(session.command({"replay", "r.pxrec", "-o", "csv", "--columns", "i,s"})).out ==
        live.out);
  session.allow("out.csv");
  session.check(
      fake::run(session.command({"replay", "r.pxrec", "-o", "out.csv", "--columns", "i,s"})), {});
  CHECK(session.home().read("out.csv") == live.out);
}

TEST_CASE("A run that failed is recorded too, and fails again in the same words") {
  const std::vector<StreamCase> cases = {
      {"cut by the server", begun().finish(14, "gone"), {8, "{\"a\":1}\n", {"INCOMPLETE"}}},
      {"no end", begun(), {8, "{\"a\":1}\n", {"INCOMPLETE"}}},
      {"failed", begun().finish(13, "inside"), {6, "{\"a\":1}\n", {"INCOMPLETE", "inside"}}},
      {"not permitted", fake::Script().finish(16, "who"), {4}},
      {"silent",
       begun().silence(),
       {7, "{\"a\":1}\n", {"INCOMPLETE"}},
       {"--idle-timeout", "300ms"}},
      {"compile error",
       fake::Script().send(fake::compile_error(1, 8, "no such thing")),
       {3, "", {"<inline>:1:8", "no such thing"}}},
  };
  for (const StreamCase& one : cases) {
    DYNAMIC_SECTION(one.name) {
      const fake::Vizier vizier(one.script);
      Session session;
      session.allow("r.pxrec");
      std::vector<std::string> flags = {"--record", "r.pxrec"};
      flags.insert(flags.end(), one.flags.begin(), one.flags.end());
      const fake::ProcessResult live = fake::run(session.run_at(vizier.address(), flags));
      session.check(live, one.expected);
      const fake::ProcessResult again = fake::run(session.command({"replay", "r.pxrec"}));
      session.check(again, one.expected);
      // The script is not kept, nor whether a key was sent, of which a hint tells.
      if (one.expected.status == 4) {
        CHECK(again.err.substr(0, again.err.find('\n')) == live.err.substr(0, live.err.find('\n')));
      } else if (one.expected.status != 3) {
        CHECK(again.err == live.err);
      }
    }
  }
}

TEST_CASE("An interrupted run leaves a recording that replays as incomplete") {
  const fake::Vizier vizier(begun().silence());
  Session session;
  session.allow("r.pxrec");
  fake::Process run(session.run_at(vizier.address(), {"--record", "r.pxrec"}));
  REQUIRE(run.wait_for_out("{\"a\":1}"));
  run.signal(SIGINT);
  CHECK(run.wait().status() == 130);
  session.check(fake::run(session.command({"replay", "r.pxrec"})),
                {8, "{\"a\":1}\n", {"INCOMPLETE", "interrupted"}});
}

TEST_CASE("Flag --speed keeps the pace of the recorded run") {
  fake::Vizier vizier(fake::Script()
                          .send(kT.metadata())
                          .send(kT.batch().int64({1}))
                          .wait("second")
                          .send(kT.batch().int64({2}).eos())
                          .send(fake::stats()));
  Session session;
  session.allow("r.pxrec");
  fake::Process live(session.run_at(vizier.address(), {"--record", "r.pxrec"}));
  REQUIRE(live.wait_for_out("{\"a\":1}"));
  // The pause that is recorded is as long as another run takes.
  const fake::Vizier other(whole());
  const Duration pause = fake::run(session.run_at(other.address())).elapsed;
  vizier.open("second");
  REQUIRE(live.wait().status() == 0);

  const auto at = [&](const std::string& speed) {
    return session.command({"replay", "r.pxrec", "--speed", speed});
  };
  const auto paced = fake::run(at("1"));
  session.check(paced, {.out = kWholeRows});
  CHECK(paced.elapsed >= pause);
  const auto slower = fake::run(at("0.5"));
  session.check(slower, {.out = kWholeRows});
  CHECK(slower.elapsed >= 2 * pause);
  for (const char* speed : {"1000000", "max"}) {
    session.check(fake::run(at(speed)), {.out = kWholeRows});
  }

  // The second row is seconds away; a stop does not wait for it.
  fake::Process slow(at("0.02"));
  REQUIRE(slow.wait_for_out("{\"a\":1}"));
  slow.signal(SIGINT);
  session.check(slow.wait(), {130, "{\"a\":1}\n"});
}

TEST_CASE("What cannot be replayed is a usage error") {
  Session session;
  session.allow("x.pxrec");
  session.home().write("x.pxrec", "{\"a\":1}\n");
  session.check(fake::run(session.command({"replay", "x.pxrec"})), {2, "", {"not a recording"}});
  session.check(fake::run(session.command({"replay", "absent.pxrec"})), {2, "", {"absent.pxrec"}});
  session.check(fake::run(session.command({"replay"})), {2});
  session.check(fake::run(session.command({"replay", "x.pxrec", "--speed", "0"})), {2});
  session.check(fake::run(session.command({"replay", "x.pxrec", "--speed", "fast"})), {2});
}

TEST_CASE("Flag --limit leaves a recording that is whole for the same limit") {
  fake::Vizier vizier(fake::Script().send(kT.metadata()).send(kT.batch().int64({1, 2})).silence());
  Session session;
  session.allow("r.pxrec");
  session.check(
      fake::run(session.run_at(vizier.address(), {"--record", "r.pxrec", "--limit", "1"})),
      {.out = "{\"a\":1}\n"});
  session.check(fake::run(session.command({"replay", "r.pxrec", "--limit", "1"})),
                {.out = "{\"a\":1}\n"});
  session.check(fake::run(session.command({"replay", "r.pxrec"})), {8, kWholeRows, {"INCOMPLETE"}});
}

TEST_CASE("The row cap of the recorded run is known to its replay") {
  const fake::Vizier vizier(whole());
  Session session;
  session.allow("r.pxrec");
  session.check(fake::run(session.run_at(vizier.address(),
                                         {"--record", "r.pxrec", "--max-rows", "2", "--strict"})),
                {11, kWholeRows});
  session.check(fake::run(session.command({"replay", "r.pxrec", "--strict"})), {11, kWholeRows});
  session.check(fake::run(session.command({"replay", "r.pxrec"})), {0, kWholeRows, {"warning"}});
}

}  // namespace
}  // namespace pxq::app
