// From a key and a name to the rows of that cluster and no other, through a cloud with TLS and
// rows encrypted from end to end, and every way in which this can go wrong.

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

TEST_CASE("A cluster is reached by name or id, and only it") {
  Cloud cloud;
  const std::string name = GENERATE(std::string("prod"), kProd);
  const fake::ProcessResult result = cloud.ask({"-c", name});
  cloud.session.check(result, {.out = kWholeRows, .err = {"cluster prod (" + kProd + ")"}});
  const auto calls = cloud.vizier.calls(fake::kExecuteScript);
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].script_request().cluster_id() == kProd);
  CHECK(calls[0].script_request().encryption_options().key_alg() == "ECDH-ES");
  CHECK(calls[0].header("pixie-api-key") == kKey);
}

TEST_CASE("The only healthy cluster needs no name") {
  Cloud cloud;
  cloud.session.check(cloud.ask({}), {.out = kWholeRows});
  CHECK(cloud.vizier.calls(fake::kExecuteScript)[0].script_request().cluster_id() == kProd);
}

TEST_CASE("A way of agreeing on keys can be forced, and no other word is taken") {
  Cloud cloud;
  const auto algorithm_of = [&cloud](const std::string& flag) {
    cloud.session.check(cloud.ask({flag}), {.out = kWholeRows});
    return cloud.vizier.calls(fake::kExecuteScript)
        .back()
        .script_request()
        .encryption_options()
        .key_alg();
  };
  CHECK(algorithm_of("--e2e") == "ECDH-ES");
  CHECK(algorithm_of("--e2e=any") == "ECDH-ES");
  CHECK(algorithm_of("--e2e=ecdh") == "ECDH-ES");
  CHECK(algorithm_of("--e2e=rsa") == "RSA-OAEP-256");
  const size_t calls = cloud.vizier.calls(fake::kExecuteScript).size();
  cloud.session.check(cloud.ask({"--e2e=none"}), {2, "", {"--e2e", "none"}});
  CHECK(cloud.vizier.calls(fake::kExecuteScript).size() == calls);
}

TEST_CASE("A refusal of elliptic curves is paid for once, and asked about again after an upgrade") {
  Cloud cloud;
  const fake::TempDir state;
  const auto asks = [&](const std::string& flag) {
    fake::Command command = cloud.command(
        {"run", "-e", "import px", flag, "--cloud", cloud.vizier.address(), "--tls-ca", "ca.pem"});
    command.environment["XDG_STATE_HOME"] = state.path();
    const size_t before = cloud.vizier.calls(fake::kExecuteScript).size();
    const fake::ProcessResult result = fake::run(command);
    CHECK(result.status() == 0);
    CHECK(result.out == kWholeRows);
    std::vector<std::string> algorithms;
    for (const fake::Call& call : cloud.vizier.calls(fake::kExecuteScript)) {
      algorithms.push_back(call.script_request().encryption_options().key_alg());
    }
    return std::vector<std::string>(algorithms.begin() + static_cast<ptrdiff_t>(before),
                                    algorithms.end());
  };
  using Algorithms = std::vector<std::string>;
  const std::string ecdh = "ECDH-ES";
  const std::string rsa = "RSA-OAEP-256";
  cloud.vizier.answer_from_now_on(
      fake::Script().finish(2, "invalid jwa.KeyEncryptionAlgorithm value"));
  cloud.vizier.answer(encrypted_whole());
  CHECK(asks("-v") == Algorithms{ecdh, rsa});
  CHECK(asks("-v") == Algorithms{rsa});
  CHECK(asks("--e2e=ecdh") == Algorithms{ecdh});
  // What was kept speaks of one version of the Vizier only.
  for (const std::string& name : state.list()) {
    if (!name.ends_with(".json")) continue;
    std::string text = state.read(name);
    text.replace(text.find("0.14.15"), 7, "0.14.14");
    state.write(name, text);
  }
  CHECK(asks("-v") == Algorithms{ecdh});
}

