#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace pxq {

/// Brings a file to the disk while it still grows, in a thread of its own, so that the fsync at its
/// end has little left to wait for. A small file has no thread, and where none is to be had, or the
/// file system cannot sync, that fsync does it all. One thread uses it.
class EarlySync {
 public:
  /// `every`: how many bytes more are worth a sync. `fd` must outlive this.
  explicit EarlySync(int fd, uint64_t every = uint64_t{32} << 20);
  EarlySync(const EarlySync&) = delete;
  EarlySync& operator=(const EarlySync&) = delete;
  ~EarlySync();

  void grew_by(uint64_t bytes);

  /// Waits for the sync under way; none begins after it.
  void end();

  /// The errno of the sync that failed first, or 0. Linux tells a descriptor of a write that failed
  /// only once: what is said here the last fsync may not know.
  int failure() const;

 private:
  void start();
  void run();

  const int fd_;
  const uint64_t every_;
  uint64_t fresh_ = 0;  // since a sync was last asked for

  mutable std::mutex mutex_;
  std::condition_variable wanted_;
  bool asked_ = false;
  bool leaving_ = false;
  int failure_ = 0;
  std::thread thread_;  // last: it uses the members above
};

}  // namespace pxq
