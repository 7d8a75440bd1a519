#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace pxq::wire {

/// The bytes of one message, what keeps them alive, and when they came.
struct Message {
  std::string_view bytes;
  std::shared_ptr<const void> storage;
  TimePoint arrived = {};
};

/// Hands messages from the thread that reads to the one that writes. Bounded by bytes: a slow
/// writer is bridged up to the bound, past it reading stops and the server feels it.
class MessageQueue {
 public:
  explicit MessageQueue(size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Waits for room. False: the queue was closed and the message is dropped.
  bool push(Message message) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return closed_ || messages_.empty() || bytes_ < max_bytes_; });
    if (closed_) return false;
    bytes_ += message.bytes.size();
    messages_.push_back(std::move(message));
    lock.unlock();
    filled_.notify_one();
    return true;
  }

  /// Waits for a message. Nothing: the queue is closed and empty.
  std::optional<Message> pop() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return closed_ || !messages_.empty(); });
    if (messages_.empty()) return std::nullopt;
    Message message = std::move(messages_.front());
    messages_.pop_front();
    bytes_ -= message.bytes.size();
    lock.unlock();
    room_.notify_one();
    return message;
  }

  /// No more messages come; those in the queue are still handed out unless they are dropped.
  void close(bool drop_rest = false) {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      if (drop_rest) messages_.clear();
    }
    filled_.notify_all();
    room_.notify_all();
  }

  bool full() const {
    const std::lock_guard lock(mutex_);
    return !messages_.empty() && bytes_ >= max_bytes_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable room_;
  std::deque<Message> messages_;
  size_t bytes_ = 0;
  size_t max_bytes_;
  bool closed_ = false;
};

}  // namespace pxq::wire
