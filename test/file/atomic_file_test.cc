#include "file/atomic_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "file/scratch_dir.h"
#include "file/traced_child.h"

using namespace pxq;
using fake::ScratchDir;

namespace {

using Names = std::set<std::string>;

Status write_file(const std::string& path, const std::string& text, FileOptions options = {}) {
  auto file = FileOutput::open(path, options);
  if (!file.ok()) return file.status();
  (*file)->text().append(text);
  (*file)->commit();
  return (*file)->save();
}

const std::string kOld = "the old file\n";

std::string large_text() {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += "row " + std::to_string(i) + "\n";
  return text;
}

int replace_with(const std::string& path, const std::string& text, size_t piece) {
  auto file = FileOutput::open(path, {.force = true});
  if (!file.ok()) return 9;
  for (size_t at = 0; at < text.size(); at += piece) {
    (*file)->text().append(std::string_view(text).substr(at, piece));
    (*file)->commit();
  }
  return (*file)->save().ok() ? 0 : 9;
}

}  // namespace

TEST_CASE("a new file appears whole on save and is private") {
  const ScratchDir dir;
  const mode_t umask_before = ::umask(0);
  auto file = FileOutput::open(dir.path("a.csv"), {.hash = true});
  REQUIRE(file.ok());
  (*file)->text().append("x\n1\n");
  (*file)->commit();
  (*file)->flush();
  CHECK(dir.get("a.csv") == "<none>");
  CHECK(dir.mode(*dir.names().begin()) == 0600);
  REQUIRE((*file)->save().ok());
  ::umask(umask_before);
  CHECK(dir.get("a.csv") == "x\n1\n");
  CHECK(dir.mode("a.csv") == 0600);
  CHECK(dir.names() == Names{"a.csv"});
  CHECK((*file)->bytes_written() == 4);
  CHECK((*file)->sha256() == sha256_hex("x\n1\n"));
}

TEST_CASE("a umask that takes everything still leaves a usable file") {
  const ScratchDir dir;
  const mode_t umask_before = ::umask(0777);
  const Status saved = write_file(dir.path("a"), "1\n");
  ::umask(umask_before);
  REQUIRE(saved.ok());
  CHECK(dir.mode("a") == 0600);
}

TEST_CASE("an existing file is refused before anything runs, and stays") {
  const ScratchDir dir;
  dir.put("a.csv", kOld);
  const auto file = FileOutput::open(dir.path("a.csv"), {});
  REQUIRE_FALSE(file.ok());
  CHECK(file.status().code() == Code::kOutput);
  CHECK_THAT(file.status().hint(), Catch::Contains("--force") && Catch::Contains("--append"));
  CHECK(dir.get("a.csv") == kOld);
  CHECK(dir.names() == Names{"a.csv"});
}

TEST_CASE("force replaces a file and keeps its mode") {
  const ScratchDir dir;
  dir.put("a.csv", kOld, 0640);
  REQUIRE(write_file(dir.path("a.csv"), "new\n", {.force = true}).ok());
  CHECK(dir.get("a.csv") == "new\n");
  CHECK(dir.mode("a.csv") == 0640);
  dir.put("b.csv", kOld, 0444);
  REQUIRE(write_file(dir.path("b.csv"), "new\n", {.force = true}).ok());
  CHECK(dir.mode("b.csv") == 0444);
  CHECK(dir.names() == Names{"a.csv", "b.csv"});
}

TEST_CASE("without save the old file stays and no temporary is left") {
  const ScratchDir dir;
  dir.put("a.csv", kOld);
  {
    auto file = FileOutput::open(dir.path("a.csv"), {.force = true});
    REQUIRE(file.ok());
    (*file)->text().append("half");
    (*file)->commit();
    (*file)->flush();
  }
  CHECK(dir.get("a.csv") == kOld);
  CHECK(dir.names() == Names{"a.csv"});
}

TEST_CASE("what was not committed as a record is not saved") {
  const ScratchDir dir;
  auto file = FileOutput::open(dir.path("a"), {});
  REQUIRE(file.ok());
  (*file)->text().append("whole\n");
  (*file)->commit();
  (*file)->text().append("part");
  REQUIRE((*file)->save().ok());
  CHECK(dir.get("a") == "whole\n");
}

TEST_CASE("a file that appears during the run is not replaced without force") {
  const ScratchDir dir;
  auto file = FileOutput::open(dir.path("a"), {});
  REQUIRE(file.ok());
  dir.put("a", kOld);
  CHECK((*file)->save().code() == Code::kOutput);
  CHECK(dir.get("a") == kOld);
  CHECK(dir.names() == Names{"a"});
}

