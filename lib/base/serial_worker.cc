#include "base/serial_worker.h"

#include <system_error>
#include <utility>

namespace pxq {

SerialWorker::~SerialWorker() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  added_.notify_one();
  thread_.join();
}

void SerialWorker::start() try {
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
} catch (const std::system_error&) {
  // Without a thread the work is the same and takes the caller's time.
}

void SerialWorker::add(size_t bytes, std::function<void()> job) {
  if (!thread_.joinable()) return job();
  {
    std::unique_lock lock(mutex_);
    if (!jobs_.empty() && waiting_ + bytes > most_waiting_) {
      // Until half of it is done: waking for each job would cost more than many jobs take.
      done_.wait(lock, [&] { return waiting_ <= most_waiting_ / 2; });
    }
    jobs_.push_back({bytes, std::move(job)});
    waiting_ += bytes;
  }
  added_.notify_one();
}

void SerialWorker::drain() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return jobs_.empty(); });
}

void SerialWorker::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    added_.wait(lock, [&] { return leaving_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    {
      // The job goes before it counts as done: what it holds is free then.
      const std::function<void()> work = std::move(jobs_.front().work);
      lock.unlock();
      work();
    }
    lock.lock();
    waiting_ -= jobs_.front().bytes;
    jobs_.pop_front();
    if (waiting_ <= most_waiting_ / 2) done_.notify_one();
  }
}

}  // namespace pxq
