#include "base/fd_output.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace pxq {
namespace {

constexpr size_t kPieceSize = 1 << 20;  // between two looks at the stop flag
constexpr int kPipeSize = 1 << 20;      // takes a pipe to `cat` from 1.2 s to 0.8 s a gigabyte

/// A second description of the same pipe or terminal, non-blocking without disturbing the others
/// who share the first one. Fails where the object belongs to another user.
UniqueFd reopen_without_blocking(int fd) {
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return UniqueFd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

int64_t monotonic_now_ns() {
  return std::chrono::duration_cast<Duration>(MonotonicClock::now().time_since_epoch()).count();
}

}  // namespace

FdOutput::FdOutput(int fd, std::string name)
    : fd_(fd), name_(std::move(name)), stop_event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  struct stat info = {};
  if (::fstat(fd_, &info) != 0) return;  // the first write will say why
  socket_ = S_ISSOCK(info.st_mode);
  may_block_ = !S_ISREG(info.st_mode);
  largest_piece_ = kPieceSize;
  if (S_ISFIFO(info.st_mode)) ::fcntl(fd_, F_SETPIPE_SZ, kPipeSize);
  if (!S_ISFIFO(info.st_mode) && ::isatty(fd_) == 0) return;
  const int flags = ::fcntl(fd_, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) != 0) return;
  reopened_ = reopen_without_blocking(fd_);
  // A blocking pipe that polls as writable has room for this much at least.
  if (!reopened_) largest_piece_ = PIPE_BUF;
}

FdOutput::~FdOutput() = default;

void FdOutput::request_stop(Duration grace) noexcept {
  const int64_t deadline = monotonic_now_ns() + std::max<int64_t>(grace.count(), 0);
  // 0 means that no stop was asked for, so it cannot be a deadline; of two stops the first counts.
  int64_t none = 0;
  if (!stop_deadline_ns_.compare_exchange_strong(none, std::max<int64_t>(deadline, 1))) return;
  const uint64_t one = 1;
  // An eventfd at 0 takes this without blocking; without one the flag is seen at the next piece.
  [[maybe_unused]] const ssize_t ignored = ::write(stop_event_.get(), &one, sizeof one);
}

bool FdOutput::reader_gone() const {
  pollfd item{.fd = fd_, .events = POLLOUT, .revents = 0};
  if (::poll(&item, 1, 0) <= 0) return false;
  return (item.revents & (POLLERR | POLLHUP)) != 0;
}

Status FdOutput::finish() {
  flush();
  if (!status().ok()) return status();
  // Closing any descriptor of a file makes a network file system tell of writes that it took and
  // could not keep. Our own stays open for whoever owns it.
  const int copy = ::fcntl(fd_, F_DUPFD_CLOEXEC, 3);
  if (copy < 0 || ::close(copy) != 0) fail(failure(errno));
  return status();
}

Status FdOutput::write(std::string_view bytes) {
  size_t written = 0;
  while (written < bytes.size()) {
    const bool stopping = stop_requested();
    const size_t end = stopping ? next_record_end(written) : bytes.size();
    if (end == written) return stopped(true);
    if (may_block_) {
      const Readiness readiness = wait_until_writable();
      if (readiness == Readiness::kLate) return stopped(false);
      if (readiness == Readiness::kStopRequested && !stopping) continue;
    }
    const int64_t count = write_some(bytes.data() + written, end - written);
    if (count > 0) {
      written += static_cast<size_t>(count);
    } else if (count == 0) {
      return failure(EIO);  // taken nothing, said nothing: trying again would spin
    } else if (errno != EINTR && errno != EAGAIN) {
      return failure(errno);
    }
  }
  return {};
}

/// `written` itself where a record has just ended.
size_t FdOutput::next_record_end(size_t written) const {
  if (written == 0) return 0;
  const auto ends = record_ends();
  const auto at = std::lower_bound(ends.begin(), ends.end(), written);
  return at == ends.end() ? written : *at;
}

FdOutput::Readiness FdOutput::wait_until_writable() const {
  const int fd = reopened_ ? reopened_.get() : fd_;
  while (true) {
    const int64_t deadline = stop_deadline_ns_.load(std::memory_order_acquire);
    pollfd items[2] = {{.fd = fd, .events = POLLOUT, .revents = 0},
                       {.fd = stop_event_.get(), .events = POLLIN, .revents = 0}};
    int timeout_ms = -1;
    if (deadline != 0) {
      // Rounded up, or poll() would wake just before the deadline again and again.
      const int64_t left_ms = (deadline - monotonic_now_ns() + 999'999) / 1'000'000;
      timeout_ms = static_cast<int>(std::clamp<int64_t>(left_ms, 0, INT_MAX));
    }
    // Once the stop is known its event would only wake us for ever.
    const int ready = ::poll(items, deadline == 0 ? 2 : 1, timeout_ms);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0 || items[0].revents != 0) return Readiness::kWritable;  // write() names errors
    if (deadline == 0) return Readiness::kStopRequested;
    if (monotonic_now_ns() >= deadline) return Readiness::kLate;
  }
}

int64_t FdOutput::write_some(const char* bytes, size_t count) const {
  const size_t piece = std::min(count, largest_piece_ == 0 ? PIPE_BUF : largest_piece_);
  if (socket_) return ::send(fd_, bytes, piece, MSG_DONTWAIT | MSG_NOSIGNAL);
  return ::write(reopened_ ? reopened_.get() : fd_, bytes, piece);
}

Status FdOutput::failure(int error) {
  if (error == EPIPE) broken_pipe_.store(true, std::memory_order_relaxed);
  return errno_status(Code::kOutput, "write", name_, error);
}

Status FdOutput::stopped(bool whole) {
  cut_ = !whole;
  return {Code::kInterrupted, "writing " + name_ + " was stopped"};
}

}  // namespace pxq
