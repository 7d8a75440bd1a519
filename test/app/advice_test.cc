// What helps, said where it is needed: about keys, names, tables, directories and the server's cap.

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "cloud_session.h"

namespace pxq::app {
namespace {

TEST_CASE("A Vizier that refuses a key is told with its own variable, and whether one was sent") {
  const bool sent = GENERATE(true, false);
  fake::Vizier vizier(fake::Script().finish(16, "Auth middleware failed: no key"));
  const Session session;
  fake::Command command = session.run_at(vizier.address());
  if (sent) command.environment["PX_DIRECT_VIZIER_KEY"] = "wrong-key";
  const auto result = fake::run(command);
  session.check(result, {4,
                         "",
                         {sent ? "the key of PX_DIRECT_VIZIER_KEY was sent"
                               : "no key was sent: set PX_DIRECT_VIZIER_KEY"}});
  CHECK_THAT(result.err, !Catch::Contains("wrong-key") && !Catch::Contains("PX_API_KEY"));
}

TEST_CASE("Clusters are those of a cloud: without a key only that is said") {
  const Session session;
  const auto result = fake::run(session.command({"clusters"}));
  session.check(result, {4, "", {"no key for the cloud", "the default", "PX_API_KEY"}});
  CHECK_THAT(result.err, !Catch::Contains("--local"));
}

TEST_CASE("A table that a local source lacks is told with those that it has") {
  const Session session;
  const auto result = fake::run(session.command(
      {"run", "--local", "-e", "import px; px.display(px.DataFrame('http_events'))"}));
  session.check(
      result, {3, "", {"--local=host has process_stats, network_stats, conn_stats; --local=demo"}});
  CHECK_THAT(result.err, !Catch::Contains("did you mean"));
}

TEST_CASE("Tables without a Vizier are Pixie's own, and a served Vizier lists its own") {
  const Session session;
  const auto offline = fake::run(session.command({"tables", "http_events", "-o", "tsv"}));
  CHECK(offline.status() == 0);
  CHECK_THAT(offline.out, Catch::Contains("\nlatency\tINT64\t"));
  CHECK_THAT(offline.err, Catch::Contains("Pixie's own tables, as no Vizier is named"));

  fake::Process server(session.command({"serve", "--listen", "127.0.0.1:0"}));
  REQUIRE(server.wait_for_err("in another terminal"));
  server.signal(SIGTERM);
  const auto served = server.wait();
  const std::string address = served.out.substr(0, served.out.find('\n'));
  // The line to paste is whole.
  CHECK_THAT(served.err, Catch::Contains("pxq run SCRIPT --addr " + address + " --insecure\n"));
}

TEST_CASE("A served Vizier answers what tables it has") {
  const Session session;
  fake::Process server(session.command({"serve", "--listen", "unix:" + session.home().path("v")}));
  REQUIRE(server.wait_for_out("\n"));
  const std::vector<std::string> at = {"--addr", "unix:" + session.home().path("v")};
  const auto list = fake::run(session.command({"tables", at[0], at[1], "-o", "tsv"}));
  CHECK(list.status() == 0);
  CHECK_THAT(list.out, Catch::Contains("\nprocess_stats\t") && !Catch::Contains("px."));
  const auto one =
      fake::run(session.command({"tables", "process_stats", at[0], at[1], "-o", "tsv"}));
  CHECK_THAT(one.out, Catch::Contains("\nrss_bytes\tINT64\t"));
}

TEST_CASE("A directory that is missing or is none is told before connecting, with what to do") {
  struct Place {
    std::vector<std::string> flags;
    std::string what;
    std::string hint;
  };
  const Place place = GENERATE(
      Place{{"-o", "dir/x.csv"}, "there is no directory 'dir'", "mkdir -p 'dir'"},
      Place{{"-o", "already-here/{table}.csv"}, "'already-here' is no directory", "another place"},
      Place{{"--schema", "dir/s.json"}, "there is no directory 'dir'", "mkdir -p"},
      Place{{"-o", "already-here/x.sqlite"}, "'already-here' is no directory", "another place"});
  const fake::Vizier vizier(whole());
  const Session session;
  session.check(fake::run(session.run_at(vizier.address(), place.flags)),
                {9, "", {place.what, place.hint}});
  CHECK(vizier.calls().empty());
}

TEST_CASE("A script's own limit that is also the server's cap is no cut, and is named") {
  const fake::Table t = numbers();
  const fake::Vizier vizier(fake::Script()
                                .send(t.metadata())
                                .send(t.batch().int64(std::vector<int64_t>(10'000, 7)).eos())
                                .send(fake::stats()));
  const Session session;
  const auto run = [&](const std::string& text, const std::vector<std::string>& more) {
    std::vector<std::string> words = {"run", "-o",     "null",           "-e",
                                      text,  "--addr", vizier.address(), "--insecure"};
    words.insert(words.end(), more.begin(), more.end());
    return fake::run(session.command(words));
  };
  const std::string limited =
      "import px\ndf = px.DataFrame('http_events').head(10000)\npx.display(df)";
  const auto own = run(limited, {"--strict"});
  session.check(own, {.err = {"10000 rows, as many as head(10000) in line 2 leaves"}});
  CHECK_THAT(own.err, !Catch::Contains("warning"));
  const std::string cut = "import px\npx.display(px.DataFrame('http_events').head(9999))";
  session.check(run(cut, {}), {.err = {"warning", "the server's cap"}});
  session.check(run(cut, {"--strict"}), {11, "", {"the server's cap"}});
}

TEST_CASE("Wrong arguments of a script are one error with all of them") {
  Session session;
  std::filesystem::create_directory(session.home().path("s"));
  session.home().write("s/s.pxl", "import px\ndef f(n: int, m: int):\n  return n\n");
  session.home().write("s/vis.json",
                       R"({"variables":[{"name":"n","type":"PX_INT64"},
                           {"name":"m","type":"PX_INT64"}],"widgets":[{"func":{"name":"f","args":[
                           {"name":"n","variable":"n"},{"name":"m","variable":"m"}]}}]})");
  session.allow("s").allow("s/s.pxl").allow("s/vis.json");
  const auto text = fake::run(session.command({"run", "s", "-a", "n=x", "-a", "m=y", "--local"}));
  session.check(text, {2, "", {"argument 'n' is", "argument 'm' is"}});
  CHECK(count(text.err, "pxq: error:") == 1);
  const auto json = fake::run(
      session.command({"run", "s", "-a", "n=x", "-a", "m=y", "--local", "--errors", "json"}));
  CHECK_THAT(json.err, Catch::Contains("argument 'n' is") && Catch::Contains("argument 'm' is"));
  CHECK(count(json.err, "\n") == 1);
}

TEST_CASE("A directory of scripts and a bundle that gzip made smaller are bundles") {
  const Session session;
  const fake::TempDir dir;
  std::filesystem::create_directories(dir.path("px/mine"));
  std::filesystem::create_directories(dir.path("px/.git"));
  dir.write("px/mine/mine.pxl", "import px\npx.display(px.DataFrame('process_stats').head(1))");
  dir.write("px/mine/manifest.yaml", "---\nshort: My own\n");
  dir.write("px/.git/x.pxl", "not a script");
  const auto list =
      fake::run(session.command({"scripts", "-b", dir.path(), "px/mine", "-o", "tsv"}));
  session.check(list,
                {.out = "name\tshort\tneeds\tsource\npx/mine\tMy own\t\t" + dir.path() + "\n"});
  dir.write("b.json", R"({"scripts":{"a/b":{"pxl":"import px","ShortDoc":"zipped"}}})");
  fake::run({.arguments = {dir.path("b.json")}, .program = "/usr/bin/gzip"});
  const auto zipped =
      fake::run(session.command({"scripts", "-b", dir.path("b.json.gz"), "a/b", "-o", "tsv"}));
  CHECK_THAT(zipped.out, Catch::Contains("a/b\tzipped\t"));
  dir.write("broken.gz", "\x1f\x8b not really");
  session.check(fake::run(session.command({"scripts", "-b", dir.path("broken.gz")})),
                {2, "", {"broken gzip"}});
}

}  // namespace
}  // namespace pxq::app
