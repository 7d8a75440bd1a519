// No byte of a key is in anything that a run says or leaves: not on success, not on failure, not
// when the process crashes, whatever gRPC's variables and our own flags ask for.

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "cloud_session.h"
#include "fake/sanitized.h"

namespace pxq::app {
namespace {

// Any eight bytes in a row, behind the prefix that all keys have.
bool holds_key(std::string_view text) {
  constexpr size_t kPrefix = std::string_view("px-api-").size();
  constexpr size_t kRun = 8;
  for (size_t at = kPrefix; at + kRun <= kKey.size(); ++at) {
    if (text.find(std::string_view(kKey).substr(at, kRun)) != std::string_view::npos) return true;
  }
  return false;
}

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string proc_text(const fake::Process& process, const std::string& name) {
  return file_text("/proc/" + std::to_string(process.pid()) + "/" + name);
}

/// What was said, and every file that is there now.
void check_no_key(const Session& session, const fake::ProcessResult& result) {
  CHECK_FALSE(holds_key(result.out));
  CHECK_FALSE(holds_key(result.err));
  for (const std::string& name : session.home().list()) {
    INFO(name);
    CHECK_FALSE(holds_key(name));
    CHECK_FALSE(holds_key(session.home().read(name)));
  }
}

TEST_CASE("A key is found where there is one") {
  CHECK(holds_key("x" + kKey));
  CHECK(holds_key("0123456789"));
  CHECK_FALSE(holds_key("px-api-***"));
}

fake::Script quoting(int code, const std::string& text) {
  return fake::Script().finish(code, text + kKey);
}

TEST_CASE("A08 A09 no output, file, recording or summary holds the key") {
  const bool traced = GENERATE(false, true);
  const fake::Table t = numbers();
  Cloud cloud;
  if (traced) {
    cloud.environment["GRPC_TRACE"] = "all";
    cloud.environment["GRPC_VERBOSITY"] = "DEBUG";
    cloud.environment["GRPC_STACKTRACE_MINLOGLEVEL"] = "DEBUG";
    cloud.environment["SSLKEYLOGFILE"] = cloud.session.home().path("tls-keys");
  }
  const std::vector<std::string> everything = {
      "-vv",       "--stats", "--record", "r.pxrec", "--record-plaintext",
      "--summary", "s.json",  "-o",       "out.csv"};
  SECTION("of a run that is whole") {
    const fake::ProcessResult result = cloud.ask(everything);
    INFO(result.err);
    CHECK(result.status() == 0);
    check_no_key(cloud.session, result);
    CHECK(cloud.session.home().has("r.pxrec"));
    CHECK_FALSE(cloud.session.home().has("tls-keys"));
  }
  SECTION("of a key that is wrong") {
    cloud.vizier.require("pixie-api-key", "another");
    const fake::ProcessResult result = cloud.ask(everything);
    CHECK(result.status() == 4);
    check_no_key(cloud.session, result);
  }
  SECTION("of a server that quotes it") {
    const fake::Script in_band = fake::Script()
                                     .send(t.metadata())
                                     .send(fake::compile_error(1, 1, "unknown '" + kKey + "'"))
                                     .finish(3);
    for (const fake::Script& script :
         {quoting(16, "bad key "), quoting(13, "Auth middleware failed: "), quoting(2, ""), in_band,
          fake::Script().send(fake::status(13, kKey)),
          fake::Script().send(t.metadata()).finish(14, "lost " + kKey)}) {
      cloud.vizier.answer_from_now_on(script);
      const fake::ProcessResult result =
          cloud.ask({"-vv", "--summary", "s.json", "--retries", "1", "--no-e2e"});
      CHECK(result.status() != 0);
      CHECK_THAT(result.err, Catch::Contains("***"));
      check_no_key(cloud.session, result);
      const fake::ProcessResult json =
          cloud.ask({"--errors", "json", "--retries", "0", "--no-e2e"});
      check_no_key(cloud.session, json);
    }
    cloud.vizier.answer_from_now_on(quoting(16, "bad key "));
    cloud.ask({"--record", "quoted.pxrec", "--no-e2e"});
    const auto replayed = fake::run(cloud.session.command({"replay", "quoted.pxrec"}));
    CHECK(replayed.status() == 4);
    CHECK_THAT(replayed.err, Catch::Contains("bad key ***"));
    check_no_key(cloud.session, replayed);
  }
  SECTION("of a list of clusters that is refused with it") {
    Cloud refusing(quoting(16, "no "));
    refusing.environment = cloud.environment;
    for (const std::string command : {"clusters", "doctor", "tables"}) {
      const fake::ProcessResult result = refusing.run({command});
      CHECK(result.status() == 4);
      check_no_key(refusing.session, result);
    }
  }
  SECTION("of the other commands") {
    cloud.session.home().write("config.toml", "[defaults]\nkey = '" + kKey + "'\n");
    std::filesystem::permissions(cloud.session.home().path("config.toml"),
                                 std::filesystem::perms::owner_read);
    cloud.environment["PXQ_CONFIG"] = "config.toml";
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"doctor", "--no-e2e"},
                                               {"clusters"},
                                               {"config", "view"},
                                               {"run", "-e", "import px", "--print-request"}}) {
      fake::Command command = cloud.command(words);
      if (words[0] != "config") {
        command.arguments.insert(command.arguments.end(),
                                 {"--cloud", cloud.vizier.address(), "--tls-ca", "ca.pem"});
      }
      const fake::ProcessResult result = fake::run(command);
      INFO(words[0] << ": " << result.out << result.err);
      CHECK_FALSE(holds_key(result.out + result.err));
    }
  }
}

