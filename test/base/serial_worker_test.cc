#include "base/serial_worker.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace pxq {
namespace {

/// Holds whoever comes until it is opened.
class Gate {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    ++held_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void await_somebody() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_ != 0; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int held_ = 0;
  bool open_ = false;
};

TEST_CASE("jobs are done in order, on the caller's thread until the worker is started") {
  SerialWorker worker(100);
  std::vector<int> done;
  std::thread::id first;
  std::thread::id last;
  worker.add(1, [&] { first = std::this_thread::get_id(); });
  CHECK(first == std::this_thread::get_id());
  worker.start();
  for (int i = 0; i < 1000; ++i) worker.add(1, [&done, i] { done.push_back(i); });
  worker.add(1, [&] { last = std::this_thread::get_id(); });
  worker.drain();
  CHECK(last != std::this_thread::get_id());
  REQUIRE(done.size() == 1000);
  for (int i = 0; i < 1000; ++i) CHECK(done[static_cast<size_t>(i)] == i);
}

TEST_CASE("who adds more than may wait waits for the worker, and one job may be of any size") {
  Gate gate;
  SerialWorker worker(10);
  worker.start();
  worker.add(1000, [&] { gate.wait(); });
  gate.await_somebody();
  std::atomic<bool> added = false;
  std::thread other([&] {
    worker.add(4, [] {});
    added = true;
  });
  CHECK_FALSE(added);
  gate.open();
  other.join();
  CHECK(added);
  worker.drain();
}

TEST_CASE("a job's possessions go before it counts as done") {
  SerialWorker worker(10);
  worker.start();
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> left = held;
  worker.add(1, [held = std::move(held)] {});
  worker.drain();
  CHECK(left.expired());
}

TEST_CASE("what waits is done before the worker goes") {
  std::atomic<int> done = 0;
  {
    SerialWorker worker(1 << 20);
    worker.start();
    for (int i = 0; i < 100; ++i) worker.add(1, [&] { ++done; });
  }
  CHECK(done == 100);
}

}  // namespace
}  // namespace pxq
