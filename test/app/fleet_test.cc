// One question to many clusters: whose rows are whose, what a cluster that misbehaves costs, and
// what is told of each.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/temp_dir.h"
#include "fleet_session.h"

namespace pxq::app {
namespace {

std::vector<fake::Cluster> ten() {
  std::vector<std::string> names;
  for (int n = 0; n < 10; ++n) names.push_back("c" + std::to_string(n));
  return clusters_named(names);
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::ranges::sort(lines);
  return lines;
}

fake::Script cut() {
  const fake::Table t = numbers();
  return fake::Script().send(t.metadata()).send(t.batch().int64({7})).finish(14, "gone");
}

fake::ProcessResult ask(Cloud& cloud, std::vector<std::string> flags) {
  flags.emplace_back("--no-e2e");
  return cloud.ask(std::move(flags));
}

std::vector<std::string> asked(const Cloud& cloud) {
  std::vector<std::string> ids;
  for (const auto& call : cloud.vizier.calls(fake::kExecuteScript)) {
    ids.push_back(call.script_request().cluster_id());
  }
  std::ranges::sort(ids);
  return ids;
}

TEST_CASE("Clusters that are named or matched are asked once each, and rows tell whose they are") {
  Cloud cloud(listed(clusters_named({"prod-us", "prod-eu", "test"})));
  const auto [flags, count] = GENERATE(table<std::vector<std::string>, size_t>({
      {{"-c", "prod-*"}, 2},
      {{"-c", "prod-eu", "--cluster", "prod-us", "-c", id_of(1)}, 2},
      {{"-c", "prod-?[us]", "-c", "prod-eu"}, 2},
      {{"--all-clusters"}, 3},
      {{"-c", "te*"}, 1},
  }));
  const fake::ProcessResult result = cloud.ask(flags);
  cloud.session.check_manners(result);
  CHECK(result.status() == 0);
  CHECK(sorted_lines(result.out).size() == 2 * count);
  for (const std::string& line : sorted_lines(result.out)) {
    CHECK_THAT(line, Catch::StartsWith("{\"_cluster_\":\""));
  }
  const auto ids = asked(cloud);
  CHECK(ids.size() == count);
  CHECK(std::ranges::adjacent_find(ids) == ids.end());
}

TEST_CASE("A glob is heard in the environment, too") {
  Cloud cloud(listed(clusters_named({"prod-us", "prod-eu", "test"})));
  cloud.environment["PXQ_CLUSTER"] = "prod-*";
  CHECK(cloud.ask({}).status() == 0);
  CHECK(asked(cloud) == std::vector<std::string>{id_of(0), id_of(1)});
}

TEST_CASE("What names no clusters, or one wrongly, asks none") {
  Cloud cloud(listed(clusters_named({"prod-us", "prod-eu", "twin", "twin"})));
  const Session& session = cloud.session;
  session.check(cloud.ask({"-c", "stage-*"}), {2, "", {"no cluster matches 'stage-*'", "prod-us"}});
  session.check(cloud.ask({"-c", "prod-*", "-c", "prod-xx"}), {2, "", {"no cluster 'prod-xx'"}});
  session.check(cloud.ask({"-c", "prod-us", "-c", "twin"}), {2, "", {"2 clusters are named"}});
  session.check(cloud.ask({"-c", "prod-us", "--all-clusters"}), {2, "", {"--all-clusters"}});
  session.check(cloud.ask({"-c", "prod-us", "--parallel", "2"}), {2, "", {"--parallel"}});
  session.check(cloud.ask({"--all-clusters", "--record", "x.pxrec"}), {2, "", {"--record"}});
  session.check(cloud.run_bare({"run", "-e", "import px", "--local", "--all-clusters"}),
                {2, "", {"--local and --all-clusters name two targets"}});
  session.check(cloud.run({"tables", "-c", "prod-*"}), {2, "", {"no cluster 'prod-*'", "glob"}});
  CHECK(cloud.vizier.calls(fake::kExecuteScript).empty());
}

TEST_CASE("Of ten clusters three misbehave, and the others' rows are all there") {
  std::vector<fake::Cluster> all = ten();
  all[3].status = px::cloudapi::CS_DISCONNECTED;
  Cloud cloud(listed(all), whole());
  // One after the other: c0, c1, c2 is cut, c3 is not asked, c4 is refused.
  cloud.vizier.answer(whole()).answer(cut()).answer(fake::Script().finish(7, "no such permission"));
  cloud.vizier.answer(whole());
  cloud.session.allow("run.json");
  const fake::ProcessResult result = ask(cloud, {"--all-clusters", "--parallel", "1", "-o", "csv",
                                                 "--stats", "--summary", "run.json"});
  std::string rows = "_cluster_,a\n";
  for (const int n : {0, 1}) rows += fmt::format("c{0},1\nc{0},2\n", n);
  rows += "c2,7\n";
  for (const int n : {5, 6, 7, 8, 9}) rows += fmt::format("c{0},1\nc{0},2\n", n);
  cloud.session.check(
      result,
      {8,
       rows,
       {"c0: t: 2 rows", "c2: INCOMPLETE: stream lost after 1 row",
        "c2: pxq: error: ", "c3: pxq: error: cluster 'c3' is disconnected",
        "c4: pxq: error: ", "3 of 10 clusters failed, c2 (exit 8), c3 (exit 6), c4 (exit 4)",
        "t: 15 rows", "not of all clusters"}});
  const auto document = nlohmann::json::parse(cloud.session.home().read("run.json"));
  CHECK(document["exit"] == 8);
  REQUIRE(document["clusters"].size() == 10);
  const std::vector<int> exits = {0, 0, 8, 6, 4, 0, 0, 0, 0, 0};
  for (size_t n = 0; n < exits.size(); ++n) {
    const auto& one = document["clusters"][n];
    CHECK(one["cluster"] == "c" + std::to_string(n));
    CHECK(one["cluster_id"] == id_of(static_cast<int>(n)));
    CHECK(one["exit"] == exits[n]);
    CHECK((one["verdict"] == "complete") == (exits[n] == 0));
  }
  CHECK(document["clusters"][2]["tables"][0]["rows"] == 1);
  CHECK(document["tables"][0]["rows"] == 15);
  CHECK(document["tables"][0]["complete"] == false);
}

TEST_CASE("With --errors json every line of a cluster names it") {
  Cloud cloud(listed(clusters_named({"a", "b"})), whole());
  cloud.vizier.answer(fake::Script().finish(7, "no"));
  const fake::ProcessResult result =
      ask(cloud, {"--all-clusters", "--parallel", "1", "--errors", "json", "--stats"});
  CHECK(result.status() == 4);
  size_t of_b = 0;
  std::istringstream lines(result.err);
  for (std::string line; std::getline(lines, line);) {
    const auto document = nlohmann::json::parse(line);
    if (document.value("cluster", "") != "b") continue;
    ++of_b;
    CHECK(document["kind"] == "error");
    CHECK(document["exit"] == 4);
  }
  CHECK(of_b == 1);
}

TEST_CASE("An error of the script is told once, with the clusters that answered so") {
  const auto rejecting = [](const std::string& why) {
    return fake::Script().send(fake::compile_error(1, 1, why)).finish(3);
  };
  Cloud cloud(listed(clusters_named({"a", "b", "c", "d"})), rejecting("no column 'x'"));
  SECTION("all in the same way") {
    const auto result = ask(cloud, {"--all-clusters", "--parallel", "1"});
    INFO(result.err);
    CHECK(result.status() == 3);
    CHECK(count("\n" + result.err, "\na, b, c, d: pxq: error: no column 'x'\n") == 1);
    CHECK(count("\n" + result.err, ": pxq: error: ") == 1);
    CHECK_THAT(result.err, Catch::Contains("4 of 4 clusters failed"));
  }
  SECTION("in two ways, and one takes it") {
    cloud.vizier.answer(rejecting("no column 'y'"))
        .answer(whole())
        .answer(rejecting("no column 'x'"));
    const auto result = ask(cloud, {"--all-clusters", "--parallel", "1"});
    INFO(result.err);
    CHECK(result.status() == 3);
    CHECK(count("\n" + result.err, "\na, d: pxq: error: no column 'x'\n") == 1);
    CHECK(count("\n" + result.err, "\nb: pxq: error: no column 'y'\n") == 1);
    CHECK(count(result.out, "\n") == 2);
  }
  SECTION("programs get one of each") {
    const auto result = ask(cloud, {"--all-clusters", "--parallel", "1", "--errors", "json"});
    CHECK(count(result.err, "\"cluster\":\"") == 4);
  }
}

TEST_CASE("A file holds what the clusters gave that answered, and is not made where none did") {
  Cloud cloud(listed(clusters_named({"a", "b"})), whole());
  const std::string file = GENERATE("all.csv", "all.parquet", "all.sqlite", "all.html");
  SECTION("one fails") {
    cloud.vizier.answer(fake::Script().finish(14, "down"));
    cloud.session.allow(file);
    const auto result =
        ask(cloud, {"--all-clusters", "--parallel", "1", "--retries", "0", "-o", file});
    cloud.session.check(result, {5, "", {"1 of 2 clusters failed, b (exit 5)"}});
    if (file == std::string("all.csv")) {
      CHECK(cloud.session.home().read(file) == "_cluster_,a\na,1\na,2\n");
    }
  }
  SECTION("all fail") {
    cloud.vizier.answer_from_now_on(fake::Script().finish(14, "down"));
    const auto result = ask(cloud, {"--all-clusters", "--retries", "0", "-o", file});
    cloud.session.check(result, {5, "", {"2 of 2 clusters failed, a (exit 5), b (exit 5)"}});
  }
}

TEST_CASE("{cluster} in the path makes a file of each, by names that are safe there") {
  Cloud cloud(listed(clusters_named({"eu/1", "b", "B"})), whole());
  cloud.vizier.answer(whole()).answer(cut());
  cloud.session.allow("out")
      .allow("out/b@" + id_of(1) + ".csv")
      .allow("out/B@" + id_of(2) + ".csv");
  const auto result = ask(
      cloud, {"-c", "b", "-c", "B", "-c", "eu/1", "--parallel", "1", "-o", "out/{cluster}.csv"});
  cloud.session.check(result, {8, "", {"1 of 3 clusters failed, eu/1 (exit 8)"}});
  CHECK(cloud.session.home().read("out/b@" + id_of(1) + ".csv") == "a\n1\n2\n");
}

TEST_CASE("Limits, checks and columns are of all clusters together") {
  Cloud cloud(listed(ten()), whole());
  const auto lines = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), "--all-clusters");
    const auto result = ask(cloud, std::move(flags));
    CHECK(result.status() == 0);
    return sorted_lines(result.out);
  };
  CHECK(lines({"--limit", "5"}).size() == 5);
  CHECK(lines({"--fail-if", "rows < 20"}).size() == 20);
  CHECK(ask(cloud, {"--all-clusters", "--fail-if", "rows > 19"}).status() == 12);
  CHECK(lines({"--columns=-_cluster_"}).front() == "{\"a\":1}");
  CHECK(lines({"--columns", "a,_cluster_"}).front() == "{\"a\":1,\"_cluster_\":\"c0\"}");
  CHECK(lines({"--columns", "a"}).front() == "{\"_cluster_\":\"c0\",\"a\":1}");
  cloud.session.check(ask(cloud, {"--all-clusters", "--columns", "b"}), {2, "", {"'b'"}});
}

