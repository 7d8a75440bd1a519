// config.toml: what it may say, who stands over whom, and what is refused.

#include <sys/stat.h>

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::app {
namespace {

/// A session with a config.toml.
struct Configured {
  Session session;

  explicit Configured(const std::string& toml, mode_t mode = 0600) {
    REQUIRE(::mkdir(session.home().path("pxq").c_str(), 0700) == 0);
    const std::string path = session.home().write("pxq/config.toml", toml);
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    session.allow("pxq").allow("pxq/config.toml");
  }

  fake::ProcessResult run(std::vector<std::string> words,
                          const std::map<std::string, std::string>& environment = {}) const {
    fake::Command made = session.command(std::move(words));
    made.environment["XDG_CONFIG_HOME"] = session.home().path();
    for (const auto& [name, value] : environment) made.environment[name] = value;
    return fake::run(made);
  }

  std::string line(const std::string& setting, std::vector<std::string> flags = {},
                   const std::map<std::string, std::string>& environment = {}) const {
    flags.insert(flags.begin(), {"config", "view", "-o", "tsv", "--no-header"});
    const std::string out = "\n" + run(flags, environment).out;
    const size_t at = out.find("\n" + setting + "\t");
    return at == std::string::npos ? "" : out.substr(at + 1, out.find('\n', at + 1) - at - 1);
  }
};

TEST_CASE("F04 A flag stands over the environment, that over the profile, that over the defaults") {
  const Configured config(
      "[defaults]\ncluster = \"by-defaults\"\n[profile.p]\ncluster = \"by-profile\"\n");
  CHECK_THAT(config.line("cluster"),
             Catch::Contains("by-defaults") && Catch::Contains("config.toml:2 [defaults]"));
  CHECK_THAT(config.line("cluster", {"-p", "p"}), Catch::Contains("by-profile"));
  CHECK_THAT(config.line("cluster", {}, {{"PXQ_PROFILE", "p"}}), Catch::Contains("by-profile"));
  CHECK_THAT(config.line("cluster", {"-p", "p"}, {{"PXQ_CLUSTER", "by-variable"}}),
             Catch::Contains("by-variable\t$PXQ_CLUSTER"));
  CHECK_THAT(config.line("cluster", {"-p", "p", "-c", "by-flag"}, {{"PXQ_CLUSTER", "x"}}),
             Catch::Contains("by-flag\t--cluster"));
  CHECK_THAT(config.line("connect_timeout"), Catch::Contains("5s\tbuilt in"));
}

TEST_CASE("Secrets are masked wherever they come from") {
  const Configured config("[defaults]\nkey = \"px-secret-1\"\n");
  const fake::ProcessResult result =
      config.run({"config", "view"}, {{"PX_API_KEY", "px-secret-2"}});
  CHECK(result.status() == 0);
  CHECK_THAT(result.out, !Catch::Contains("px-secret"));
  CHECK_THAT(result.out, Catch::Contains("$PX_API_KEY"));
  CHECK(count(result.out, "********") == 1);  // the one that would be sent
}

TEST_CASE("px's login is shown as the key that it is, masked, or why it is none") {
  const Configured config("");
  REQUIRE(::mkdir(config.session.home().path(".pixie").c_str(), 0700) == 0);
  const auto view = [&](const std::string& expiry) {
    const std::string path = config.session.home().write(
        ".pixie/auth.json", R"({"token":"tok.secret.x","expiresAt":)" + expiry + "}");
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    const fake::ProcessResult result = config.run({"config", "view", "-o", "tsv", "--no-header"});
    CHECK(result.status() == 0);
    CHECK_THAT(result.out + result.err, !Catch::Contains("secret"));
    return result.out;
  };
  CHECK_THAT(view("9999999999"), Catch::Contains("key\t********\tpx's login ("));
  CHECK_THAT(view("1"), Catch::Contains("key\t\tpx's login expired at 1970-01-01T00:00:01Z"));
}

TEST_CASE("A profile's address, limits and key file are used") {
  fake::Vizier vizier(whole());
  vizier.require("x-direct-vizier-key", "direct-key");
  const Configured config("[profile.here]\naddr = \"" + vizier.address() +
                          "\"\ninsecure = true\nkey_file = \"~/key\"\ntimeout = \"20s\"\n");
  REQUIRE(::chmod(config.session.home().write("key", "direct-key\n").c_str(), 0600) == 0);
  const fake::ProcessResult result = config.run({"run", "-e", "import px", "-p", "here"});
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK(result.out == kWholeRows);
}

TEST_CASE("A flag does not send a profile's key elsewhere") {
  fake::Vizier vizier(whole());
  const Configured config("[profile.p]\naddr = \"vizier.example:1\"\nkey = \"px-secret\"\n");
  const fake::ProcessResult result =
      config.run({"run", "-e", "import px", "-p", "p", "--addr", vizier.address(), "--insecure"});
  CHECK(result.status() == 0);
  REQUIRE(vizier.calls().size() == 1);
  CHECK(vizier.calls()[0].header("x-direct-vizier-key").empty());
}

struct BadFile {
  std::string name;
  std::string toml;
  std::vector<std::string> err;
};

TEST_CASE("F01 A bad file is exit 2 with line and column") {
  const std::vector<BadFile> files = {
      {"no TOML", "[defaults\n", {"config.toml:1:"}},
      {"unknown key", "[defaults]\nclutser = \"x\"\n", {"config.toml:2:1", "'cluster'"}},
      {"unlike any key",
       "[defaults]\noutput = \"x\"\n",
       {"config.toml:2:1", "there are", "cluster"}},
      {"unknown section", "\n[default]\n", {"config.toml:2:", "[defaults]"}},
      {"key outside of a section", "cluster = \"x\"\n", {"config.toml:1:1"}},
      {"wrong type", "[defaults]\ninsecure = \"yes\"\n", {"config.toml:2:", "true or false"}},
      {"negative", "[defaults]\nretries = -1\n", {"config.toml:2:", "whole number"}},
      {"duplicate key", "[defaults]\ncluster='a'\ncluster='b'\n", {"config.toml:3:"}},
      {"NUL", std::string("[defaults]\ncluster='a\0b'\n", 25), {"config.toml:2:"}},
      {"profile that is none", "profile = 1\n", {"config.toml:1:"}},
  };
  for (const BadFile& file : files) {
    DYNAMIC_SECTION(file.name) {
      const Configured config(file.toml);
      config.session.check(config.run({"config", "view"}), {2, "", file.err});
    }
  }
}

TEST_CASE("F01 Empty and missing files are fine") {
  const Configured empty("");
  CHECK(empty.run({"config", "view"}).status() == 0);
  const Session none;
  CHECK(fake::run(none.command({"config", "view"})).status() == 0);
  fake::Command named = none.command({"config", "view"});
  named.environment["PXQ_CONFIG"] = none.home().path("missing.toml");
  none.check(fake::run(named), {2, "", {"missing.toml"}});
}

TEST_CASE("F02 A file that others may change, or that holds a key others may read, is refused") {
  const Configured open("", 0602);
  open.session.check(open.run({"config", "view"}), {2, "", {"changed by others"}});
  const Configured readable("[defaults]\nkey = \"px-secret\"\n", 0644);
  readable.session.check(readable.run({"config", "view"}), {2, "", {"chmod 600"}});
  const Configured fine("[defaults]\ncluster = \"x\"\n", 0644);
  CHECK(fine.run({"config", "view"}).status() == 0);
}

TEST_CASE("Unknown profiles are told, with the nearest") {
  const Configured config("[profile.production]\ncluster = \"x\"\n");
  config.session.check(config.run({"config", "view", "-p", "producton"}),
                       {2, "", {"no profile 'producton'", "'production'"}});
}

TEST_CASE("The path is printed, there or not") {
  const Configured config("");
  CHECK(config.run({"config", "path"}).out == config.session.home().path("pxq/config.toml") + "\n");
  const Session none;
  CHECK(fake::run(none.command({"config", "path"})).out ==
        none.home().path(".config/pxq/config.toml") + "\n");
}

}  // namespace
}  // namespace pxq::app
