// What file systems and their other users do to the files that pxq writes.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::stats;
using fake::Vizier;

const fake::Table kT = numbers();
const std::string kOld = "a\n0\n";
const std::string kWholeCsv = "a\n1\n2\n";

/// The whole stream, whose end waits for the test.
Script gated() {
  return Script()
      .send(kT.metadata())
      .send(kT.batch().int64({1, 2}))
      .wait("go")
      .send(kT.end())
      .send(stats());
}

/// A run whose rows are there and whose stream ends when it may finish.
class HeldRun {
 public:
  HeldRun(const Session& session, const std::vector<std::string>& flags)
      : process_(session.run_at(vizier_.address(), flags)) {
    REQUIRE(vizier_.wait_for_messages(2));
  }

  fake::ProcessResult finish() {
    vizier_.open("go");
    return process_.wait();
  }

 private:
  Vizier vizier_{gated()};
  fake::Process process_;
};

struct stat info_of(const std::string& path) {
  struct stat info = {};
  REQUIRE(::lstat(path.c_str(), &info) == 0);
  return info;
}

/// The command behind shell words that run in a mount namespace of its own; `$pxq` runs it.
fake::Command among_mounts(fake::Command command, const std::string& words) {
  std::vector<std::string> arguments = {"-m", "/bin/sh",      "-c", "pxq() { \"$@\"; }\n" + words,
                                        "sh", command.program};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  command.arguments = std::move(arguments);
  command.program = "/usr/bin/unshare";
  return command;
}

bool can_mount() {
  const fake::TempDir dir;
  const auto result = fake::run(
      among_mounts({.arguments = {}, .program = "/bin/true"}, "mount -t tmpfs none " + dir.path()));
  if (result.status() == 0) return true;
  WARN("not tested: nothing can be mounted here: " << result.err);
  return false;
}

