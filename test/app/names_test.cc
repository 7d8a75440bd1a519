// Names of tables and columns are settled before rows: what is not there is told with nothing on
// stdout, and a name may differ in case.

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "places.h"
#include "session.h"

namespace pxq::app {
namespace {

const fake::Table kServices = fake::Table("Services").string("service").int64("latency");
const fake::Table kPods = fake::Table("Pods").string("pod");

fake::Script two_tables() {
  return fake::Script()
      .send(kServices.metadata())
      .send(kPods.metadata())
      .send(kServices.batch().string({"a", "b"}).int64({1, 2}))
      .send(kPods.batch().string({"p"}))
      .send(kServices.end())
      .send(kPods.end())
      .send(fake::stats());
}

fake::Script one_table() {
  return fake::Script()
      .send(kServices.metadata())
      .send(kServices.batch().string({"a", "b"}).int64({1, 2}))
      .send(kServices.end())
      .send(fake::stats());
}

// Exit 2 with nothing on stdout, one error, and no word of a result that is not whole.
void check_refused(const fake::Script& script, const std::vector<std::string>& flags,
                   const std::vector<std::string>& texts) {
  const fake::Vizier vizier(script);
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address(), flags));
  session.check(result, {2, "", texts});
  CHECK(count(result.err, "INCOMPLETE") == 0);
}

TEST_CASE("A column that is not there leaves stdout empty, in every format") {
  const std::string format =
      GENERATE("table", "vertical", "markdown", "csv", "tsv", "jsonl", "json-array");
  const std::string columns = GENERATE("servce", "service,latncy", "=-latncy");
  INFO(format << " " << columns);
  check_refused(one_table(),
                columns.starts_with('=')
                    ? std::vector<std::string>{"-o", format, "--columns" + columns}
                    : std::vector<std::string>{"-o", format, "--columns", columns},
                {"no column '", "did you mean '"});
}

TEST_CASE("Columns must hold for each table that is written, and names the one it does not") {
  check_refused(two_tables(), {"--columns", "service"}, {"no column 'service' in table 'Pods'"});
  const fake::Vizier vizier(two_tables());
  const Session session;
  session.check(
      fake::run(session.run_at(vizier.address(), {"-t", "Services", "--columns", "Service"})),
      {.out = "{\"service\":\"a\"}\n{\"service\":\"b\"}\n"});
}

TEST_CASE("A table that is not there is told at the first row, of an endless stream too") {
  const fake::Script endless =
      fake::Script().send(kServices.metadata()).endless(kServices.batch().string({"a"}).int64({1}));
  check_refused(endless, {"-t", "nope"}, {"no table 'nope'", "Services"});
  check_refused(endless, {"--fail-if", "nope.latency > 5"}, {"--fail-if", "no table 'nope'"});
  check_refused(endless, {"--fail-if", "Services.latncy > 5"}, {"did you mean 'latency'?"});
}

TEST_CASE("A table without rows counts as one that is there") {
  const fake::Script script = fake::Script()
                                  .send(kServices.metadata())
                                  .send(kPods.metadata())
                                  .send(kPods.end())
                                  .send(kServices.batch().string({"a"}).int64({1}))
                                  .send(kServices.end())
                                  .send(fake::stats());
  const fake::Vizier vizier(script);
  const Session session;
  session.check(fake::run(session.run_at(vizier.address(), {"-t", "Pods"})), {});
  session.check(fake::run(session.run_at(vizier.address(), {"-t", "Pods", "-o", "csv"})),
                {.out = "pod\n"});
}

TEST_CASE("Tables and columns are taken where only the case differs") {
  const fake::Vizier vizier(two_tables());
  const Session session;
  session.check(fake::run(session.run_at(vizier.address(), {"-t", "pods", "--columns", "POD"})),
                {.out = "{\"pod\":\"p\"}\n"});
}

TEST_CASE("A table that vis.json does not promise is refused before anything is connected to") {
  const std::string tree = PXQ_TEST_DATA "/script/data/tree/shop/requests";
  const Session session;
  const fake::Vizier vizier(whole());
  const auto ask = [&](std::vector<std::string> flags) {
    std::vector<std::string> words = {
        "run", tree, "-a", "namespace=shop", "--addr", vizier.address(), "--insecure"};
    words.insert(words.end(), flags.begin(), flags.end());
    return fake::run(session.command(std::move(words)));
  };
  session.check(ask({"-t", "Slowst"}), {2, "", {"no table 'Slowst'", "did you mean 'Slowest'?"}});
  session.check(ask({"--fail-if", "rows(nope) < 1"}), {2, "", {"--fail-if", "no table 'nope'"}});
  CHECK(vizier.calls().empty());
}

