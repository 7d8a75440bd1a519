#include "local/snapshot/segment_line.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace pxq::local::snapshot {
namespace {

// Besides the newest ones, and those that the helper packs.
constexpr size_t kMostWaiting = size_t{16} << 20;
// What is packed in a few milliseconds needs no thread.
constexpr size_t kWorthThread = size_t{4} << 20;

}  // namespace

SegmentLine::SegmentLine(Packing packing, Take take) : packing_(packing), take_(std::move(take)) {
  if (packing_ == Packing::kAside) get_help();
}

SegmentLine::~SegmentLine() {
  if (!helper_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  added_.notify_one();
  helper_.join();
}

void SegmentLine::get_help() try {
  helper_ = std::thread([this] { help(); });
} catch (const std::system_error&) {
  // Without a thread the work is the same and takes the caller's time.
}

void SegmentLine::add(SegmentRows rows) {
  const bool worth_it = !helper_.joinable() && rows.bytes >= kWorthThread;
  if (worth_it && may_get_help(packing_)) get_help();
  auto work = std::make_unique<Work>();
  Work* const newest = work.get();
  newest->rows = std::move(rows);
  {
    Lock lock(mutex_);
    const bool too_many = !helper_.joinable() || waiting_bytes_ > kMostWaiting;
    waiting_bytes_ += newest->rows.bytes;
    line_.push_back(std::move(work));
    added_.notify_one();
    // This processor's cache still holds its rows.
    if (too_many && newest->state == Work::State::kWaiting) pack(*newest, lock);
  }
  hand_on();
}

void SegmentLine::keep() {
  {
    const std::lock_guard lock(mutex_);
    kept_ = line_.size();
  }
  hand_on();
}

void SegmentLine::drop() {
  Lock lock(mutex_);
  while (line_.size() > kept_) {
    Work& last = *line_.back();
    done_.wait(lock, [&last] { return last.state != Work::State::kBegun; });
    if (last.state == Work::State::kWaiting) waiting_bytes_ -= last.rows.bytes;
    line_.pop_back();
  }
}

void SegmentLine::finish() {
  {
    Lock lock(mutex_);
    kept_ = line_.size();
    while (Work* const next = oldest_waiting()) pack(*next, lock);
    const auto is_done = [](const auto& work) { return work->state == Work::State::kDone; };
    done_.wait(lock, [&] { return std::ranges::all_of(line_, is_done); });
  }
  hand_on();
}

size_t SegmentLine::unkept_bytes() {
  const std::lock_guard lock(mutex_);
  size_t bytes = 0;
  for (size_t i = kept_; i < line_.size(); ++i) {
    const Work& work = *line_[i];
    bytes += work.state == Work::State::kDone ? work.packed.bytes.size() : work.rows.bytes;
  }
  return bytes;
}

// REQUIRES: the mutex is held; here and below.
SegmentLine::Work* SegmentLine::oldest_waiting() {
  const auto found =
      std::ranges::find(line_, Work::State::kWaiting, [](auto& w) { return w->state; });
  return found == line_.end() ? nullptr : found->get();
}

// Lets go of the lock meanwhile.
void SegmentLine::pack(Work& work, Lock& lock) {
  work.state = Work::State::kBegun;
  waiting_bytes_ -= work.rows.bytes;
  lock.unlock();
  work.packed = pack_segment(work.rows);
  work.rows.batches = {};  // their memory is many times what they became
  lock.lock();
  work.state = Work::State::kDone;
  done_.notify_one();
}

void SegmentLine::hand_on() {
  std::vector<std::unique_ptr<Work>> done;
  {
    const std::lock_guard lock(mutex_);
    while (kept_ > 0 && line_.front()->state == Work::State::kDone) {
      done.push_back(std::move(line_.front()));
      line_.pop_front();
      --kept_;
    }
  }
  for (auto& work : done) take_(std::move(work->packed));
}

void SegmentLine::help() {
  Lock lock(mutex_);
  while (true) {
    Work* next = nullptr;
    added_.wait(lock, [&] { return leaving_ || (next = oldest_waiting()) != nullptr; });
    if (leaving_) return;
    pack(*next, lock);
  }
}

}  // namespace pxq::local::snapshot
