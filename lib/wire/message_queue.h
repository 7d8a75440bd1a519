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
/// writer is bridged up to the bound, past it reading stops and the server feels it. A waiting
/// writer is woken for a quarter of a megabyte, not for each message, as waking costs more than a
/// small message does: the reader says hand_over() whenever nothing more is there to be read.
class MessageQueue {
 public:
  explicit MessageQueue(size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Waits for room. False: the queue was closed and the message is dropped.
  bool push(Message message) {
    std::unique_lock lock(mutex_);
    if (!has_room()) filled_.notify_one();
    room_.wait(lock, [&] { return closed_ || has_room(); });
    if (closed_) return false;
    bytes_ += size_of(message);
    messages_.push_back(std::move(message));
    const bool enough = bytes_ >= kWorthWaking;
    lock.unlock();
    if (enough) filled_.notify_one();
    return true;
  }

  /// Wakes a writer that waits although there are messages.
  void hand_over() { filled_.notify_one(); }

  /// Waits for a message. Nothing: the queue is closed and empty.
  std::optional<Message> pop() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return closed_ || !messages_.empty(); });
    if (messages_.empty()) return std::nullopt;
    Message message = std::move(messages_.front());
    messages_.pop_front();
    bytes_ -= size_of(message);
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
    return !has_room();
  }

 private:
  static constexpr size_t kWorthWaking = 256 * 1024;
  static constexpr size_t kOverhead = 512;  // of a message in memory, gRPC's part included

  static size_t size_of(const Message& message) { return message.bytes.size() + kOverhead; }
  bool has_room() const { return messages_.empty() || bytes_ < max_bytes_; }

  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable room_;
  std::deque<Message> messages_;
  size_t bytes_ = 0;
  size_t max_bytes_;
  bool closed_ = false;
};

}  // namespace pxq::wire