TEST_CASE("a target that goes or turns into a directory during the run") {
  const ScratchDir dir;
  dir.put("a", kOld);
  auto file = FileOutput::open(dir.path("a"), {.force = true});
  REQUIRE(file.ok());
  std::filesystem::remove(dir.path("a"));
  SECTION("gone: the new file is placed") {
    CHECK((*file)->save().ok());
    CHECK(dir.get("a").empty());
  }
  SECTION("a directory: refused") {
    std::filesystem::create_directory(dir.path("a"));
    CHECK((*file)->save().code() == Code::kOutput);
    CHECK(std::filesystem::is_directory(dir.path("a")));
  }
  CHECK(dir.names() == Names{"a"});
}

TEST_CASE("rollback after publish brings back what was there") {
  const ScratchDir dir;
  for (const bool existed : {true, false}) {
    if (existed) dir.put("a", kOld, 0604);
    auto file = FileOutput::open(dir.path("a"), {.force = true});
    REQUIRE(file.ok());
    (*file)->text().append("new\n");
    (*file)->commit();
    REQUIRE((*file)->prepare().ok());
    REQUIRE((*file)->publish().ok());
    CHECK(dir.get("a") == "new\n");
    REQUIRE((*file)->rollback().ok());
    CHECK(dir.get("a") == (existed ? kOld : "<none>"));
    (*file)->settle();
    CHECK(dir.names() == (existed ? Names{"a"} : Names{}));
    std::filesystem::remove(dir.path("a"));
  }
}

TEST_CASE("symbolic links stay links and the file behind them is replaced") {
  const ScratchDir dir;
  std::filesystem::create_directory(dir.path("there"));
  dir.put("there/real", kOld, 0640);
  std::filesystem::create_symlink("there/real", dir.path("link"));
  CHECK_FALSE(write_file(dir.path("link"), "new\n").ok());
  REQUIRE(write_file(dir.path("link"), "new\n", {.force = true}).ok());
  CHECK(std::filesystem::is_symlink(dir.path("link")));
  CHECK(dir.get("there/real") == "new\n");
  CHECK(dir.mode("there/real") == 0640);

  std::filesystem::create_symlink("there/later", dir.path("dangling"));
  REQUIRE(write_file(dir.path("dangling"), "new\n").ok());
  CHECK(dir.get("there/later") == "new\n");

  std::filesystem::create_symlink("loop", dir.path("loop"));
  CHECK_THAT(write_file(dir.path("loop"), "x").message(), Catch::Contains("symbolic links"));
}

TEST_CASE("paths that cannot be files are refused with the reason") {
  const ScratchDir dir;
  dir.put("file", "x");
  CHECK_THAT(write_file(dir.path(), "x").message(), Catch::Contains("Is a directory"));
  CHECK_THAT(write_file(dir.path() + "/", "x").message(), Catch::Contains("Is a directory"));
  CHECK_THAT(write_file(dir.path("no/such"), "x").message(), Catch::Contains("No such file"));
  CHECK_THAT(write_file(dir.path("file/x"), "x").message(), Catch::Contains("Not a directory"));
  CHECK_THAT(write_file("", "x").message(), Catch::Contains("No such file"));
  CHECK_THAT(write_file(dir.path(std::string(300, 'x')), "x").message(),
             Catch::Contains("name too long"));
  CHECK(write_file(dir.path(std::string(255, 'x')), "x").ok());
  CHECK(write_file(dir.path("\xff\xfe"), "x").ok());
  CHECK(write_file(dir.path("one/two/three"), "x", {.make_directories = true}).ok());
  CHECK(dir.get("one/two/three") == "x");
}

TEST_CASE("devices are written in place, and a full one is an error with its errno") {
  CHECK(write_file("/dev/null", "x\n").ok());
  const Status full = write_file("/dev/full", "x\n");
  CHECK(full.code() == Code::kOutput);
  CHECK_THAT(full.message(), Catch::Contains("/dev/full") && Catch::Contains("No space left"));
}

TEST_CASE("a FIFO is written in place once somebody reads it") {
  const ScratchDir dir;
  REQUIRE(::mkfifo(dir.path("fifo").c_str(), 0600) == 0);
  std::string seen;
  std::thread reader([&] { seen = dir.get("fifo"); });
  const Status saved = write_file(dir.path("fifo"), large_text());
  reader.join();
  REQUIRE(saved.ok());
  CHECK(seen == large_text());
  CHECK(dir.names() == Names{"fifo"});
}

