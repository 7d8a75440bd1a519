// Keys: where they may come from, what becomes of bad ones, and that they go to one server only.

#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "cloud_session.h"

namespace pxq::app {
namespace {

/// A direct Vizier that wants the key which a file holds.
struct Keyed {
  fake::Vizier vizier{whole()};
  Session session;

  Keyed() {
    vizier.require("x-direct-vizier-key", kKey);
    session.allow("key");
  }

  std::string path() const { return session.home().path("key"); }

  void write(const std::string& content, mode_t mode = 0600) const {
    session.home().write("key", content);
    REQUIRE(::chmod(path().c_str(), mode) == 0);
  }

  fake::ProcessResult ask() const {
    fake::ProcessResult result =
        fake::run(session.run_at(vizier.address(), {"--key-file", "key", "-vv"}));
    CHECK_THAT(result.out + result.err, !Catch::Contains(kKey));
    return result;
  }
};

TEST_CASE("A01 what editors and shells leave around a key in a file does not matter") {
  const Keyed keyed;
  for (const std::string& text :
       {kKey + "\n", kKey + "\r\n", "  " + kKey + " \t\n\n", "\xef\xbb\xbf" + kKey + "\r\n"}) {
    keyed.write(text);
    keyed.session.check(keyed.ask(), {.out = kWholeRows});
  }
}

TEST_CASE("A02 a key that cannot be sent is refused before connecting and not shown") {
  const Keyed keyed;
  for (const std::string& text :
       {kKey + "\n" + kKey, kKey + '\0' + "x", kKey + "\xff", kKey + "\xc3\xa9",
        kKey + std::string(1 << 20, 'x'), std::string(), std::string("\n")}) {
    keyed.write(text);
    keyed.session.check(keyed.ask(), {2, "", {"key"}});
  }
  CHECK(keyed.vizier.calls().empty());
}

TEST_CASE("A03 a key file that others can read or change is refused with the remedy") {
  Keyed keyed;
  for (const mode_t mode : {0644U, 0640U, 0604U, 0620U}) {
    keyed.write(kKey, mode);
    keyed.session.check(keyed.ask(), {2, "", {"mode 0", "chmod 600"}});
  }
  SECTION("a link is judged by what it points to") {
    keyed.session.home().write("other", kKey);
    REQUIRE(::chmod(keyed.session.home().path("other").c_str(), 0644) == 0);
    REQUIRE(::unlink(keyed.path().c_str()) == 0);
    REQUIRE(::symlink("other", keyed.path().c_str()) == 0);
    keyed.session.allow("other").check(keyed.ask(), {2, "", {"chmod 600"}});
  }
  SECTION("a directory") {
    REQUIRE(::unlink(keyed.path().c_str()) == 0);
    REQUIRE(::mkdir(keyed.path().c_str(), 0700) == 0);
    keyed.session.check(keyed.ask(), {2, "", {"is no file"}});
  }
  SECTION("a pipe that nobody writes to") {
    REQUIRE(::unlink(keyed.path().c_str()) == 0);
    REQUIRE(::mkfifo(keyed.path().c_str(), 0600) == 0);
    keyed.session.check(keyed.ask(), {2, "", {"empty"}});
  }
  SECTION("another user's") {
    keyed.write(kKey);
    if (::geteuid() != 0 || ::chown(keyed.path().c_str(), 65534, 65534) != 0) {
      WARN("not tested: only root can give a file away");
      return;
    }
    keyed.session.check(keyed.ask(), {2, "", {"another user"}});
  }
  CHECK(keyed.vizier.calls().empty());
}

TEST_CASE("A03 a key may come through a pipe") {
  const Keyed keyed;
  keyed.write("");
  fake::Command command =
      keyed.session.run_at(keyed.vizier.address(), {"--key-file", "/dev/stdin"});
  command.input = kKey + "\n";
  keyed.session.check(fake::run(command), {.out = kWholeRows});
}

TEST_CASE("A04 no flag takes a key, and one that was given is not repeated") {
  const Session session;
  for (const std::string flag :
       {"--api-key=", "--api_key=", "--key=", "--token=", "--direct_vizier_key="}) {
    const fake::ProcessResult result =
        fake::run(session.command({"run", "-e", "import px", flag + kKey}));
    session.check(result, {2,
                           "",
                           {"unknown flag '" + flag.substr(0, flag.size() - 1) + "'", "PX_API_KEY",
                            "--key-file"}});
    CHECK_THAT(result.err, !Catch::Contains(kKey));
  }
}

TEST_CASE("A05 without a key the places that were looked at are named") {
  Cloud cloud;
  cloud.environment.clear();
  cloud.session.check(
      cloud.ask({}),
      {4, "", {"no key", "PX_API_KEY", "--key-file", "config.toml", "px auth login"}});
  CHECK(cloud.vizier.calls().empty());
}

TEST_CASE("A07 a key that expires in mid-stream ends the run once") {
  const fake::Table t = numbers();
  fake::Vizier vizier(fake::Script()
                          .send(t.metadata())
                          .send(t.batch().int64({1}))
                          .finish(16, "invalid auth token: token is expired"));
  Session session;
  session.home().write("out.csv", "old\n");
  session.allow("out.csv");
  session.check(fake::run(session.run_at(vizier.address())), {4, "{\"a\":1}\n", {"expired"}});
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "out.csv", "--force"})), {4});
  CHECK(session.home().read("out.csv") == "old\n");
  CHECK(vizier.calls().size() == 2);
}

TEST_CASE("A16 a server that points elsewhere is not followed, and no key goes there") {
  const fake::RawHttp2 elsewhere(fake::Exchange().silence());
  const std::string there = elsewhere.address();
  const fake::Headers pointing = {{":status", "302"},
                                  {"content-type", "text/html"},
                                  {"location", "http://" + there + "/"},
                                  {"alt-svc", "h2=\"" + there + "\""}};
  const fake::Table t = numbers();
  const fake::RawHttp2 redirect(fake::Exchange().trailers(pointing));
  const fake::RawHttp2 refusal(fake::Exchange().trailers({{":status", "200"},
                                                          {"content-type", "application/grpc"},
                                                          {"alt-svc", "h2=\"" + there + "\""},
                                                          {"grpc-status", "14"},
                                                          {"grpc-message", "moved to " + there},
                                                          {"location", "http://" + there + "/"}}));
  const Session session;
  for (const fake::RawHttp2* peer : {&redirect, &refusal}) {
    fake::Command command = session.run_at(peer->address(), {"--retries", "1"});
    command.environment["PX_DIRECT_VIZIER_KEY"] = kKey;
    session.check(fake::run(command), {5});
  }
  CHECK(elsewhere.connections() == 0);
}

}  // namespace
}  // namespace pxq::app
