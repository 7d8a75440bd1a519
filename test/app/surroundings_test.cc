// A run in odd surroundings: no home, no directory, a terminal of no size, few descriptors, a disk
// that takes its time, a cloud with a strange list of clusters.

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "cloud_session.h"
#include "disturbance.h"
#include "fake/sanitized.h"

namespace pxq::app {
namespace {

TEST_CASE("F03 without a home or in none, what needs none works and the rest says what to set") {
  const fake::Vizier vizier(whole());
  const Session session;
  fake::Command command = session.run_at(vizier.address());
  SECTION("HOME is not set") { command.environment.erase("HOME"); }
  SECTION("HOME is not there") { command.environment["HOME"] = "/nonexistent"; }
  SECTION("XDG's directories are not absolute") {
    command.environment["XDG_CONFIG_HOME"] = "config";
    command.environment["XDG_CACHE_HOME"] = "cache";
    command.environment["XDG_STATE_HOME"] = "state";
  }
  SECTION("the working directory is gone") {
    command = in_shell(std::move(command),
                       "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" \"$@\"");
  }
  session.check(fake::run(command), {.out = kWholeRows});
}

TEST_CASE("F03 commands that need a place of the user's say what to set") {
  const Session session;
  const auto [words, text] = GENERATE(table<std::vector<std::string>, std::string>(
      {{{"jobs"}, "--state"}, {{"config", "path"}, "PXQ_CONFIG"}}));
  fake::Command command = session.command(words);
  command.environment.erase("HOME");
  session.check(fake::run(command), {2, "", {"HOME", text}});
}

TEST_CASE("F05 F07 the locale, the zone and cron's bare surroundings change no byte") {
  const fake::Table t = fake::Table("t").time("time_").float64("f").string("s");
  const fake::Vizier vizier(fake::Script()
                                .send(t.metadata())
                                .send(t.batch()
                                          .time({1601694759495000123})
                                          .float64({1234567.25})
                                          .string({"I\xc4\xb0i"})
                                          .eos())
                                .send(fake::stats()));
  const Session session;
  const std::string format = GENERATE(as<std::string>(), "csv", "jsonl", "tsv");
  const fake::Command plain = session.run_at(vizier.address(), {"-o", format});
  const std::string expected = fake::run(plain).out;
  REQUIRE(expected.find("1234567.25") != std::string::npos);
  for (const std::string locale : {"C", "tr_TR.UTF-8", "de_DE.UTF-8", "none"}) {
    for (const std::string zone : {"", "Asia/Kathmandu", "Mars/North", ":/etc/passwd"}) {
      fake::Command command = plain;
      command.environment["LC_ALL"] = locale;
      command.environment["TZ"] = zone;
      session.check(fake::run(command), {.out = expected});
    }
  }
  fake::Command bare = plain;
  bare.environment = {};
  session.check(fake::run(bare), {.out = expected});
}

TEST_CASE("F06 gRPC's own variable for certificates is heard, and the doctor says so") {
  Cloud cloud;
  const std::string roots = cloud.session.home().path("ca.pem");
  cloud.environment["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = roots;
  const auto at_cloud = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--cloud", cloud.vizier.address(), "-c", "prod"});
    return cloud.run_bare(std::move(words));
  };
  cloud.session.check(at_cloud({"run", "-e", "import px"}), {.out = kWholeRows});
  CHECK_THAT(at_cloud({"doctor"}).out,
             Catch::Contains("trusting " + roots + " of $GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"));
  CHECK_THAT(at_cloud({"doctor", "--tls-ca", roots}).out,
             Catch::Contains("trusting " + roots + "\n"));
}

TEST_CASE("L16 a terminal of any size or none gets every value, and escapes only where they work") {
  const fake::Table t = fake::Table("t").int64("number").string("text");
  const fake::Vizier vizier(
      fake::Script()
          .send(t.metadata())
          .send(t.batch().int64({123456789}).string({"the whole of it"}).eos())
          .send(fake::stats()));
  const Session session;
  fake::Command command = session.run_at(vizier.address());
  command.out = fake::Destination::terminal();
  command.terminal.columns = GENERATE(as<unsigned short>(), 0, 1, 7, 80, 65535);
  command.terminal.rows = GENERATE(as<unsigned short>(), 0, 1, 24);
  const std::string term = GENERATE(as<std::string>(), "", "dumb", "xterm-256color");
  INFO(command.terminal.columns << " columns, TERM=" << term);
  if (!term.empty()) command.environment["TERM"] = term;
  SECTION("colours wanted") {}
  SECTION("NO_COLOR") { command.environment["NO_COLOR"] = "1"; }
  const fake::ProcessResult result = fake::run(command);
  CHECK(result.status() == 0);
  CHECK_THAT(result.out, Catch::Contains("123456789") && Catch::Contains("the whole of it"));
  const bool coloured = term == "xterm-256color" && command.environment.count("NO_COLOR") == 0;
  CHECK((result.out.find('\x1b') != std::string::npos) == coloured);
}

TEST_CASE("R05 with few resources a run ends whole or with a sentence, and in time") {
  if (fake::kSanitized) {
    WARN("not tested: sanitizers take memory, stack and descriptors of their own");
    return;
  }
  const fake::Vizier vizier(whole());
  const Session session;
  const std::string limit = GENERATE(
      as<std::string>(), "--nofile=4", "--nofile=6", "--nofile=8", "--nofile=10", "--nofile=12",
      "--nofile=14", "--nofile=16", "--nofile=32", "--stack=65536", "--data=90000000", "--nproc=1");
  const bool local = GENERATE(true, false);
  INFO(limit << (local ? ", local" : ", socket"));
  fake::Command command =
      local ? session.command({"run", "--local=demo", "-o", "csv", "-e",
                               "import px\npx.display(px.DataFrame('http_events', "
                               "start_time='-1s', select=['time_']).agg(n=('time_', px.count)))"})
            : session.run_at(vizier.address());
  const fake::ProcessResult result = fake::run(limited(std::move(command), {limit}));
  INFO(result.err);
  CHECK(result.status() < 128);  // no abort within a library
  if (result.status() == 0 && !local) CHECK(result.out == kWholeRows);
  session.check_manners(result);
}

/// The library that lets a process see another wall clock, which a file moves while it runs.
std::string clock_shim() {
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib")) {
    const auto shim = entry.path() / "faketime/libfaketimeMT.so.1";
    if (std::filesystem::exists(shim)) return shim;
  }
  return {};
}

TEST_CASE("R07 a wall clock that jumps in mid-run changes no limit and no row") {
  const std::string shim = clock_shim();
  REQUIRE_FALSE(shim.empty());
  const std::string jump = GENERATE(as<std::string>(), "+1h", "-1h", "+10y", "-10y");
  const fake::TempDir dir;
  const std::string clock = dir.write("clock", "+0");
  const fake::Table t = numbers();
  fake::Vizier vizier(fake::Script()
                          .send(t.metadata())
                          .send(t.batch().int64({1}))
                          .wait("jumped")
                          .send(t.batch().int64({2}).eos())
                          .send(fake::stats()));
  const Session session;
  fake::Command command =
      session.run_at(vizier.address(), {"--timeout", "300s", "--idle-timeout", "200s"});
  command.environment["LD_PRELOAD"] = shim;
  command.environment["FAKETIME_TIMESTAMP_FILE"] = clock;
  command.environment["FAKETIME_NO_CACHE"] = "1";
  command.environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
  fake::Process process(command);
  REQUIRE(process.wait_for_out("{\"a\":1}"));
  dir.write("clock", jump);
  vizier.open("jumped");
  session.check(process.wait(), {.out = kWholeRows});
}

TEST_CASE(
    "R10 a limit that ends while the disk takes its time leaves the old file or the new one") {
  if (!can_trace()) return;
  const fake::Vizier vizier(whole());
  Session session;
  session.home().write("out.jsonl", "old\n");
  session.allow("out.jsonl");
  const fake::Command command =
      traced(session.run_at(vizier.address(), {"-o", "out.jsonl", "--force", "--timeout", "1s"}),
             {"-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:delay_enter=2000000"});
  const fake::ProcessResult result = fake::run(command);
  INFO(result.err);
  const std::string content = session.home().read("out.jsonl");
  if (result.status() == 0) {
    CHECK(content == kWholeRows);
  } else {
    CHECK(result.status() == 7);
    CHECK(content == "old\n");
  }
  session.check_manners(result);
}

TEST_CASE("K04 a directory of states that cannot be written is named before anything is asked") {
  const fake::Vizier vizier(whole());
  const Session session;
  const std::string states = GENERATE(as<std::string>(), "/proc/none", "/dev/null/states");
  const fake::ProcessResult result =
      fake::run(session.command({"export", "-e", "import px", "--addr", vizier.address(),
                                 "--insecure", "--to", "x-{start}.csv", "--state", states}));
  session.check(result, {2, "", {states}});
  CHECK(vizier.calls().empty());
}

TEST_CASE("S35 cells that a spreadsheet would run are raw, as they came") {
  const fake::Table t = fake::Table("t").string("s").int64("n");
  const fake::Vizier vizier(fake::Script()
                                .send(t.metadata())
                                .send(t.batch()
                                          .string({"=1+1", "+1", "-1", "@x", "\tx", "\rx"})
                                          .int64({-1, 1, 2, 3, 4, 5})
                                          .eos())
                                .send(fake::stats()));
  const Session session;
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "csv"})),
                {.out = "s,n\n=1+1,-1\n+1,1\n-1,2\n@x,3\n\"\tx\",4\n\"\rx\",5\n"});
}

