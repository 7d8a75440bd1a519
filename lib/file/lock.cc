#include "file/lock.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "file/file_bytes.h"

namespace pxq {
namespace {

constexpr int kRetryMs = 50;

/// Somebody who cleans up may have removed the file between open() and flock(), or while another
/// run held it: a lock on a file without that name keeps nobody out.
Result<bool> still_there(int fd, const std::string& path, Code code) {
  struct stat held = {};
  struct stat named = {};
  if (::fstat(fd, &held) != 0) return errno_status(code, "look at the lock", path, errno);
  if (::stat(path.c_str(), &named) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return false;
    // That says nothing of the file, and would say it again and again.
    return errno_status(code, "look at the lock", path, errno);
  }
  return held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

Status held_by_other(int fd, const std::string& path) {
  char pid[32] = {};
  const ssize_t count = ::pread(fd, pid, sizeof pid - 1, 0);
  std::string holder = count > 0 ? " (process " + std::string(pid) + ")" : "";
  return {Code::kLocked, "another run" + holder + " holds " + path,
          "--if-locked wait waits for it, --if-locked skip lets it be"};
}

/// For whoever asks who holds the lock; nothing depends on it.
void note_holder(int fd) {
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(fd, 0) != 0) return;
  [[maybe_unused]] const ssize_t ignored = ::pwrite(fd, pid.data(), pid.size(), 0);
}

}  // namespace

Result<RunLock> RunLock::acquire(const std::string& path, IfLocked if_locked,
                                 const std::stop_token& stop) {
  if (auto made = make_directories(parent_path(path), 0700); !made.ok()) {
    return Status(Code::kUsage, made.message());
  }
  while (true) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600));
    if (!fd) return errno_status(Code::kUsage, "open the lock", path, errno);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
      const Result<bool> there = still_there(fd.get(), path, Code::kUsage);
      if (!there.ok()) return there.status();
      if (!*there) continue;
      note_holder(fd.get());
      return RunLock(std::move(fd), path);
    }
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) {
      return errno_status(Code::kUsage, "lock", path, errno)
          .with_hint("keep the state on a file system with flock");
    }
    if (if_locked == IfLocked::kRefuse || stop.stop_requested()) {
      return held_by_other(fd.get(), path);
    }
    // flock() could wait by itself, but a stop request could not end that.
    ::poll(nullptr, 0, kRetryMs);
  }
}

Status RunLock::still_held() const {
  const Result<bool> there = still_there(fd_.get(), path_, Code::kOutput);
  if (!there.ok()) return there.status();
  if (*there) return {};
  return {Code::kLocked, path_ + " was removed while this run held it",
          "nothing was kept, as another run may have begun; the next one has it all"};
}

}  // namespace pxq
