#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "wire/envelope.h"
#include "wire/message_source.h"

namespace pxq::wire {

/// A source whose encrypted rows are opened as they are taken: by threads of its own, ahead of
/// whoever reads, where there are processors for them, and on the reader's thread else. Messages
/// and what could not be opened come in the order of the stream. What waits is bounded: a few
/// messages, each of which takes little; the reader opens larger ones itself. `source` and
/// `envelope` outlive it.
class OpeningSource final : public MessageSource {
 public:
  /// What opens to more than `max_bytes` is refused. `helpers`: how many threads may open ahead.
  OpeningSource(MessageSource& source, const Envelope& envelope, size_t max_bytes,
                int helpers = free_helpers());
  /// Waits for what is being opened, and drops the rest.
  ~OpeningSource() override;

  std::optional<Message> next() override;
  bool ready() override { return !ahead_.empty() || source_.ready(); }
  const Status& status() const override { return source_.status(); }
  void while_waiting(std::function<void()> told) override {
    source_.while_waiting(std::move(told));
  }
  void cancel() override { source_.cancel(); }
  StreamEnd finish() override;

  /// As many as there are processors beside the reader's, up to the number that more of them did
  /// not make faster.
  static int free_helpers();

 private:
  enum class State { kWaiting, kTaken, kOpened, kTooLarge };
  struct Task {
    Message message;
    State state = State::kWaiting;
  };

  void take_ready();
  void start_helpers();
  void help();
  std::shared_ptr<Task> waiting_task() const;
  void open_first(std::unique_lock<std::mutex>& lock);
  void open(Task& task, size_t max_bytes, std::unique_lock<std::mutex>& lock);
  bool has_room() const;

  MessageSource& source_;
  const Envelope& envelope_;
  const size_t max_bytes_;
  const size_t most_helpers_;
  bool ended_ = false;

  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable done_;
  std::deque<std::shared_ptr<Task>> ahead_;  // in the order of the stream; changed by the reader
  bool leaving_ = false;
  std::vector<std::thread> helpers_;  // last: they use the members above
};

}  // namespace pxq::wire
