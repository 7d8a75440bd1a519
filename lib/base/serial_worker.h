#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace pxq {

/// Does jobs in the order in which they are added: at once, or, once it is started, on a thread of
/// its own. What waits is bounded by the bytes that jobs say they hold. One thread adds.
class SerialWorker {
 public:
  explicit SerialWorker(size_t most_waiting) : most_waiting_(most_waiting) {}
  SerialWorker(const SerialWorker&) = delete;
  SerialWorker& operator=(const SerialWorker&) = delete;
  /// Does what waits.
  ~SerialWorker();

  /// From now on jobs are done on another thread; where none is to be had, still at once.
  void start();

  /// Waits while jobs that hold more than the bound wait.
  void add(size_t bytes, std::function<void()> job);

  /// Waits until all jobs are done. What they did is seen by the caller.
  void drain();

 private:
  struct Job {
    size_t bytes;
    std::function<void()> work;
  };

  void work();

  const size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable added_;
  std::condition_variable done_;
  std::deque<Job> jobs_;  // the first is being done
  size_t waiting_ = 0;    // bytes of all of them
  bool leaving_ = false;
  std::thread thread_;  // last: it uses the members above
};

}  // namespace pxq
