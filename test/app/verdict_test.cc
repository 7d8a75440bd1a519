// What a run says about itself: rows that were not to be, and the summary.

#include <signal.h>

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::stats;
using fake::Vizier;

TEST_CASE("what rows must not be is exit 12 and names the first") {
  const Vizier vizier(whole());
  struct Judged {
    std::vector<std::string> flags;
    int status = 0;
    std::string why = {};
  };
  const Judged judged = GENERATE(values<Judged>({
      {{"--fail-if", "t.a > 1"}, 12, "row 2 of t: {\"a\":2}"},
      {{"--fail-if", "t.a > 2", "--fail-on-empty"}, 0},
      {{"--fail-if", "rows(t) >= 2"}, 12, "--fail-if 'rows(t) >= 2': 2 rows in t"},
      {{"--fail-if", "t.a > 5", "--fail-if", "rows < 3"}, 12, "rows < 3"},
      {{"--fail-if", "t.latency > 5"}, 2, "no column 'latency'"},
      {{"--fail-if", "t.A > 5"}, 2, "did you mean 'a'"},
      {{"--fail-if", "u.a > 5"}, 2, "no table 'u'"},
      {{"--fail-if", "t.a > x"}, 2, "x"},
  }));
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address(), judged.flags));
  session.check_manners(result);
  CHECK(result.status() == judged.status);
  CHECK_THAT(result.err, Catch::Contains(judged.why));
  if (judged.status == 2) return;
  CHECK(result.out == kWholeRows);
  CHECK(count(result.err, "INCOMPLETE") == 0);  // what was judged is whole
}

TEST_CASE("no rows are exit 12 where rows are wanted, and files stay as they were") {
  const Vizier vizier(Script().send(numbers().metadata()).send(numbers().end()).send(stats()));
  const Session session;
  const fake::TempDir dir;
  dir.write("a.csv", "old\n");
  session.check(fake::run(session.run_at(vizier.address(),
                                         {"--fail-on-empty", "-o", dir.path("a.csv"), "--force"})),
                {12, "", {"--fail-on-empty"}});
  CHECK(dir.read("a.csv") == "old\n");
}

TEST_CASE("the summary tells how a run ended, also badly") {
  const fake::TempDir dir;
  const Session session;
  const std::vector<std::string> flags = {"--summary", dir.path("s.json"), "--retries", "0"};
  const auto summary = [&] { return json::parse(dir.read("s.json")); };
  SECTION("well") {
    const Vizier vizier(whole());
    REQUIRE(fake::run(session.run_at(vizier.address(), flags)).status() == 0);
    CHECK(summary()["verdict"] == "complete");
    CHECK(summary()["tables"][0]["rows"] == 2);
    CHECK(summary()["tables"][0]["complete"] == true);
    CHECK(summary()["query_id"] == fake::kQueryId);
  }
  SECTION("cut") {
    const Vizier vizier(Script().send(numbers().metadata()).finish(0));
    CHECK(fake::run(session.run_at(vizier.address(), flags)).status() == 8);
    CHECK(summary()["verdict"] == "incomplete");
    CHECK(summary()["tables"][0]["complete"] == false);
  }
  SECTION("without a server") {
    CHECK(fake::run(session.run_at("127.0.0.1:1", flags)).status() == 5);
    CHECK(summary()["exit"] == 5);
    CHECK(summary()["error"]["error"] == "connect");
  }
  SECTION("with a wrong flag") {
    auto wrong = flags;
    wrong.insert(wrong.end(), {"-o", "nothing.xlsx"});
    CHECK(fake::run(session.run_at("127.0.0.1:1", wrong)).status() == 2);
    CHECK(summary()["exit"] == 2);
  }
  SECTION("by a signal") {
    const Vizier vizier(Script().send(numbers().metadata()).silence());
    fake::Process process(session.run_at(vizier.address(), flags));
    REQUIRE(vizier.wait_for_messages(1));
    process.signal(SIGTERM);
    CHECK(process.wait().status() == 143);
    CHECK(summary()["exit"] == 143);
    CHECK(summary()["verdict"] == "interrupted");
  }
}

}  // namespace
}  // namespace pxq::app