TEST_CASE("A cluster whose table has other columns is told and left out") {
  const fake::Table other = fake::Table("t").int64("a").string("b");
  Cloud cloud(listed(clusters_named({"old", "new"})), whole());
  cloud.vizier.answer(fake::Script()
                          .send(other.metadata())
                          .send(other.batch().int64({5}).string({"x"}).eos())
                          .send(fake::stats()));
  const std::vector<std::string> flags = {"-c", "old", "-c", "new", "--parallel", "1"};
  SECTION("as it is") {
    cloud.session.check(
        ask(cloud, flags),
        {8,
         "{\"_cluster_\":\"old\",\"a\":1}\n{\"_cluster_\":\"old\",\"a\":2}\n",
         {"new: pxq: error: its table 't' is not that of 'old': it has a column 'b'",
          "--columns"}});
  }
  SECTION("with what both have") {
    std::vector<std::string> chosen = flags;
    chosen.insert(chosen.end(), {"--columns", "a"});
    const auto result = ask(cloud, chosen);
    CHECK(result.status() == 0);
    CHECK_THAT(result.out, Catch::EndsWith("{\"_cluster_\":\"new\",\"a\":5}\n"));
  }
}

TEST_CASE("A signal cancels the queries of all clusters") {
  const fake::Table t = numbers();
  Cloud cloud(listed(ten()),
              fake::Script().send(t.metadata()).send(t.batch().int64({1})).silence());
  fake::Process process(
      cloud.command({"run", "-e", "import px", "--no-e2e", "--all-clusters", "--parallel", "10",
                     "--cloud", cloud.vizier.address(), "--tls-ca", "ca.pem"}));
  REQUIRE(cloud.vizier.wait_for_calls(11));
  for (int n = 0; n < 10; ++n) REQUIRE(process.wait_for_out("\"c" + std::to_string(n) + "\""));
  process.signal(SIGINT);
  const fake::ProcessResult result = process.wait(std::chrono::seconds(20));
  CHECK(result.signal == SIGINT);
  CHECK(sorted_lines(result.out).size() == 10);
  CHECK(cloud.vizier.wait_until([](const std::vector<fake::Call>& calls) {
    return std::ranges::count_if(calls, [](const fake::Call& call) { return call.cancelled; }) ==
           10;
  }));
}

}  // namespace
}  // namespace pxq::app