TEST_CASE("Without encryption rows come in plain text, with it they must not") {
  Cloud cloud(listed(kTwo), whole());
  cloud.session.check(cloud.ask({"--no-e2e"}), {.out = kWholeRows});
  cloud.session.check(cloud.ask({"--e2e_encryption=false"}), {.out = kWholeRows});
  cloud.session.check(cloud.ask({}), {8, "", {"plain text", "--no-e2e"}});
}

TEST_CASE(
    "I12 S42 A cluster that is not there, not clear or not well is never replaced by another") {
  SECTION("unknown") {
    Cloud cloud;
    cloud.session.check(cloud.ask({"-c", "prd"}), {2, "", {"no cluster 'prd'", "'prod'"}});
    CHECK(cloud.vizier.calls(fake::kExecuteScript).empty());
  }
  SECTION("malformed") {
    Cloud cloud;
    cloud.session.check(cloud.ask({"-c", "00112233-4455-6677-8899-aabbccddeef"}),
                        {2, "", {"not a cluster id"}});
    CHECK(cloud.vizier.calls(fake::kExecuteScript).empty());
  }
  SECTION("unhealthy") {
    Cloud cloud;
    cloud.session.check(cloud.ask({"-c", "staging"}), {6, "", {"unhealthy"}});
    CHECK(cloud.vizier.calls(fake::kExecuteScript).empty());
  }
  SECTION("ambiguous") {
    Cloud cloud(listed({{.id = kProd, .name = "x"}, {.id = kStaging, .name = "x"}}));
    cloud.session.check(cloud.ask({"-c", "x"}), {2, "", {kProd, kStaging}});
    cloud.session.check(cloud.ask({}), {2, "", {"more than one"}});
  }
  SECTION("none at all") {
    Cloud cloud(listed({}));
    cloud.session.check(cloud.ask({}), {2, "", {"no cluster"}});
  }
  SECTION("of a variable that is not set") {
    Cloud cloud;
    for (const std::string flag : {"-c", "-p", "--addr", "--cloud"}) {
      cloud.session.check(cloud.run_bare({"run", "-e", "import px", flag, ""}),
                          {2, "", {"a value is missing"}});
    }
    CHECK(cloud.vizier.calls().empty());
  }
  SECTION("degraded is told and used") {
    Cloud cloud(listed({{.id = kProd, .name = "a\x1b[2J", .status = px::cloudapi::CS_DEGRADED}}));
    cloud.session.check(cloud.ask({}), {.out = kWholeRows, .err = {"degraded", "a\\x1b[2J"}});
  }
}

TEST_CASE("A06 A key that is wrong, missing or impossible is told without being shown") {
  Cloud cloud;
  SECTION("wrong") {
    cloud.environment["PX_API_KEY"] = "px-api-other";
    cloud.session.check(cloud.ask({}), {4, "", {"the key of PX_API_KEY was sent: check it"}});
  }
  SECTION("missing") {
    cloud.environment.clear();
    cloud.session.check(cloud.ask({}), {4, "", {"PX_API_KEY", "--key-file"}});
    CHECK(cloud.vizier.calls().empty());
  }
  SECTION("with a line break at its end") {
    cloud.environment["PX_API_KEY"] = kKey + "\r\n";
    cloud.session.check(cloud.ask({}), {.out = kWholeRows});
  }
  SECTION("with one inside") {
    cloud.environment["PX_API_KEY"] = kKey + "\nx";
    cloud.session.check(cloud.ask({}), {2, "", {"line break"}});
    CHECK(cloud.vizier.calls().empty());
  }
  SECTION("on the command line") {
    cloud.session.check(cloud.run_bare({"run", "-e", "x", "--api-key=x"}), {2});
  }
  SECTION("of gRPC's tracing") {
    cloud.environment["GRPC_TRACE"] = "all";
    cloud.environment["GRPC_VERBOSITY"] = "DEBUG";
    cloud.session.check(cloud.ask({}), {.out = kWholeRows});
  }
}