TEST_CASE("A08 the command line that others see holds no key") {
  Cloud cloud(listed(kTwo), fake::Script().send(numbers().metadata()).silence());
  cloud.session.home().write("key", kKey);
  std::filesystem::permissions(cloud.session.home().path("key"),
                               std::filesystem::perms::owner_read);
  fake::Process process(cloud.command({"run", "-e", "import px", "--cloud", cloud.vizier.address(),
                                       "--tls-ca", "ca.pem", "--no-e2e", "--key-file", "key"}));
  REQUIRE(cloud.vizier.wait_for_messages(2));
  CHECK_THAT(proc_text(process, "cmdline"), Catch::Contains("--key-file"));
  CHECK_FALSE(holds_key(proc_text(process, "cmdline")));
  CHECK_FALSE(holds_key(proc_text(process, "comm")));
}

/// The command, with as large a core allowed as can be.
fake::Command with_cores(fake::Command command) {
  std::vector<std::string> words = {"-c", "ulimit -c unlimited; exec \"$@\"", "sh",
                                    command.program};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  command.program = "/bin/sh";
  command.arguments = std::move(words);
  return command;
}

// Whether a process that does nothing about it leaves a core here.
bool cores_are_made() {
  const fake::TempDir dir;
  fake::Command command;
  command.program = "/bin/sh";
  command.arguments = {"-c", "kill -SEGV $$"};
  command.directory = dir.path();
  return fake::run(with_cores(command)).dumped_core;
}

TEST_CASE("A08 G08 a crash leaves no core, and no file that holds the key") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  const int number = SIGABRT;  // sanitizers take the other to themselves
#else
  const int number = GENERATE(SIGSEGV, SIGABRT);
#endif
  if (!cores_are_made()) WARN("not tested: nobody may leave a core here");
  const fake::Table t = numbers();
  Cloud cloud(listed(kTwo), fake::Script().send(t.metadata()).send(t.batch().int64({1})).silence());
  fake::Process process(with_cores(
      cloud.command({"run", "-e", "import px", "--cloud", cloud.vizier.address(), "--tls-ca",
                     "ca.pem", "--no-e2e", "--record", "r.pxrec", "-o", "out.csv"})));
  REQUIRE(cloud.vizier.wait_for_messages(3));
  const std::string limits = proc_text(process, "limits");
  process.signal(number);
  const fake::ProcessResult result = process.wait();
  CHECK(result.signal == number);
  CHECK_FALSE(result.dumped_core);
  CHECK_THAT(limits, Catch::Matches("[^]*Max core file size +0 +0 [^]*"));
  for (const std::string& name : cloud.session.home().list()) CHECK(name.find("core") != 0);
  check_no_key(cloud.session, result);
}

