// `--resume`: a stream that is cut goes on, rows that may be lost are never passed over in silence.

#include <signal.h>

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "session.h"

namespace pxq::app {
namespace {

using fake::Exchange;

const fake::Table kT = numbers();

Exchange begun() {
  return Exchange().headers().send(kT.metadata()).send(kT.batch().int64({1, 2}).response());
}

Exchange rest() {
  return Exchange()
      .headers()
      .send(kT.batch().int64({5}).response())
      .send(kT.end().response())
      .send(fake::stats())
      .ok();
}

const std::string kRows = "{\"a\":1}\n{\"a\":2}\n{\"a\":5}\n";
const std::string kVerdict = "resumed after a cut at row 2: rows of 't' may be missing";

fake::pb::ExecuteScriptRequest decoded(const std::string& bytes) {
  fake::pb::ExecuteScriptRequest request;
  REQUIRE(request.ParseFromString(bytes));
  return request;
}

TEST_CASE("H12 N19 a cut in mid-stream is bridged, told, and never a whole result") {
  struct Cut {
    std::string name;
    Exchange exchange;
    std::string line;  // on stderr
  };
  const std::vector<Cut> cuts = {
      {"RST_STREAM", begun().rst_stream(0), "resumed: stream lost after 2 rows (INTERNAL)"},
      {"RST_STREAM CANCEL", begun().rst_stream(8), "resumed: stream lost after 2 rows (CANCELLED)"},
      {"GOAWAY", begun().goaway(0).close(), "resumed: stream lost after 2 rows (UNAVAILABLE)"},
      {"FIN", begun().close(), "resumed: stream lost after 2 rows (UNAVAILABLE)"},
  };
  for (const Cut& cut : cuts) {
    DYNAMIC_SECTION(cut.name) {
      const fake::RawHttp2 peer({cut.exchange, rest()});
      const Session session;
      const fake::ProcessResult result = fake::run(session.run_at(peer.address(), {"--resume"}));
      session.check(result, {8,
                             kRows,
                             {cut.line + "; rows in between may be missing\n",
                              "INCOMPLETE: 3 rows; resumed once, rows in between may be missing\n",
                              "pxq: error: " + kVerdict}});
      const std::vector<std::string> requests = peer.requests();
      REQUIRE(requests.size() == 2);
      CHECK(decoded(requests[0]).query_id().empty());
      CHECK(decoded(requests[1]).query_id() == fake::kQueryId);
      CHECK(decoded(requests[1]).query_str() == "import px");
    }
  }
}

TEST_CASE("A server that went away is looked for again") {
  const fake::TempDir directory;
  const fake::VizierOptions here{.unix_path = directory.path("v"), .identity = {}};
  fake::Vizier vizier(here);
  vizier.answer(fake::Script().send(kT.metadata()).send(kT.batch().int64({1})).silence());
  const Session session;
  const std::string retries = GENERATE(std::string("1"), std::string("50"));
  fake::Process process(session.run_at(vizier.address(), {"--resume", "--retries", retries}));
  REQUIRE(process.wait_for_out("{\"a\":1}\n"));
  vizier.stop();
  if (retries == "1") {
    session.check(
        process.wait(),
        {8, "{\"a\":1}\n", {"the stream was cut", "could not be resumed: cannot connect"}});
    return;
  }
  fake::Vizier back(here);
  back.answer(fake::Script().send(kT.end()).send(fake::stats()));
  session.check(process.wait(), {8, "{\"a\":1}\n", {"resumed: stream lost after 1 row"}});
  CHECK(back.calls().at(0).script_request().query_id() == fake::kQueryId);
}

TEST_CASE("Quiet is quiet, but not about the verdict") {
  const fake::RawHttp2 peer({begun().rst_stream(0), rest()});
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(peer.address(), {"--resume", "-q"}));
  session.check(result, {8, kRows, {kVerdict}});
  CHECK(count(result.err, "\n") == 2);  // the error and its hint
}

TEST_CASE("A run whose tables had all ended is whole, and files are made") {
  const fake::RawHttp2 peer(
      {begun().send(kT.end().response()).close(), Exchange().headers().send(fake::stats()).ok()});
  Session session;
  session.allow("out.csv").allow("s.json");
  const bool verbose = GENERATE(false, true);
  std::vector<std::string> flags = {"--resume", "-o", "out.csv", "--summary", "s.json", "--stats"};
  if (verbose) flags.push_back("-v");
  const fake::ProcessResult result = fake::run(session.run_at(peer.address(), flags));
  session.check(result, {.err = {"; complete, resumed once"}});
  CHECK(
      count(result.err, "resumed: stream lost after 2 rows (UNAVAILABLE); all tables had ended") ==
      (verbose ? 1 : 0));
  CHECK(session.home().read("out.csv") == "a\n1\n2\n");
  const auto summary = nlohmann::json::parse(session.home().read("s.json"));
  CHECK(summary["verdict"] == "complete");
  CHECK(summary["resumed"] == true);
  CHECK(summary["tables"][0]["complete"] == true);
  CHECK(summary["tables"][0]["gap"] == false);
}

TEST_CASE("A run with a gap makes no file, and its summary names the tables") {
  const fake::Table u = numbers("u");
  const fake::RawHttp2 peer({Exchange()
                                 .headers()
                                 .send(u.metadata())
                                 .send(kT.metadata())
                                 .send(u.batch().int64({7}).eos().response())
                                 .send(kT.batch().int64({1, 2}).response())
                                 .rst_stream(0),
                             rest()});
  Session session;
  session.allow("t.csv").allow("s.json");
  session.home().write("t.csv", "old\n");
  const fake::ProcessResult result = fake::run(session.run_at(
      peer.address(), {"--resume", "-t", "t", "-o", "t.csv", "--force", "--summary", "s.json"}));
  session.check(result, {8, "", {"resumed after a cut at row 3: rows of 't' may be missing"}});
  CHECK(session.home().read("t.csv") == "old\n");
  const auto summary = nlohmann::json::parse(session.home().read("s.json"));
  CHECK(summary["exit"] == 8);
  CHECK(summary["verdict"] == "incomplete");
  CHECK(summary["resumed"] == true);
  CHECK(summary["resumes"] == 1);
  CHECK(summary["tables"][0]["name"] == "u");
  CHECK(summary["tables"][0]["complete"] == true);
  CHECK(summary["tables"][0]["gap"] == false);
  CHECK(summary["tables"][1]["rows"] == 3);
  CHECK(summary["tables"][1]["complete"] == false);
  CHECK(summary["tables"][1]["gap"] == true);
}

TEST_CASE("Rows that were asked for by number are not whole with a gap among them") {
  const fake::RawHttp2 peer({begun().rst_stream(0), rest()});
  const Session session;
  session.check(fake::run(session.run_at(peer.address(), {"--resume", "--limit", "3"})),
                {8, kRows, {kVerdict}});
}

TEST_CASE("A query that is over by then leaves the cut as the verdict") {
  const fake::RawHttp2 peer(
      {begun().rst_stream(0),
       Exchange().trailers_only("2",
                                "error in StreamResults: Query 1 not registered in query "
                                "forwarder")});
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(peer.address(), {"--resume"}));
  session.check(result,
                {8,
                 "{\"a\":1}\n{\"a\":2}\n",
                 {"INCOMPLETE: stream lost after 2 rows (INTERNAL)\n", "could not be resumed",
                  "not registered", "hint: the query had already ended"}});
  CHECK(count(result.err, "resumed:") == 1);  // of "could not be resumed: "
}

