#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "base/text_buffer.h"

namespace pxq {

/// Turns blocks of bytes into others and hands these on in the order of the first: on the caller's
/// thread, or, once a helper is there, by both. The helper takes the oldest block that waits; the
/// caller works only where too many wait, on the block that it has just filled. So neither waits
/// for the other while there is work, whichever of them the machine favours. One thread adds.
class BlockLine {
 public:
  /// Appends what a block becomes. By either thread, also by both at once.
  using Turn = std::function<void(std::string_view block, TextBuffer& to)>;
  /// Takes the next ones. By either thread, never by both at once; `last`: flush() or drain() were
  /// called behind them.
  using Take = std::function<void(std::string_view turned, bool last)>;

  /// `most`: of blocks that wait. Twice as many are in memory at once.
  BlockLine(size_t block_size, size_t most, Turn turn, Take take);
  BlockLine(const BlockLine&) = delete;
  BlockLine& operator=(const BlockLine&) = delete;
  /// Hands on the blocks that were filled or flushed.
  ~BlockLine();

  /// From now on another thread helps; where none is to be had, all goes on as before.
  void get_help();

  /// Adds to the block that is being filled.
  void add(std::string_view bytes);

  /// For a caller that has nothing else to do: works on a block that waits. False: none does.
  bool work();

  /// Ends the block that is being filled. What was added is handed on soon.
  void flush();

  /// The same, and waits until all is handed on. What that did is seen by the caller.
  void drain();

 private:
  struct Block {
    TextBuffer bytes;
    TextBuffer turned;
    bool done = false;
    bool last = false;
  };
  using Lock = std::unique_lock<std::mutex>;

  void end_block(bool last);
  void line_up(bool last);
  void turn(Block& block, Lock& lock);
  void turn_newest(Lock& lock);
  void hand_on(Lock& lock);
  void help();

  const size_t block_size_;
  const size_t most_;
  const Turn turn_;
  const Take take_;
  std::unique_ptr<Block> filling_ = std::make_unique<Block>();

  std::mutex mutex_;
  std::condition_variable added_;
  std::condition_variable handed_on_;
  std::deque<std::unique_ptr<Block>> line_;  // all that are not handed on yet, in order
  std::deque<Block*> waiting_;               // of them, those that nobody has begun
  std::vector<std::unique_ptr<Block>> free_;
  bool handing_on_ = false;
  bool leaving_ = false;
  std::thread helper_;  // last: it uses the members above
};

}  // namespace pxq
