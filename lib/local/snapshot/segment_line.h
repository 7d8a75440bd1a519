#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/packing.h"
#include "local/snapshot/packed_segment.h"

namespace pxq::local::snapshot {

/// Packs segments, on the caller's thread or, where there is a processor to spare and much to pack,
/// by the help of another one, and hands them on in the order in which they were added: so what is
/// made of rows does not depend on threads. What was added is handed on once it is kept. One thread
/// adds, and it alone is handed segments.
class SegmentLine {
 public:
  using Take = std::function<void(PackedSegment&& segment)>;

  SegmentLine(Packing packing, Take take);
  SegmentLine(const SegmentLine&) = delete;
  SegmentLine& operator=(const SegmentLine&) = delete;
  /// What was not handed on goes with it.
  ~SegmentLine();

  /// REQUIRES: no batch is empty. Waits, or packs, where too many rows wait.
  void add(SegmentRows rows);
  /// What was added so far will be handed on.
  void keep();
  /// What was added since then will not.
  void drop();
  /// Keeps all, and waits until it is handed on.
  void finish();

  /// What is added but not kept, in bytes of memory.
  size_t unkept_bytes();

 private:
  struct Work {
    SegmentRows rows;
    PackedSegment packed;
    enum class State { kWaiting, kBegun, kDone } state = State::kWaiting;
  };
  using Lock = std::unique_lock<std::mutex>;

  void get_help();
  void help();
  Work* oldest_waiting();
  void pack(Work& work, Lock& lock);
  void hand_on();

  const Packing packing_;
  const Take take_;

  std::mutex mutex_;
  std::condition_variable added_;
  std::condition_variable done_;
  std::deque<std::unique_ptr<Work>> line_;  // all that are not handed on yet, in order
  size_t kept_ = 0;                         // of these, from the front
  size_t waiting_bytes_ = 0;                // of rows that nobody packs yet
  bool leaving_ = false;
  std::thread helper_;  // last: it uses the members above
};

}  // namespace pxq::local::snapshot
