// The commands that look at a cloud and its clusters: the list, the doctor, the script for
// OpenTelemetry.

#include <sys/stat.h>

#include <chrono>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "cloud_session.h"
#include "fake/loopback.h"
#include "fake/temp_dir.h"

namespace pxq::app {
namespace {

TEST_CASE("The clusters of a cloud are listed in any format") {
  Cloud cloud;
  const fake::ProcessResult json = cloud.run({"clusters"});
  CHECK(json.status() == 0);
  CHECK(count(json.out, "\n") == 2);
  CHECK_THAT(json.out, Catch::Contains("\"name\":\"prod\",\"status\":\"healthy\""));
  const fake::ProcessResult csv = cloud.run({"clusters", "-o", "csv", "--columns", "name,status"});
  CHECK(csv.out == "name,status\nprod,healthy\nstaging,unhealthy\n");
  const fake::ProcessResult one =
      cloud.run({"clusters", "-c", "staging", "-o", "csv", "--columns", "id"});
  CHECK(one.out == "id\n" + kStaging + "\n");
  cloud.session.check(cloud.run_bare({"clusters", "--addr", "127.0.0.1:1"}), {2});
  Cloud empty(listed({}));
  const fake::ProcessResult none =
      empty.run({"clusters", "-o", "table", "--columns", "name,nodes"});
  CHECK(none.status() == 0);
  CHECK_THAT(none.out, Catch::Contains("name  nodes\n") && !Catch::Contains("string"));
}

TEST_CASE("The doctor examines one thing after the other and stops at the first that is ill") {
  SECTION("all is well") {
    Cloud cloud;
    cloud.vizier.answer(fake::kHealthCheck, fake::Script().send(fake::health(0)).silence());
    const fake::ProcessResult result = cloud.run({"doctor"});
    cloud.session.check_manners(result);
    CHECK(result.status() == 0);
    for (const std::string text : {"configuration", "key", "DNS", "connection", "TLS", "clusters",
                                   "cluster", "health", "script"}) {
      CHECK_THAT(result.out, Catch::Contains("ok    " + text));
    }
    CHECK(count(result.out, "FAIL") == 0);
  }
  SECTION("the cluster's clock is another than this machine's") {
    const int64_t ahead_s = GENERATE(0, -600, 600);
    const fake::Table clock = fake::Table("pxq_clock").time("time_");
    fake::Script script;
    script.send(clock.metadata());
    script.reply([=](const std::string&) {
      const int64_t now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                              std::chrono::system_clock::now().time_since_epoch())
                              .count();
      return clock.batch().time({now + ahead_s * 1'000'000'000}).response().SerializeAsString();
    });
    script.send(clock.end()).send(fake::stats());
    fake::Vizier vizier;
    vizier.answer(whole()).answer(script);
    vizier.answer(fake::kHealthCheck, fake::Script().finish(0));
    Cloud cloud;
    const fake::ProcessResult result =
        cloud.run_bare({"doctor", "--addr", vizier.address(), "--insecure"});
    INFO(result.out << result.err);
    CHECK(result.status() == 0);
    const std::string found = ahead_s == 0  ? "the same as this machine's"
                              : ahead_s > 0 ? "600 s ahead of this machine's"
                                            : "600 s behind this machine's";
    CHECK_THAT(result.out, Catch::Contains("ok    clock") && Catch::Contains(found));
  }
  SECTION("the Vizier is not healthy") {
    Cloud cloud;
    cloud.vizier.answer(fake::kHealthCheck, fake::Script().send(fake::health(14)).silence());
    const fake::ProcessResult result = cloud.run({"doctor"});
    CHECK(result.status() == 6);
    CHECK_THAT(result.out, Catch::Contains("FAIL  health"));
    CHECK(count(result.out, "FAIL") == 1);
  }
  SECTION("the key is wrong") {
    Cloud cloud;
    cloud.environment["PX_API_KEY"] = "px-api-other";
    const fake::ProcessResult result = cloud.run({"doctor"});
    CHECK(result.status() == 4);
    CHECK_THAT(result.out, Catch::Contains("ok    TLS"));
    CHECK_THAT(result.out, Catch::Contains("FAIL  clusters"));
  }
  SECTION("nobody listens") {
    Cloud cloud;
    const fake::ProcessResult result =
        cloud.run_bare({"doctor", "--addr", "localhost:" + std::to_string(fake::closed_port())});
    CHECK(result.status() == 5);
    CHECK_THAT(result.out, Catch::Contains("ok    DNS"));
    CHECK_THAT(result.out, Catch::Contains("FAIL  connection"));
  }
  SECTION("a proxy stands before the server, and is not there") {
    Cloud cloud;
    const std::string proxy = "127.0.0.1:" + std::to_string(fake::closed_port());
    cloud.environment = {{"https_proxy", "http://user:" + kKey + "@" + proxy}};
    const fake::ProcessResult result = cloud.run_bare({"doctor", "--addr", "vizier.example:50300"});
    CHECK(result.status() == 5);
    CHECK_THAT(result.out,
               Catch::Contains("ok    DNS") &&
                   Catch::Contains("127.0.0.1 is 127.0.0.1, the proxy of $https_proxy"));
    CHECK_THAT(result.out, Catch::Contains("FAIL  connection") &&
                               Catch::Contains("cannot connect to " + proxy));
  }
  SECTION("a proxy's password has a sign that ends what gRPC reads") {
    Cloud cloud;
    cloud.environment = {{"https_proxy", "http://user:12#" + kKey + "@127.0.0.1:1"}};
    const fake::ProcessResult result = cloud.run_bare({"doctor", "--addr", "vizier.example:50300"});
    CHECK(result.status() == 2);
    CHECK_THAT(result.out,
               Catch::Contains("FAIL  DNS") && Catch::Contains("$https_proxy names no proxy"));
    CHECK_THAT(result.out + result.err, !Catch::Contains(":12") && !Catch::Contains("user"));
  }
  SECTION("a direct Vizier that says nothing about its health") {
    fake::Vizier vizier(whole());
    vizier.answer(fake::kHealthCheck, fake::Script().finish(0));
    Cloud cloud;
    const fake::ProcessResult result =
        cloud.run_bare({"doctor", "--addr", vizier.address(), "--insecure"});
    INFO(result.out << result.err);
    CHECK(result.status() == 0);
  }
}

TEST_CASE("The script for OpenTelemetry is printed") {
  Cloud cloud;
  cloud.vizier.answer(fake::kGenerateOTelScript,
                      fake::Script().send(fake::otel_script("import px\npx.export(1)")));
  cloud.session.check(cloud.run({"otel", "-e", "import px"}), {.out = "import px\npx.export(1)\n"});
}

TEST_CASE("Two targets are one too many") {
  const Session session;
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--addr", "a:1", "--cloud", "b"},
        {"--addr", "a:1", "-c", "x"},
        {"--local", "-c", "x"},
        {"--local", "--addr", "a:1"},
        {"--e2e", "--no-e2e", "--local"}}) {
    std::vector<std::string> words = {"run", "-e", "import px"};
    words.insert(words.end(), flags.begin(), flags.end());
    CHECK(fake::run(session.command(words)).status() == 2);
  }
}

}  // namespace
}  // namespace pxq::app