std::string id_of(size_t number) {
  return fmt::format("{:08x}-0000-4000-8000-000000000000", number + 1);
}

TEST_CASE("S42 a list of ten thousand clusters is read whole") {
  std::vector<fake::Cluster> all;
  for (size_t i = 0; i < 10'000; ++i) {
    all.push_back({.id = id_of(i), .name = "cluster-" + std::to_string(i)});
  }
  all.push_back({.id = kProd, .name = "prod"});
  Cloud cloud(listed(all));
  cloud.session.check(cloud.ask({"-c", "prod"}), {.out = kWholeRows});
  const fake::ProcessResult wrong = cloud.ask({"-c", "cluster-99999"});
  CHECK(wrong.status() == 2);
  CHECK(wrong.err.size() < 2000);
}

TEST_CASE("S42 a cluster that has no id cannot be meant") {
  px::cloudapi::GetClusterInfoResponse list = fake::clusters(kTwo);
  list.mutable_clusters(0)->clear_id();
  Cloud cloud(fake::Script().send(list));
  const fake::ProcessResult result = cloud.ask({"-c", "prod"});
  INFO(result.err);
  CHECK((result.status() == 2 || result.status() == 6 || result.status() == 8));
  CHECK(cloud.vizier.calls(fake::kExecuteScript).empty());
  cloud.session.check_manners(result);
}

}  // namespace
}  // namespace pxq::app