TEST_CASE("A key file is read only where its owner alone can") {
  Cloud cloud;
  cloud.environment.clear();
  cloud.session.home().write("key", kKey + "\n");
  cloud.session.allow("key");
  const std::string path = cloud.session.home().path("key");
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  cloud.session.check(cloud.ask({"--key-file", "key"}), {2, "", {"0644", "chmod 600"}});
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  cloud.session.check(cloud.ask({"--key-file", "key"}), {.out = kWholeRows});
}

TEST_CASE("The failures on the way to a cloud have each their own text and code") {
  Cloud cloud;
  const auto limited = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"run", "-e", "import px", "--connect-timeout", "2s"});
    fake::ProcessResult result = cloud.run_bare(std::move(words));
    CHECK(result.elapsed < std::chrono::seconds(8));
    return result;
  };
  SECTION("DNS") {
    cloud.session.check(limited({"--cloud", "no-such-host.invalid"}), {5, "", {"resolved"}});
  }
  SECTION("refused") {
    const std::string closed = "127.0.0.1:" + std::to_string(fake::closed_port());
    cloud.session.check(limited({"--cloud", closed}), {5, "", {"refused"}});
  }
  SECTION("unknown CA") {
    cloud.session.check(limited({"--cloud", cloud.vizier.address()}), {5, "", {"not trusted"}});
  }
  SECTION("wrong name") {
    cloud.session.check(limited({"--cloud", cloud.vizier.address(), "--tls-ca", "ca.pem",
                                 "--tls-server-name", "other.example"}),
                        {5, "", {"another name"}});
  }
  SECTION("plain text against TLS") {
    cloud.session.check(limited({"--cloud", cloud.vizier.address(), "--insecure"}),
                        {5, "", {"wants TLS"}});
  }
  SECTION("TLS against plain text") {
    fake::Vizier plain(whole());
    cloud.session.check(limited({"--cloud", plain.address(), "--tls-ca", "ca.pem"}),
                        {5, "", {"does not speak TLS"}});
  }
  SECTION("an HTTP server") {
    const fake::RawHttp2 peer(
        fake::Exchange().headers(302, "text/html").data("<html>login</html>", true));
    cloud.session.check(limited({"--cloud", peer.address(), "--insecure"}), {5, "", {"HTTP"}});
  }
}

TEST_CASE("A14 A key never leaves in plain text but to this machine") {
  Cloud cloud;
  cloud.session.check(
      cloud.run_bare({"run", "-e", "import px", "--cloud", "192.0.2.1:1", "--insecure"}),
      {2, "", {"plain text"}});
  cloud.environment = {{"PX_DIRECT_VIZIER_KEY", kKey}};
  cloud.session.check(
      cloud.run_bare({"run", "-e", "import px", "--addr", "192.0.2.1:1", "--insecure"}),
      {2, "", {"plain text"}});
}

TEST_CASE("A key for this machine does not go to the environment's proxy") {
  fake::Vizier vizier(whole());
  vizier.require("x-direct-vizier-key", kKey);
  Cloud cloud;
  const std::string proxy = "http://127.0.0.1:" + std::to_string(fake::closed_port());
  for (const std::string name : {"grpc_proxy", "https_proxy", "http_proxy"}) {
    cloud.environment = {{"PX_DIRECT_VIZIER_KEY", kKey}, {name, proxy}};
    cloud.session.check(
        cloud.run_bare({"run", "-e", "import px", "--addr", vizier.address(), "--insecure"}),
        {.out = kWholeRows});
  }
}

TEST_CASE("A failure to connect through a proxy names the variable, not its value") {
  Cloud cloud;
  cloud.environment["https_proxy"] =
      "http://user:" + kKey + "@127.0.0.1:" + std::to_string(fake::closed_port());
  cloud.session.check(cloud.run_bare({"run", "-e", "import px", "--cloud", "cloud.example",
                                      "--connect-timeout", "1s"}),
                      {5, "", {"through the proxy of $https_proxy"}});
}