TEST_CASE("N18 an endless stream goes on after each cut until its user stops it") {
  fake::RawHttp2 peer({begun().rst_stream(0),
                       Exchange().headers().send(kT.batch().int64({3}).response()).close(),
                       Exchange().headers().send(kT.batch().int64({4}).response()).silence()});
  const Session session;
  fake::Process process(session.run_at(peer.address(), {"--resume"}));
  REQUIRE(process.wait_for_out("{\"a\":4}\n"));
  process.signal(SIGINT);
  const fake::ProcessResult result = process.wait();
  session.check(result, {130,
                         "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n",
                         {"resumed: stream lost after 2 rows (INTERNAL); rows in between",
                          "resumed: stream lost after 3 rows (UNAVAILABLE); rows in between",
                          "INCOMPLETE: interrupted after 4 rows; resumed 2 times, rows in between "
                          "may be missing\n"}});
}

TEST_CASE("The recording of a resumed run replays to the same bytes and verdict") {
  const bool over = GENERATE(false, true);
  const fake::RawHttp2 peer(
      {begun().rst_stream(0),
       over ? Exchange().trailers_only("2", "Query 1 not registered in query forwarder") : rest()});
  Session session;
  session.allow("r.pxrec");
  const std::string format = GENERATE(std::string("jsonl"), std::string("table"));
  const fake::ProcessResult live = fake::run(
      session.run_at(peer.address(), {"--resume", "--record", "r.pxrec", "--force", "-o", format}));
  session.check_manners(live);
  CHECK(live.status() == 8);
  const fake::ProcessResult again = fake::run(session.command({"replay", "r.pxrec", "-o", format}));
  session.check(again, {8, live.out});
  CHECK(again.err == live.err);
}

}  // namespace
}  // namespace pxq::app
