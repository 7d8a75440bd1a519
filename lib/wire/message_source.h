#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/status.h"
#include "wire/bytes.h"
#include "wire/envelope.h"

namespace pxq::wire {

/// The bytes of one message, what keeps them alive, and when they came.
struct Message {
  Bytes bytes;
  std::shared_ptr<const void> storage;
  TimePoint arrived = {};
  /// Of a message with encrypted rows from an OpeningSource: those rows, or why there are none.
  std::shared_ptr<const Result<Opened>> opened = {};
};

struct StreamEnd;  // wire/stream_end.h, which brings gRPC's headers

/// How often whoever waits for a message, or reads many, lets others know that time passes.
inline constexpr Duration kTick = std::chrono::milliseconds(100);

/// Where the messages of a run come from: a call, or a recording of one. One thread.
class MessageSource {
 public:
  MessageSource() = default;
  MessageSource(const MessageSource&) = delete;
  MessageSource& operator=(const MessageSource&) = delete;
  virtual ~MessageSource() = default;

  /// Waits for the next message; nothing once the stream has ended.
  virtual std::optional<Message> next() = 0;

  /// Whether next() would not wait. A source that cannot tell says no.
  virtual bool ready() { return false; }

  /// Why the run must not go on although messages come, such as a recording of them that cannot be
  /// written; asked once per message.
  virtual const Status& status() const { return fine_; }

  /// While next() waits for a message, `told` is called about ten times a second, by the thread
  /// that waits. A source that never waits for long need not call it.
  virtual void while_waiting(std::function<void()> /*told*/) {}

  /// No more messages are wanted; those still under way are dropped.
  virtual void cancel() = 0;

  /// Waits for the end. REQUIRES: next() gave nothing, or cancel() was called.
  virtual StreamEnd finish() = 0;

 private:
  const Status fine_ = {};
};

}  // namespace pxq::wire
