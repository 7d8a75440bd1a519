#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "output/output_host.h"

namespace pxq {

/// Turns SIGINT, SIGTERM, SIGHUP and a reader that went away into one stop request, and sees to it
/// that the process ends within two seconds of it, whatever hangs. Make it before any other thread:
/// it blocks the signals for all of them. std::system_error where the system gives no descriptors
/// or no thread for it. A signal that the parent chose to ignore stays ignored (nohup). A second
/// signal ends the process at once.
class Signals final : public OutputHost {
 public:
  Signals();
  ~Signals() override;

  std::stop_token token() const { return stop_.get_token(); }
  std::stop_token stop() const override { return token(); }

  /// The signal by which to die; 0 while there is none.
  int fatal_signal() const { return fatal_; }

  /// Who is meant by Ctrl-C. A pager has it whoever else does, and knows what to do with it.
  enum class Keys {
    kOurs,
    kToPager,       // the run ends, and the process waits for its pager
    kToPagerAlone,  // there is no run any more
  };
  void give_keys(Keys keys);

  /// The process is to end now, and whatever it has started with it.
  std::stop_token end_token() const { return end_.get_token(); }

  /// Ends the run as if `signal` had come.
  void raise(int signal);

  /// Takes the end of the reader of `fd` (a pipe or socket) for a SIGPIPE, also while nothing is
  /// being written. -1 stops watching.
  void watch_reader(int fd) override;
  void reader_left() override;

  /// What is done just before a signal ends the process; nullptr: nothing. It is called from any
  /// thread, and may be while others run on.
  void set_last_act(void (*act)()) { last_act_ = act; }

  /// Ends the process by fatal_signal(), so that a shell sees 128 + its number.
  [[noreturn]] void die();

 private:
  static constexpr Duration kGrace = std::chrono::milliseconds(1700);

  void watch();
  void on_signal();

  std::stop_source stop_;
  std::stop_source end_;
  std::atomic<Keys> keys_{Keys::kOurs};
  std::atomic<int> fatal_{0};
  std::atomic<int> reader_fd_{-1};
  std::atomic<void (*)()> last_act_{nullptr};
  UniqueFd signal_fd_;
  UniqueFd wake_fd_;
  std::atomic<bool> done_{false};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pxq
