#pragma once

#include <stop_token>
#include <string>

#include "base/status.h"
#include "base/unique_fd.h"

namespace pxq {

/// What a run does when another one holds the lock.
enum class IfLocked { kRefuse, kWait };

/// Keeps runs of one job from overlapping: a kernel lock on a small file that stays in the state
/// directory. The kernel lets go of it however the run ends, so there are no stale locks. Held
/// until destruction. Locks of different machines meet only where the file system carries flock
/// across (NFS does from Linux 2.6.12 on).
class RunLock {
 public:
  /// kLocked if another run holds it (under kWait: until the stop), kUsage if the directory or its
  /// file system cannot do locks. The directory is made, private to the user.
  static Result<RunLock> acquire(const std::string& path, IfLocked if_locked,
                                 const std::stop_token& stop);

  /// kLocked if somebody has removed the file meanwhile: another run may hold a new one.
  Status still_held() const;

 private:
  RunLock(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  UniqueFd fd_;
  std::string path_;
};

}  // namespace pxq