TEST_CASE("A direct Vizier gets its own key and never the cloud's") {
  fake::Vizier vizier(whole());
  Cloud cloud;
  const std::vector<std::string> words = {
      "run", "-e", "import px", "--addr", vizier.address(), "--insecure"};
  cloud.session.check(cloud.run_bare(words), {.out = kWholeRows});
  cloud.environment["PX_DIRECT_VIZIER_KEY"] = "plain-direct-key";
  cloud.session.check(cloud.run_bare(words), {.out = kWholeRows});
  cloud.environment["PX_DIRECT_VIZIER_KEY"] = "eyJhbGciOiJub25lIn0.e30.x";
  cloud.session.check(cloud.run_bare(words), {.out = kWholeRows});
  const std::vector<fake::Call> calls = vizier.calls();
  REQUIRE(calls.size() == 3);
  for (const fake::Call& call : calls) CHECK(call.header("pixie-api-key").empty());
  CHECK(calls[0].header("x-direct-vizier-key").empty());
  CHECK(calls[1].header("x-direct-vizier-key") == "plain-direct-key");
  CHECK(calls[2].header("authorization") == "bearer eyJhbGciOiJub25lIn0.e30.x");
  CHECK(calls[2].header("x-direct-vizier-key").empty());
  CHECK_FALSE(calls[0].script_request().has_encryption_options());
}

TEST_CASE("px's login serves where there is no key") {
  Cloud cloud;
  fake::Vizier bearer({.unix_path = {}, .identity = cloud.authority.issue()});
  bearer.answer(fake::kGetClusterInfo, listed(kTwo)).answer(whole());
  bearer.require("authorization", "bearer tok.en.x");
  cloud.environment.clear();
  REQUIRE(::mkdir(cloud.session.home().path(".pixie").c_str(), 0700) == 0);
  cloud.session.allow(".pixie").allow(".pixie/auth.json");
  const std::vector<std::string> words = {
      "run", "-e", "import px", "--cloud", bearer.address(), "--tls-ca", "ca.pem", "--no-e2e"};
  const std::string path =
      cloud.session.home().write(".pixie/auth.json", R"({"token":"tok.en.x","expiresAt":1})");
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  cloud.session.check(cloud.run_bare(words), {4, "", {"expired", "px auth login"}});
  cloud.session.home().write(".pixie/auth.json", R"({"token":"tok.en.x","expiresAt":9999999999})");
  cloud.session.check(cloud.run_bare(words), {.out = kWholeRows});
}

TEST_CASE("A run through a cloud that is cut before the first row is repeated, after it is not") {
  const fake::Table t = numbers();
  SECTION("before") {
    Cloud cloud(listed(kTwo), fake::Script().send(t.metadata()).finish(14, "cut"));
    cloud.vizier.answer(encrypted_whole());
    cloud.session.check(cloud.ask({}), {.out = kWholeRows});
  }
  SECTION("after") {
    Cloud cloud(listed(kTwo), fake::Script()
                                  .send(t.metadata())
                                  .reply([t](const std::string& request) {
                                    return sealed(request, t.batch().int64({1}).data());
                                  })
                                  .finish(14, "cut"));
    SECTION("unless its rest is wanted") {
      cloud.vizier.answer(fake::Script()
                              .reply([t](const std::string& request) {
                                return sealed(request, t.batch().int64({3}).eos().data());
                              })
                              .send(fake::stats()));
      cloud.session.check(cloud.ask({"--resume"}),
                          {8, "{\"a\":1}\n{\"a\":3}\n", {"resumed after a cut at row 1"}});
      const auto calls = cloud.vizier.calls(fake::kExecuteScript);
      REQUIRE(calls.size() == 2);
      CHECK(calls[1].script_request().query_id() == fake::kQueryId);
      CHECK(calls[1].script_request().cluster_id() == kProd);
      CHECK(calls[1].header("pixie-api-key") == kKey);
    }
    SECTION("and is incomplete") {
      cloud.vizier.answer(encrypted_whole());
      cloud.session.check(cloud.ask({}), {8, "{\"a\":1}\n", {"INCOMPLETE"}});
    }
  }
}

}  // namespace
}  // namespace pxq::app
