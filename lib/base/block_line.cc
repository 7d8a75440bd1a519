#include "base/block_line.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace pxq {
namespace {

// To wake the helper for each block would cost more than it saves.
constexpr size_t kWorthWaking = 4;

}  // namespace

BlockLine::BlockLine(size_t block_size, size_t most, Turn turn, Take take)
    : block_size_(block_size),
      most_(std::max<size_t>(most, 1)),
      turn_(std::move(turn)),
      take_(std::move(take)) {}

BlockLine::~BlockLine() {
  if (!helper_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  added_.notify_one();
  helper_.join();
}

void BlockLine::get_help() try {
  if (!helper_.joinable()) helper_ = std::thread([this] { help(); });
} catch (const std::system_error&) {
  // Without a thread the work is the same and takes the caller's time.
}

void BlockLine::add(std::string_view bytes) {
  while (!bytes.empty()) {
    TextBuffer& block = filling_->bytes;
    const std::string_view piece = bytes.substr(0, block_size_ - block.size());
    // All room at once: a buffer that grows as it fills would be copied on its way.
    if (block.empty()) block.reserve(block_size_);
    block.append(piece);
    bytes.remove_prefix(piece.size());
    if (block.size() == block_size_) end_block(/*last=*/false);
  }
}

void BlockLine::flush() { end_block(/*last=*/true); }

bool BlockLine::work() {
  if (!helper_.joinable()) return false;
  Lock lock(mutex_);
  if (waiting_.empty()) return false;
  turn_newest(lock);
  return true;
}

void BlockLine::drain() {
  end_block(/*last=*/true);
  Lock lock(mutex_);
  while (!waiting_.empty()) {
    Block* const next = waiting_.front();
    waiting_.pop_front();
    turn(*next, lock);
  }
  handed_on_.wait(lock, [&] { return line_.empty() && !handing_on_; });
}

void BlockLine::end_block(bool last) {
  if (helper_.joinable()) return line_up(last);
  Block& block = *filling_;
  if (!block.bytes.empty()) turn_(block.bytes.view(), block.turned);
  take_(block.turned.view(), last);
  block.bytes.clear();
  block.turned.clear();
}

void BlockLine::line_up(bool last) {
  Lock lock(mutex_);
  filling_->last = last;
  waiting_.push_back(filling_.get());
  line_.push_back(std::move(filling_));
  if (last || waiting_.size() >= std::min(kWorthWaking, most_)) added_.notify_one();
  if (waiting_.size() > most_) turn_newest(lock);
  // The helper has begun the oldest one and was put aside with it.
  handed_on_.wait(lock, [&] { return line_.size() < 2 * most_; });
  if (free_.empty()) {
    filling_ = std::make_unique<Block>();
    return;
  }
  filling_ = std::move(free_.back());
  free_.pop_back();
}

// Lets go of the lock meanwhile.
void BlockLine::turn(Block& block, Lock& lock) {
  lock.unlock();
  if (!block.bytes.empty()) turn_(block.bytes.view(), block.turned);
  lock.lock();
  block.done = true;
  hand_on(lock);
}

// The caller's part: its processor's cache still holds that one.
void BlockLine::turn_newest(Lock& lock) {
  Block* const newest = waiting_.back();
  waiting_.pop_back();
  turn(*newest, lock);
}

// Whoever finds the first ones done hands them on, without the lock.
void BlockLine::hand_on(Lock& lock) {
  if (handing_on_) return;  // and that one goes on with these
  handing_on_ = true;
  while (!line_.empty() && line_.front()->done) {
    std::unique_ptr<Block> first = std::move(line_.front());
    line_.pop_front();
    lock.unlock();
    take_(first->turned.view(), first->last);
    first->bytes.clear();
    first->turned.clear();
    first->done = false;
    lock.lock();
    free_.push_back(std::move(first));
  }
  handing_on_ = false;
  handed_on_.notify_one();
}

void BlockLine::help() {
  Lock lock(mutex_);
  while (true) {
    added_.wait(lock, [&] { return leaving_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Block* const oldest = waiting_.front();
    waiting_.pop_front();
    turn(*oldest, lock);
  }
}

}  // namespace pxq
