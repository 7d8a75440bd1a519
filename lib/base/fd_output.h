#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/output.h"
#include "base/unique_fd.h"

namespace pxq {

/// An Output over an open descriptor that somebody else owns, normally stdout. EINTR, short writes
/// and non-blocking descriptors are dealt with here; failures are kOutput with errno's text. A
/// reader that does not read makes write() wait, but never past a stop: a pipe or terminal is
/// reopened as a description of its own, so that O_NONBLOCK reaches nobody who shares the old one.
/// SIGPIPE must be ignored by the process, and SIGXFSZ too for the size limit to be an error.
class FdOutput final : public Output {
 public:
  /// `name` is how messages call the destination.
  FdOutput(int fd, std::string name);
  ~FdOutput() override;

  /// From any thread or signal handler, once: the record that is partly written may be finished
  /// within `grace`, everything after it is dropped and status() becomes kInterrupted.
  void request_stop(Duration grace) noexcept;

  /// Nobody reads the pipe any more; `status()` is kOutput with "Broken pipe".
  bool broken_pipe() const { return broken_pipe_.load(std::memory_order_relaxed); }

  /// A stop came so late, or the reader was so slow, that the last record out is not whole.
  bool cut() const { return cut_; }

  /// Whether the reader has gone, asked of the kernel now: finds it also while nothing is written.
  /// From any thread.
  bool reader_gone() const;

  /// Flushes, and brings out what only close() reports on network file systems. The descriptor
  /// stays open.
  Status finish();

 protected:
  Status write(std::string_view bytes) override;

 private:
  enum class Readiness { kWritable, kStopRequested, kLate };

  bool stop_requested() const { return stop_deadline_ns_.load(std::memory_order_acquire) != 0; }
  size_t next_record_end(size_t written) const;
  Readiness wait_until_writable() const;
  int64_t write_some(const char* bytes, size_t count) const;
  Status failure(int error);
  Status stopped(bool whole);

  int fd_;
  std::string name_;
  UniqueFd reopened_;    // our own non-blocking description of the same pipe or terminal
  UniqueFd stop_event_;  // readable once a stop is requested
  bool socket_ = false;
  bool may_block_ = false;  // not a regular file: poll before each write
  size_t largest_piece_ = 0;
  std::atomic<int64_t> stop_deadline_ns_{0};  // on the monotonic clock; 0: no stop
  std::atomic<bool> broken_pipe_{false};
  bool cut_ = false;
};

}  // namespace pxq
