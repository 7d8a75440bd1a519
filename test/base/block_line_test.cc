#include "base/block_line.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace pxq {
namespace {

/// Holds whoever comes until it is opened.
class Gate {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    held_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void await_somebody() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  bool open_ = false;
};

void in_brackets(std::string_view block, TextBuffer& to) {
  to.push_back('[');
  to.append(block);
  to.push_back(']');
}

/// A line of blocks of one byte whose helper stands still at "a"; tells what the caller turned.
struct HeldUp {
  explicit HeldUp(size_t most)
      : line(
            1, most, [this](std::string_view block, TextBuffer& to) { turn(block, to); },
            [this](std::string_view turned, bool) { taken += turned; }) {}

  void hold_helper() {
    line.get_help();
    line.add("a");
    line.flush();
    gate.await_somebody();
  }
  void turn(std::string_view block, TextBuffer& to) {
    if (std::this_thread::get_id() == caller) {
      turned_here += block;
    } else if (block == "a") {
      gate.wait();
    }
    to.append(block);
  }

  const std::thread::id caller = std::this_thread::get_id();
  Gate gate;
  std::string turned_here;
  std::string taken;
  BlockLine line;  // last: its thread uses the members above
};

TEST_CASE("blocks are of one size, but for those that a flush ends") {
  std::string taken;
  std::vector<bool> lasts;
  BlockLine line(3, 2, in_brackets, [&](std::string_view turned, bool last) {
    taken += turned;
    lasts.push_back(last);
  });
  line.add("abcd");
  line.add("ef");
  CHECK(taken == "[abc][def]");
  line.add("g");
  line.flush();
  CHECK(taken == "[abc][def][g]");
  line.add("hijklm");
  line.drain();
  CHECK(taken == "[abc][def][g][hij][klm]");
  // At the end of a block nothing is left to flush, and yet who takes them is told.
  CHECK(lasts == std::vector<bool>{false, false, true, false, false, true});
}

TEST_CASE("with help blocks keep their order, and all have been taken when drain() returns") {
  std::string taken;
  std::string wanted = "[##][#!]";
  BlockLine line(2, 3, in_brackets, [&](std::string_view turned, bool) { taken += turned; });
  line.add("###");
  line.get_help();
  line.add("!");
  for (int round = 0; round < 3; ++round) {
    for (int i = 10; i < 100; ++i) {
      const std::string block = std::to_string(i);
      line.add(block);
      wanted += '[' + block + ']';
      if (i % 7 == 0) line.flush();
    }
    line.drain();
    CHECK(taken == wanted);
  }
}

TEST_CASE("where the helper is held up, the caller does the work itself") {
  HeldUp held(3);
  held.hold_helper();
  held.line.add("bcd");  // where the flush's waits too, the newest is the caller's
  CHECK(held.turned_here.ends_with('d'));
  CHECK(held.taken.empty());
  std::thread other([&] { held.gate.open(); });
  held.line.drain();
  other.join();
  CHECK(held.taken == "abcd");
}

TEST_CASE("a caller that would wait turns what the helper has not begun, and only that") {
  HeldUp held(8);
  CHECK_FALSE(held.line.work());  // without help nothing waits
  held.hold_helper();
  held.line.add("bc");
  while (held.line.work()) {
  }
  CHECK(held.turned_here == "cb");
  held.gate.open();
  held.line.drain();
  CHECK(held.taken == "abc");
}

TEST_CASE("twice as many blocks as may wait are in memory, and then the caller waits") {
  Gate helper;
  Gate caller_late;
  const auto caller = std::this_thread::get_id();
  std::atomic<bool> first_taken = false;
  int early = 0;
  BlockLine line(
      1, 4,
      [&](std::string_view block, TextBuffer& to) {
        if (std::this_thread::get_id() != caller) {
          if (block == "a") helper.wait();
        } else if (!first_taken && ++early == 3) {
          // One is the helper's, four wait (the flush's is one), three are turned.
          caller_late.open();
        }
        to.append(block);
      },
      [&](std::string_view, bool) { first_taken = true; });
  line.get_help();
  line.add("a");
  line.flush();
  helper.await_somebody();
  std::thread other([&] {
    caller_late.wait();
    helper.open();
  });
  line.add(std::string(1000, 'x'));
  line.drain();
  other.join();
  CHECK(early == 3);
}

TEST_CASE("what was filled is handed on before the line goes") {
  std::string taken;
  {
    BlockLine line(1, 8, in_brackets, [&](std::string_view turned, bool) { taken += turned; });
    line.get_help();
    line.add("abcdef");
  }
  CHECK(taken == "[a][b][c][d][e][f]");
}

}  // namespace
}  // namespace pxq
