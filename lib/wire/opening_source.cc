#include "wire/opening_source.h"

#include <algorithm>
#include <system_error>

#include "base/cores.h"
#include "wire/decoder.h"
#include "wire/stream_end.h"

namespace pxq::wire {
namespace {

constexpr int kMostHelpers = 3;
// Of a batch that is opened before its turn: servers send about one megabyte at a time, and what
// waits must not take much however large they make their batches.
constexpr size_t kLargestAhead = 4u << 20;
// Of encrypted messages that wait, beside the first.
constexpr size_t kMostSealed = 4u << 20;

}  // namespace

int OpeningSource::free_helpers() { return std::min(usable_cores() - 1, kMostHelpers); }

OpeningSource::OpeningSource(MessageSource& source, const Envelope& envelope, size_t max_bytes,
                             int helpers)
    : source_(source),
      envelope_(envelope),
      max_bytes_(max_bytes),
      most_helpers_(static_cast<size_t>(std::max(helpers, 0))) {}

OpeningSource::~OpeningSource() {
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  work_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

StreamEnd OpeningSource::finish() { return source_.finish(); }

std::optional<Message> OpeningSource::next() {
  take_ready();
  std::unique_lock lock(mutex_);
  if (ahead_.empty()) {
    lock.unlock();
    if (ended_) return std::nullopt;
    std::optional<Message> message = source_.next();
    if (!message) return std::nullopt;
    lock.lock();
    ahead_.push_back(std::make_shared<Task>(Task{*std::move(message)}));
  }
  open_first(lock);
  Message first = std::move(ahead_.front()->message);
  ahead_.pop_front();
  return first;
}

// Only what is there: to wait for more would hold up what came already.
void OpeningSource::take_ready() {
  while (!ended_ && has_room() && source_.ready()) {
    std::optional<Message> message = source_.next();
    if (!message) {
      ended_ = true;
      return;
    }
    size_t waiting = 0;
    {
      const std::lock_guard lock(mutex_);
      ahead_.push_back(std::make_shared<Task>(Task{*std::move(message)}));
      waiting = ahead_.size();
    }
    // The first is opened by the reader, who needs it now: a short answer starts no thread.
    if (waiting > 1) start_helpers();
    work_.notify_one();
  }
}

// Only the reader adds and takes messages, so it may look without the lock.
bool OpeningSource::has_room() const {
  if (ahead_.empty()) return true;
  size_t sealed = 0;
  for (const auto& task : ahead_) sealed += task->message.bytes.size();
  return ahead_.size() <= 2 * most_helpers_ && sealed < kMostSealed;
}

void OpeningSource::start_helpers() try {
  while (helpers_.size() < most_helpers_) {
    helpers_.emplace_back([this] { help(); });
  }
} catch (const std::system_error&) {
  // No more threads are to be had; those that run, or the reader alone, do the same work.
}

std::shared_ptr<OpeningSource::Task> OpeningSource::waiting_task() const {
  const auto found = std::find_if(ahead_.begin(), ahead_.end(),
                                  [](const auto& task) { return task->state == State::kWaiting; });
  return found == ahead_.end() ? nullptr : *found;
}

void OpeningSource::help() {
  std::unique_lock lock(mutex_);
  while (true) {
    std::shared_ptr<Task> task;
    work_.wait(lock, [&] { return leaving_ || (task = waiting_task()) != nullptr; });
    if (leaving_) return;
    open(*task, std::min(max_bytes_, kLargestAhead), lock);
    done_.notify_one();
  }
}

// While a helper is at the first one, the reader opens others rather than sleep.
void OpeningSource::open_first(std::unique_lock<std::mutex>& lock) {
  const std::shared_ptr<Task> first = ahead_.front();
  while (first->state == State::kTaken) {
    if (const std::shared_ptr<Task> other = waiting_task()) {
      open(*other, std::min(max_bytes_, kLargestAhead), lock);
    } else {
      done_.wait(lock, [&] { return first->state != State::kTaken; });
    }
  }
  if (first->state != State::kOpened) open(*first, max_bytes_, lock);
}

void OpeningSource::open(Task& task, size_t max_bytes, std::unique_lock<std::mutex>& lock) {
  task.state = State::kTaken;
  lock.unlock();
  State state = State::kOpened;
  if (const std::optional<Bytes> sealed = find_encrypted_batch(task.message.bytes)) {
    auto opened =
        std::make_shared<const Result<Opened>>(envelope_.open(sealed->whole(), max_bytes));
    if (max_bytes < max_bytes_ && opened->status().code() == Code::kLimit) {
      state = State::kTooLarge;
    } else {
      task.message.opened = std::move(opened);
    }
  }
  lock.lock();
  task.state = state;
}

}  // namespace pxq::wire
