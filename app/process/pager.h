#pragma once

#include <sys/types.h>
#include <termios.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "base/status.h"
#include "base/unique_fd.h"

namespace pxq {

/// The program that people read long texts in, by $PXQ_PAGER, $PAGER, or less where there is none.
/// Empty: none is wanted, as an empty variable or `cat` says, or a terminal that cannot do much.
std::string pager_command();

/// The user has named it.
bool is_pager_chosen();

/// A pager that runs, has the keyboard, and is fed by a thread of ours: who writes need not wait
/// until its reader has read so far. Leaves the terminal as it was.
class Pager final {
 public:
  enum class End {
    kRead,    // its reader has left it, or it has shown all
    kBroken,  // it failed, was killed, or has never looked at what it was given
  };

  /// kUsage where there is no such program. It is ended when `stop` asks for that.
  static Result<std::unique_ptr<Pager>> start(const std::string& command, std::stop_token stop);
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;
  ~Pager();

  /// Gives it more. Waits only where it is very far behind.
  void put(std::string_view bytes);

  /// It has ended.
  bool gone() const { return gone_; }

  /// No more comes: waits until it has ended. Once.
  End finish();

 private:
  Pager(pid_t pid, UniqueFd input, UniqueFd read_end, std::stop_token stop);

  void feed();
  bool is_fed();
  void feed_some();
  int wait_for_end() const;
  void restore_terminal(bool killed) const;

  const pid_t pid_;
  const std::stop_token stop_;
  std::optional<termios> before_;  // the terminal, before the pager had it
  UniqueFd pidfd_;
  UniqueFd input_;
  UniqueFd read_end_;  // a copy of the pager's: tells what it has not read
  UniqueFd wake_;
  std::atomic<bool> gone_{false};
  std::mutex mutex_;
  std::condition_variable_any taken_;
  std::string pending_;
  size_t taken_of_pending_ = 0;  // of its beginning, written already
  uint64_t written_ = 0;         // to the pipe
  bool closing_ = false;         // nothing more comes
  bool finished_ = false;
  std::thread feeder_;  // last: it uses all of the above
};

}  // namespace pxq
