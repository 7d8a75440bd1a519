#include "file/lock.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <optional>
#include <thread>

#include "file/scratch_dir.h"

using namespace pxq;
using fake::ScratchDir;

TEST_CASE("one run holds the lock, the second is told who does, then it is free") {
  const ScratchDir dir;
  const std::string path = dir.path("state/job.lock");
  std::optional<Result<RunLock>> first(RunLock::acquire(path, IfLocked::kRefuse, {}));
  REQUIRE(first->ok());
  const auto second = RunLock::acquire(path, IfLocked::kRefuse, {});
  CHECK(second.status().code() == Code::kLocked);
  CHECK_THAT(second.status().message(), Catch::Contains(std::to_string(::getpid())));
  first.reset();
  CHECK(RunLock::acquire(path, IfLocked::kRefuse, {}).ok());
}

TEST_CASE("a waiting run gets the lock when it is free, or stops waiting") {
  const ScratchDir dir;
  const std::string path = dir.path("job.lock");
  std::optional<Result<RunLock>> first(RunLock::acquire(path, IfLocked::kRefuse, {}));
  std::stop_source stopped;
  stopped.request_stop();
  CHECK(RunLock::acquire(path, IfLocked::kWait, stopped.get_token()).status().code() ==
        Code::kLocked);
  std::atomic<bool> got{false};
  std::thread waiting([&] { got = RunLock::acquire(path, IfLocked::kWait, {}).ok(); });
  first.reset();
  waiting.join();
  CHECK(got);
}

TEST_CASE("the lock of a killed run is free at once") {
  const ScratchDir dir;
  const std::string path = dir.path("job.lock");
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = RunLock::acquire(path, IfLocked::kRefuse, {});
    const char byte = lock.ok() ? 'y' : 'n';
    [[maybe_unused]] const ssize_t count = ::write(ready[1], &byte, 1);
    while (true) ::pause();
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  CHECK(byte == 'y');
  CHECK(RunLock::acquire(path, IfLocked::kRefuse, {}).status().code() == Code::kLocked);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(RunLock::acquire(path, IfLocked::kRefuse, {}).ok());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("a lock file that was removed while held does not let two in by one name") {
  const ScratchDir dir;
  const std::string path = dir.path("job.lock");
  const auto first = RunLock::acquire(path, IfLocked::kRefuse, {});
  std::filesystem::remove(path);
  const auto second = RunLock::acquire(path, IfLocked::kRefuse, {});
  REQUIRE(second.ok());  // the name is free: whoever removed it asked for this
  CHECK(RunLock::acquire(path, IfLocked::kRefuse, {}).status().code() == Code::kLocked);
}

TEST_CASE("a lock whose place cannot be reached any more is not told as one that was removed") {
  const ScratchDir dir;
  const std::string link = dir.path("link");
  REQUIRE(::symlink(dir.path("").c_str(), link.c_str()) == 0);
  const auto lock = RunLock::acquire(link + "/job.lock", IfLocked::kRefuse, {});
  REQUIRE(lock.ok());
  CHECK(lock->still_held().ok());
  REQUIRE(::unlink(link.c_str()) == 0);
  REQUIRE(::symlink("link", link.c_str()) == 0);
  const Status status = lock->still_held();
  CHECK(status.code() == Code::kOutput);
  CHECK_THAT(status.message(), Catch::Contains("Too many levels of symbolic links"));
}

TEST_CASE("a place that cannot hold a lock is a usage error that names it") {
  const ScratchDir dir;
  dir.put("file", "");
  for (const std::string name : {"file/job.lock", "."}) {
    const auto lock = RunLock::acquire(dir.path(name), IfLocked::kRefuse, {});
    REQUIRE_FALSE(lock.ok());
    CHECK(lock.status().code() == Code::kUsage);
    CHECK_THAT(lock.status().message(), Catch::Contains(dir.path()));
  }
}