TEST_CASE("Tables stand in the order of vis.json, however the server sends them") {
  const std::string tree = PXQ_TEST_DATA "/script/data/tree/shop/requests";
  const fake::Table slowest = fake::Table("Slowest").string("path");
  const fake::Table all = fake::Table("all_requests").string("path");
  const fake::Table other = fake::Table("Again").string("path");  // of no widget: it comes last
  const fake::Vizier vizier(fake::Script()
                                .send(other.metadata())
                                .send(slowest.metadata())
                                .send(all.metadata())
                                .send(other.batch().string({"/o"}))
                                .send(slowest.batch().string({"/s"}))
                                .send(all.batch().string({"/a"}))
                                .send(other.end())
                                .send(slowest.end())
                                .send(all.end())
                                .send(fake::stats()));
  const Session session;
  const fake::ProcessResult result =
      fake::run(session.command({"run", tree, "-a", "namespace=shop", "--addr", vizier.address(),
                                 "--insecure", "-o", "json-array"}));
  session.check(result, {.out = "[\n{\"_table_\":\"all_requests\",\"path\":\"/a\"},\n"
                                "{\"_table_\":\"Slowest\",\"path\":\"/s\"},\n"
                                "{\"_table_\":\"Again\",\"path\":\"/o\"}\n]\n"});
}

TEST_CASE("INCOMPLETE is said of results only") {
  check_refused(two_tables(), {"-o", "csv"}, {"csv holds one table"});
  check_refused(one_table(), {"--columns", "nope", "--stats"}, {"no column 'nope'"});
  SECTION("a connection lost before a row leaves no result") {
    const fake::RawHttp2 peer(fake::Exchange().headers().send(kServices.metadata()).close());
    const Session session;
    const fake::ProcessResult result =
        fake::run(session.run_at(peer.address(), {"--retries", "0"}));
    CHECK(result.status() != 0);
    CHECK(count(result.err, "INCOMPLETE") == 0);
    session.check_manners(result);
  }
}

TEST_CASE("A limit tells what was written, and beside it what came") {
  const fake::Script script = fake::Script()
                                  .send(kServices.metadata())
                                  .send(kServices.batch().string({"a", "b", "c"}).int64({1, 2, 3}))
                                  .send(kServices.end())
                                  .send(fake::stats());
  const fake::Vizier vizier(script);
  Session session;
  const fake::ProcessResult result = fake::run(
      session.run_at(vizier.address(), {"--limit", "1", "--stats", "--summary", "s.json"}));
  session.allow("s.json").check(result,
                                {.out = "{\"service\":\"a\",\"latency\":1}\n",
                                 .err = {"Services: 1 row of 3 received", "; limited by --limit"}});
  const std::string summary = session.home().read("s.json");
  for (const char* part :
       {"\"verdict\": \"limited\"", "\"rows\": 1", "\"rows_received\": 3", "\"exit\": 0"}) {
    CHECK_THAT(summary, Catch::Contains(part));
  }
  CHECK_THAT(fake::run(session.run_at(vizier.address(), {"--limit", "3", "-t", "Services",
                                                         "--columns", "latency", "--stats"}))
                 .err,
             Catch::Contains("Services: 3 rows,"));
}

TEST_CASE("The last time in a summary is that of a row that was written") {
  const fake::Table t = fake::Table("t").time("time_").int64("a");
  const fake::Vizier vizier(fake::Script()
                                .send(t.metadata())
                                .send(t.batch().time({0, 1'000'000'000}).int64({1, 2}))
                                .send(t.end())
                                .send(fake::stats()));
  Session session;
  session.allow("s.json").check(
      fake::run(session.run_at(vizier.address(),
                               {"--limit", "1", "--columns", "a", "--summary", "s.json"})),
      {.out = "{\"a\":1}\n"});
  CHECK_THAT(session.home().read("s.json"),
             Catch::Contains("\"last_time\": \"1970-01-01T00:00:00.000000000Z\""));
}

TEST_CASE("With --errors json every line on stderr is JSON") {
  const Session session;
  const auto check_lines = [](const std::string& text, const std::vector<std::string>& kinds) {
    INFO(text);
    CHECK(count(text, "\n") == kinds.size());
    CHECK(count("\n" + text, "\n{\"kind\":\"") == kinds.size());
    for (const std::string& kind : kinds) {
      CHECK_THAT(text, Catch::Contains("{\"kind\":\"" + kind + "\""));
    }
  };
  SECTION("of a cut stream") {
    const fake::RawHttp2 peer(fake::Exchange()
                                  .headers()
                                  .send(kServices.metadata())
                                  .send(kServices.batch().string({"a"}).int64({1}).response())
                                  .close());
    check_lines(fake::run(session.run_at(peer.address(), {"--errors", "json"})).err,
                {"verdict", "error"});
  }
  SECTION("of a good run with --stats") {
    const fake::Vizier vizier(whole());
    check_lines(fake::run(session.run_at(vizier.address(), {"--errors", "json", "--stats"})).err,
                {"stats"});
  }
  SECTION("of a command line that is wrong") {
    check_lines(fake::run(session.command({"run", "--errors", "json", "--bogus"})).err, {"error"});
  }
  SECTION("of a warning") {
    const fake::Vizier vizier(fake::Script()
                                  .send(kServices.metadata())
                                  .send(kServices.batch()
                                            .string(std::vector<std::string>(10000, "a"))
                                            .int64(std::vector<int64_t>(10000, 1)))
                                  .send(kServices.end())
                                  .send(fake::stats()));
    check_lines(fake::run(session.run_at(vizier.address(), {"--errors=json", "-o", "null"})).err,
                {"warning"});
  }
}

}  // namespace
}  // namespace pxq::app
