#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "base/clock.h"

namespace pxq::wire {

/// One message as gRPC delivered it, in as many pieces as it came in.
struct Arrival {
  std::unique_ptr<grpc::ByteBuffer> pieces;
  TimePoint time = {};
};

/// Hands messages from the thread that reads to the one that writes. Bounded by bytes: a slow
/// writer is bridged up to the bound, past it reading stops and the server feels it.
///
/// While the writer keeps up, little is read ahead of it, so that it finds messages still in the
/// processor's cache; and it is woken for a quarter of a megabyte rather than for each message, as
/// waking costs more than a small message does: the reader says hand_over() whenever nothing more
/// is there to be read.
class MessageQueue {
 public:
  explicit MessageQueue(size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Waits for room. False: the queue was closed and the message is dropped.
  bool push(Arrival message) {
    std::unique_lock lock(mutex_);
    if (bytes_ >= kReadAhead && !writer_is_slow_) {
      writer_is_slow_ = !wait_for_room(lock, kReadAhead / 4, kPatience);
    }
    if (!has_room()) wait_for_room(lock, max_bytes_, std::nullopt);
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

  /// Waits for a message or the end; false when neither came within `patience`.
  bool wait_for(Duration patience) {
    std::unique_lock lock(mutex_);
    return filled_.wait_for(lock, patience, [&] { return closed_ || !messages_.empty(); });
  }

  /// Waits for a message. Nothing: the queue is closed and empty.
  std::optional<Arrival> pop() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return closed_ || !messages_.empty(); });
    if (messages_.empty()) return std::nullopt;
    Arrival message = std::move(messages_.front());
    messages_.pop_front();
    bytes_ -= size_of(message);
    if (messages_.empty()) writer_is_slow_ = false;
    const bool wake = is_below(awaited_);
    lock.unlock();
    if (wake) room_.notify_one();
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
  static constexpr size_t kWorthWaking = 256u << 10;
  static constexpr size_t kReadAhead = 512u << 10;
  static constexpr std::chrono::milliseconds kPatience{10};
  static constexpr size_t kOverhead = 512;  // of a message in memory, gRPC's part included

  static size_t size_of(const Arrival& message) { return message.pieces->Length() + kOverhead; }
  bool has_room() const { return is_below(max_bytes_); }
  bool is_below(size_t bytes) const { return messages_.empty() || bytes_ < bytes; }

  // Until fewer than `bytes` are there; false: patience ended first.
  bool wait_for_room(std::unique_lock<std::mutex>& lock, size_t bytes,
                     std::optional<std::chrono::milliseconds> patience) {
    filled_.notify_one();
    awaited_ = bytes;
    const auto done = [&] { return closed_ || is_below(bytes); };
    if (patience) return room_.wait_for(lock, *patience, done);
    room_.wait(lock, done);
    return true;
  }

  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable room_;
  std::deque<Arrival> messages_;
  size_t bytes_ = 0;
  size_t awaited_ = 0;           // what the reader waits for
  bool writer_is_slow_ = false;  // so reading ahead is what helps
  size_t max_bytes_;
  bool closed_ = false;
};

}  // namespace pxq::wire
