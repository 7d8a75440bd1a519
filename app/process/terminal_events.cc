#include "process/terminal_events.h"

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
std::atomic<bool> continued{false};
std::atomic<int> event_fd{-1};
struct sigaction found_resize {};
struct sigaction found_stop {};
struct sigaction found_continue {};

void on_signal(int signal) {
  const int kept = errno;
  (signal == SIGWINCH ? size_changed : signal == SIGCONT ? continued : stop_wanted) = true;
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

TerminalEvents::TerminalEvents(Heard heard) {
  event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  handle(SIGWINCH, &found_resize);
  handle(SIGCONT, &found_continue);
  sigaction(SIGTSTP, nullptr, &found_stop);
  // Who ignores it for its children has no job control.
  if (heard == Heard::kSizeAndStop && found_stop.sa_handler != SIG_IGN) handle(SIGTSTP, nullptr);
}

TerminalEvents::~TerminalEvents() {
  sigaction(SIGWINCH, &found_resize, nullptr);
  sigaction(SIGCONT, &found_continue, nullptr);
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

bool TerminalEvents::came_back() { return continued.exchange(false); }

void TerminalEvents::stop() {
  sigaction(SIGTSTP, &found_stop, nullptr);
  raise(SIGTSTP);
  handle(SIGTSTP, nullptr);
  size_changed = true;  // it may have another size by now
}

}  // namespace pxq