TEST_CASE("L02 the disk fills: the old files stay, and no other") {
  if (!can_mount()) return;
  const Vizier vizier(Script()
                          .send(kT.metadata())
                          .repeat(20, kT.batch().int64(std::vector<int64_t>(1000, INT64_MIN)))
                          .send(kT.end())
                          .send(stats()));
  struct Full {
    std::string name;
    std::vector<std::string> flags;
  };
  const Full full = GENERATE(values<Full>({
      {"a.csv", {"--force"}},
      {"a.csv", {"--append"}},
      {"{table}.csv", {"--force", "--schema", "s.json"}},
      {"a.sqlite", {"--force"}},
      {"a.sqlite", {"--append"}},
  }));
  const Session session;
  const fake::TempDir dir;
  std::filesystem::create_directory(dir.path("full"));
  std::vector<std::string> flags = {"-o", "full/" + full.name};
  flags.insert(flags.end(), full.flags.begin(), full.flags.end());
  fake::Command command = session.run_at(vizier.address(), flags);
  command.directory = dir.path();
  // What was there before, what the run says, and what is there afterwards.
  const auto result = fake::run(among_mounts(command, R"(
mount -t tmpfs -o size=64k none full || exit 99
cd full
printf 'a\n0\n' > a.csv; cp a.csv t.csv
sqlite3 a.sqlite 'CREATE TABLE kept (x); INSERT INTO kept VALUES (7)' || exit 98
md5sum * > ../before; cd ..
"$@"; code=$?
cd full; md5sum --quiet -c ../before >&2 || exit 97
ls -A; exit $code)"));
  INFO(full.name << " " << full.flags[0] << ": " << result.err);
  CHECK(result.status() == 9);
  CHECK_THAT(result.err, Catch::Contains("No space left on device") || Catch::Contains("full"));
  CHECK(count("\n" + result.err, "\npxq: error: ") == 1);
  CHECK(result.out == "a.csv\na.sqlite\nt.csv\n");
}

TEST_CASE("L08 a target on another file system than its name") {
  const Vizier vizier(whole());
  const Session session;
  const fake::TempDir dir;
  const std::filesystem::path elsewhere = "/dev/shm/pxq-test-" + std::to_string(::getpid());
  std::error_code error;
  std::filesystem::create_directory(elsewhere, error);
  if (error || info_of(elsewhere).st_dev == info_of(dir.path()).st_dev) {
    WARN("not tested: no second file system");
    return;
  }
  std::ofstream(elsewhere / "a.csv") << kOld;
  std::filesystem::create_symlink(elsewhere / "a.csv", dir.path("a.csv"));
  const auto result =
      fake::run(session.run_at(vizier.address(), {"-o", dir.path("a.csv"), "--force"}));
  session.check(result, {});
  CHECK(dir.read("a.csv") == kWholeCsv);
  CHECK(std::filesystem::is_symlink(dir.path("a.csv")));
  CHECK(std::distance(std::filesystem::directory_iterator(elsewhere), {}) == 1);
  std::filesystem::remove_all(elsewhere);
}

TEST_CASE("L08 a file that is mounted by itself stays, and the hint says why") {
  if (!can_mount()) return;
  const Vizier vizier(whole());
  const Session session;
  const fake::TempDir dir;
  dir.write("a.csv", kOld);
  dir.write("outside.csv", kOld);
  const auto result = fake::run(among_mounts(
      session.run_at(vizier.address(), {"-o", dir.path("a.csv"), "--force"}),
      "mount --bind " + dir.path("outside.csv") + " " + dir.path("a.csv") + " && pxq \"$@\""));
  session.check(result, {9, "", {"busy", "mount its directory"}});
  CHECK(dir.read("outside.csv") == kOld);
  CHECK(dir.list().size() == 2);
}

TEST_CASE("L09 a replaced file keeps its mode and group; its other names keep the old one") {
  const Vizier vizier(whole());
  const Session session;
  const fake::TempDir dir;
  dir.write("a.csv", kOld);
  std::filesystem::create_hard_link(dir.path("a.csv"), dir.path("other-name.csv"));
  SECTION("read-only") { ::chmod(dir.path("a.csv").c_str(), 0444); }
  SECTION("of another group than its setgid directory gives") {
    if (::geteuid() != 0) {
      WARN("not tested: only root may mount");
      return;
    }
    ::chmod(dir.path("a.csv").c_str(), 0640);
    REQUIRE(::chown(dir.path().c_str(), static_cast<uid_t>(-1), 4242) == 0);
    ::chmod(dir.path().c_str(), 02755);
  }
  const struct stat before = info_of(dir.path("a.csv"));
  session.check(fake::run(session.run_at(vizier.address(), {"-o", dir.path("a.csv"), "--force"})),
                {});
  const struct stat after = info_of(dir.path("a.csv"));
  CHECK(dir.read("a.csv") == kWholeCsv);
  CHECK(after.st_mode == before.st_mode);
  CHECK(after.st_gid == before.st_gid);
  CHECK(dir.read("other-name.csv") == kOld);
}

TEST_CASE("L12 a target that goes, or becomes another file, during the run") {
  const Session session;
  const fake::TempDir dir;
  dir.write("a.csv", kOld);
  HeldRun run(session, {"-o", dir.path("a.csv"), "--force"});
  SECTION("goes") { std::filesystem::remove(dir.path("a.csv")); }
  SECTION("is renamed") { std::filesystem::rename(dir.path("a.csv"), dir.path("b.csv")); }
  SECTION("is replaced") {
    dir.write("b.csv", "b\n");
    std::filesystem::rename(dir.path("b.csv"), dir.path("a.csv"));
  }
  session.check(run.finish(), {});
  CHECK(dir.read("a.csv") == kWholeCsv);
  if (dir.has("b.csv")) CHECK(dir.read("b.csv") == kOld);
}

TEST_CASE("L12 a file that appears during the run is not replaced unasked") {
  const Session session;
  const fake::TempDir dir;
  HeldRun run(session, {"-o", dir.path("a.csv")});
  dir.write("a.csv", kOld);
  session.check(run.finish(), {9, "", {"exists", "--force"}});
  CHECK(dir.read("a.csv") == kOld);
  CHECK(dir.list().size() == 1);
}

TEST_CASE("L15 names as long as names can be, and such that are no UTF-8") {
  const Vizier vizier(whole());
  const Session session;
  const fake::TempDir dir;
  const auto write_to = [&](const std::string& path, const std::string& how) {
    fake::Command command =
        session.run_at(vizier.address(), {"-o", path, how, "--summary", dir.path("summary.json")});
    command.directory = dir.path();
    return fake::run(command);
  };
  SECTION("a name of 255 bytes") {
    const std::string name = std::string(251, 'n') + ".csv";
    session.check(write_to("./" + name, "--force"), {});
    session.check(write_to("./" + name, "--append"), {});
    CHECK(dir.read(name) == kWholeCsv + "1\n2\n");
  }
  SECTION("one byte more") {
    session.check(write_to("./" + std::string(252, 'n') + ".csv", "--force"),
                  {9, "", {"File name too long"}});
  }
  SECTION("a path of 4095 bytes") {
    std::string path;
    while (path.size() < 4095 - 250) path += std::string(200, 'd') + "/";
    const int home = ::open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    REQUIRE(::chdir(dir.path().c_str()) == 0);
    std::filesystem::create_directories(path);
    REQUIRE(::fchdir(home) == 0);
    ::close(home);
    path += std::string(4095 - 4 - path.size(), 'n') + ".csv";
    session.check(write_to(path, "--force"), {});
    session.check(write_to(path + "x.csv", "--force"), {9, "", {"File name too long"}});
    REQUIRE(fake::run({.arguments = {"-c", "find d* -name '*.csv' -exec cat {} +"},
                       .program = "/bin/sh",
                       .directory = dir.path()})
                .out == kWholeCsv);
  }
  SECTION("not UTF-8") {
    session.check(write_to("./\xff\xfe.csv", "--force"), {});
    CHECK(dir.read("\xff\xfe.csv") == kWholeCsv);
    // The reversible form of the JSON formats.
    CHECK(json::parse(dir.read("summary.json"))["files"][0]["path"] ==
          "./\xf4\x8f\xbf\xbf\xf4\x8f\xbf\xbe.csv");
  }
}

TEST_CASE("K06 of two runs with one target the last has it, whole") {
  const Vizier fast(Script().send(kT.metadata()).send(kT.batch().int64({7}).eos()).send(stats()));
  const Session session;
  const fake::TempDir dir;
  const std::vector<std::string> flags = {"-o", dir.path("a.csv"), "--force"};
  HeldRun first(session, flags);
  session.check(fake::run(session.run_at(fast.address(), flags)), {});
  CHECK(dir.read("a.csv") == "a\n7\n");
  session.check(first.finish(), {});
  CHECK(dir.read("a.csv") == kWholeCsv);
  CHECK(dir.list().size() == 1);
}

TEST_CASE("K05 many runs at once in one directory") {
  const Vizier vizier(whole());
  const Session session;
  const fake::TempDir dir;
  constexpr int kRuns = 20;
  std::vector<std::unique_ptr<fake::Process>> runs;
  for (int i = 0; i < kRuns; ++i) {
    runs.push_back(std::make_unique<fake::Process>(
        session.run_at(vizier.address(), {"-o", dir.path(std::to_string(i) + "-{table}.csv"),
                                          "--schema", dir.path(std::to_string(i) + ".json")})));
  }
  for (const auto& run : runs) CHECK(run->wait().status() == 0);
  CHECK(dir.list().size() == 2 * kRuns);
  for (int i = 0; i < kRuns; ++i) CHECK(dir.read(std::to_string(i) + "-t.csv") == kWholeCsv);
}

}  // namespace
}  // namespace pxq::app