TEST_CASE("waiting for a FIFO's reader ends when the run is stopped") {
  const ScratchDir dir;
  REQUIRE(::mkfifo(dir.path("fifo").c_str(), 0600) == 0);
  std::stop_source stop;
  stop.request_stop();
  const auto file = FileOutput::open(dir.path("fifo"), {.stop = stop.get_token()});
  CHECK(file.status().code() == Code::kInterrupted);
}

TEST_CASE("/dev/stdout means the descriptor even when it is a file") {
  const ScratchDir dir;
  const UniqueFd target(::open(dir.path("out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  REQUIRE(::write(target.get(), "before\n", 7) == 7);
  REQUIRE(write_file("/dev/fd/" + std::to_string(target.get()), "rows\n").ok());
  CHECK(dir.get("out") == "before\nrows\n");
  CHECK_THAT(write_file("/dev/fd/999", "x").message(), Catch::Contains("Bad file descriptor"));
}

TEST_CASE("temporaries of dead runs go, those of living ones and foreign files stay") {
  const ScratchDir dir;
  dir.put(".pxq-run-0123456789abcdef.tmp", "stale");
  dir.put(".pxq-job-0123456789abcdef.tmp", "of another job");
  dir.put(".pxq-notes", "foreign");
  auto living = FileOutput::open(dir.path("a"), {});
  REQUIRE(living.ok());
  REQUIRE(write_file(dir.path("b"), "b\n").ok());
  (*living)->text().append("a\n");
  (*living)->commit();
  REQUIRE((*living)->save().ok());
  CHECK(dir.names() == Names{".pxq-job-0123456789abcdef.tmp", ".pxq-notes", "a", "b"});
}

TEST_CASE("many runs in one directory at once do not disturb each other") {
  const ScratchDir dir;
  std::vector<std::thread> runs;
  std::atomic<int> good{0};
  for (int i = 0; i < 20; ++i) {
    runs.emplace_back([&, i] {
      for (int round = 0; round < 5; ++round) {
        const std::string name = "out" + std::to_string(i);
        if (write_file(dir.path(name), name, {.force = true}).ok()) ++good;
      }
    });
  }
  for (auto& run : runs) run.join();
  CHECK(good == 100);
  CHECK(dir.names().size() == 20);
  CHECK(dir.get("out7") == "out7");
}

TEST_CASE("a file over the size limit is an error, and the old file stays") {
  const ScratchDir dir;
  dir.put("a", kOld);
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 4096, .rlim_max = 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const Status saved = write_file(dir.path("a"), large_text(), {.force = true});
    ::_exit(saved.message().find("File too large") != std::string::npos ? 42 : 1);
  }
  int state = 0;
  ::waitpid(child, &state, 0);
  CHECK(WIFEXITED(state));
  CHECK(WEXITSTATUS(state) == 42);
  CHECK(dir.get("a") == kOld);
  CHECK(dir.names() == Names{"a"});
}

TEST_CASE("killed before any of its system calls, the old file or the new one is there") {
  const ScratchDir dir;
  const std::string text = large_text();
  size_t news = 0;
  size_t step = 0;
  for (bool more = true; more; ++step) {
    dir.put("a", kOld, 0640);
    const auto end = fake::run_disturbed(
        {.at = step}, [&] { return replace_with(dir.path("a"), text, 100'000); });
    more = end.disturbed;
    const std::string there = dir.get("a");
    INFO("step " << step);
    REQUIRE((there == kOld || there == text));
    REQUIRE(dir.mode("a") == 0640);
    if (there == text) ++news;
    REQUIRE(remove_stale_temps(dir.path(), "run") <= 1);
    REQUIRE(dir.names() == Names{"a"});
  }
  CHECK(step > 15);
  CHECK(news > 1);
}

TEST_CASE("whatever file call fails, the file is new with success or old with an error") {
  const ScratchDir dir;
  const std::string text = large_text();
  for (const int error : {EIO, ENOSPC, EDQUOT, EINTR}) {
    bool more = true;
    for (size_t step = 0; more; ++step) {
      dir.put("a", kOld, 0640);
      const auto end =
          fake::run_disturbed({.at = step, .error = error, .only = fake::file_calls()},
                              [&] { return replace_with(dir.path("a"), text, 100'000); });
      more = end.disturbed;
      INFO("step " << step << " errno " << error);
      REQUIRE(end.exited.has_value());
      REQUIRE(dir.get("a") == (*end.exited == 0 ? text : kOld));
      remove_stale_temps(dir.path(), "run");
      REQUIRE(dir.names() == Names{"a"});
    }
  }
}
