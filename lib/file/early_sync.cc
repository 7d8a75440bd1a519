#include "file/early_sync.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace pxq {
namespace {

// The size is synced with the bytes; times and modes wait for the last fsync. 0: it went well, or
// the file is of a kind that cannot be synced.
int sync_data(int fd) {
  while (::fdatasync(fd) != 0) {
    if (errno == EINVAL || errno == EROFS) return 0;
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

EarlySync::EarlySync(int fd, uint64_t every) : fd_(fd), every_(every) {}

EarlySync::~EarlySync() { end(); }

void EarlySync::grew_by(uint64_t bytes) {
  fresh_ += bytes;
  if (fresh_ < every_) return;
  fresh_ = 0;
  {
    const std::lock_guard lock(mutex_);
    if (leaving_) return;
    asked_ = true;
  }
  thread_.joinable() ? wanted_.notify_one() : start();
}

void EarlySync::start() try {
  thread_ = std::thread([this] { run(); });
} catch (const std::system_error&) {
  end();
}

void EarlySync::end() {
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  wanted_.notify_one();
  if (thread_.joinable()) thread_.join();
}

int EarlySync::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void EarlySync::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wanted_.wait(lock, [&] { return leaving_ || asked_; });
    if (leaving_) return;
    asked_ = false;
    lock.unlock();
    const int result = sync_data(fd_);
    lock.lock();
    if (failure_ == 0) failure_ = result;
  }
}

}  // namespace pxq