TEST_CASE("A08 another process of the same user cannot read the memory of a run") {
  // Root could in any case, so that both become somebody else there.
  std::vector<std::string> as_nobody;
  if (::geteuid() == 0) as_nobody = {"--reuid=65534", "--regid=65534", "--clear-groups"};
  const auto as_other = [&](fake::Command command) {
    command.environment["HOME"] = "/nonexistent";
    if (as_nobody.empty()) return command;
    std::vector<std::string> words = as_nobody;
    words.push_back(command.program);
    words.insert(words.end(), command.arguments.begin(), command.arguments.end());
    command.program = "/usr/bin/setpriv";
    command.arguments = std::move(words);
    command.directory = "/";
    return command;
  };
  const Session session;
  fake::Vizier vizier(fake::Script().send(numbers().metadata()).silence());
  if (const auto tried = fake::run(as_other(session.command({"version"}))); tried.status() != 0) {
    WARN("not tested: nobody cannot run pxq here: " << tried.err);
    return;
  }
  fake::Process process(as_other(session.run_at(vizier.address())));
  REQUIRE(vizier.wait_for_messages(1));
  const auto readable = [&](pid_t pid) {
    fake::Command read;
    read.program = "/usr/bin/head";
    read.arguments = {"-c1", "/proc/" + std::to_string(pid) + "/environ"};
    return fake::run(as_other(read)).status() == 0;
  };
  fake::Command sleeping;
  sleeping.program = "/bin/sleep";
  sleeping.arguments = {"60"};
  const fake::Process open(as_other(sleeping));
  const TimePoint patience = MonotonicClock::now() + fake::kPatience;
  while (proc_text(open, "comm") != "sleep\n") {  // it is exec'd in between
    REQUIRE(MonotonicClock::now() < patience);
    std::this_thread::yield();
  }
  CHECK(readable(open.pid()));
  CHECK_FALSE(readable(process.pid()));
}

TEST_CASE(
    "A08 of all that a run tells the system, only the reading of the key file shows the key") {
  const fake::TempDir logs;
  Cloud cloud(listed(kTwo), whole());
  const bool from_file = GENERATE(false, true);
  if (from_file) {
    cloud.environment.clear();
    cloud.session.home().write("key", kKey);
    std::filesystem::permissions(cloud.session.home().path("key"),
                                 std::filesystem::perms::owner_read);
  }
  fake::Command command =
      cloud.command({"run", "-e", "import px", "--cloud", cloud.vizier.address(), "--tls-ca",
                     "ca.pem", "-o", "csv", "--no-e2e"});
  if (from_file) command.arguments.insert(command.arguments.end(), {"--key-file", "key"});
  // A log for each thread (-ff): in a common one, a call that another thread's line interrupts is
  // written in two pieces, and the piece with the bytes no longer says which call it was.
  std::vector<std::string> words = {"-ff",          "-qq", "-s", "1000000", "-o", logs.path("log"),
                                    command.program};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  command.arguments = std::move(words);
  command.program = "/usr/bin/strace";
  const fake::ProcessResult result = fake::run(command, std::chrono::seconds(60));
  if (result.out.empty()) {
    WARN("not tested: strace cannot trace here: " << result.err);
    return;
  }
  CHECK(result.out == "a\n1\n2\n");
  size_t lines = 0;
  size_t found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(logs.path())) {
    std::ifstream log(entry.path());
    for (std::string line; std::getline(log, line); ++lines) {
      if (!holds_key(line)) continue;
      ++found;
      CHECK_THAT(line, Catch::StartsWith("read(") || Catch::StartsWith("pread64("));
    }
  }
  CHECK(lines > 100);
  // Not even strace reads the memory of such a process, but for root's.
  const size_t ours = from_file && ::geteuid() == 0 ? 1 : 0;
  // A sanitizer reads the process's environment from /proc.
  CHECK((found == ours || (fake::kSanitized && found == ours + 1)));
}

}  // namespace
}  // namespace pxq::app
