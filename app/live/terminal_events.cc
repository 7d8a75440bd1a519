#include "live/terminal_events.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "base/unique_fd.h"

namespace pxq {
namespace {

std::atomic<bool> size_changed{false};
std::atomic<bool> stop_wanted{false};
std::atomic<int> event_fd{-1};
struct sigaction found_resize {};
struct sigaction found_stop {};

void on_signal(int signal) {
  const int kept = errno;
  (signal == SIGWINCH ? size_changed : stop_wanted) = true;
  const uint64_t one = 1;
  if (write(event_fd, &one, sizeof one) < 0) size_changed = true;  // seen with the next key
  errno = kept;
}

void handle(int signal, struct sigaction* found) {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, found);
}

}  // namespace

TerminalEvents::TerminalEvents() {
  event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  handle(SIGWINCH, &found_resize);
  sigaction(SIGTSTP, nullptr, &found_stop);
  // Who ignores it for its children has no job control.
  if (found_stop.sa_handler != SIG_IGN) handle(SIGTSTP, nullptr);
}

TerminalEvents::~TerminalEvents() {
  sigaction(SIGWINCH, &found_resize, nullptr);
  sigaction(SIGTSTP, &found_stop, nullptr);
  close(event_fd.exchange(-1));
}

int TerminalEvents::fd() const { return event_fd; }

void TerminalEvents::clear() {
  uint64_t count = 0;
  if (read(event_fd, &count, sizeof count) < 0) return;
}

bool TerminalEvents::resized() { return size_changed.exchange(false); }

bool TerminalEvents::asked_to_stop() { return stop_wanted.exchange(false); }

void TerminalEvents::stop() {
  sigaction(SIGTSTP, &found_stop, nullptr);
  raise(SIGTSTP);
  handle(SIGTSTP, nullptr);
  size_changed = true;  // it may have another size by now
}

}  // namespace pxq
