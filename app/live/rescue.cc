#include "live/rescue.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <iterator>

namespace pxq {
namespace {

// All of these end a process that does not handle them. Those that Signals handles are not here.
constexpr int kEnding[] = {SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,  SIGABRT, SIGSYS,    SIGTRAP,
                           SIGQUIT, SIGXCPU, SIGALRM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF};
constexpr size_t kMostReset = 512;
constexpr size_t kStackSize = 64 << 10;

// A handler can use nothing that is made anew or taken apart.
std::atomic<bool> armed{false};
int terminal = -1;
termios found_modes{};
std::array<char, kMostReset> bytes_to_reset{};
size_t reset_size = 0;
std::array<struct sigaction, std::size(kEnding)> found_actions{};
std::array<char, kStackSize> handler_stack{};
stack_t found_stack{};

// The signal comes again, to whoever had handled it before: a fault by itself, and with its place.
void on_end(int signal, siginfo_t* info, void*) {
  const int kept = errno;
  Rescue::act();
  // Whoever handles abort() of this process is not meant by kill -ABRT of another.
  struct sigaction standard {};
  const bool from_outside = info->si_code <= 0 && info->si_pid != getpid();
  for (size_t i = 0; i < std::size(kEnding); ++i) {
    if (kEnding[i] != signal) continue;
    sigaction(signal, from_outside ? &standard : &found_actions[i], nullptr);
  }
  errno = kept;
  const bool fault = signal == SIGSEGV || signal == SIGBUS;
  if (!fault || info->si_code <= 0) raise(signal);
}

}  // namespace

Rescue::Rescue(int fd, const termios& modes, const std::string& reset) {
  terminal = fd;
  found_modes = modes;
  reset_size = std::min(reset.size(), kMostReset);
  std::copy_n(reset.begin(), reset_size, bytes_to_reset.begin());
  armed = true;
  // A stack that has run over is no place for a handler.
  stack_t stack{};
  stack.ss_sp = handler_stack.data();
  stack.ss_size = handler_stack.size();
  sigaltstack(&stack, &found_stack);
  for (size_t i = 0; i < std::size(kEnding); ++i) {
    sigaction(kEnding[i], nullptr, &found_actions[i]);
    if (found_actions[i].sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_sigaction = on_end;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigaction(kEnding[i], &action, nullptr);
  }
}

Rescue::~Rescue() {
  armed = false;
  for (size_t i = 0; i < std::size(kEnding); ++i) {
    sigaction(kEnding[i], &found_actions[i], nullptr);
  }
  sigaltstack(&found_stack, nullptr);
}

void Rescue::act() {
  if (!armed.exchange(false)) return;
  const char* next = bytes_to_reset.data();
  for (size_t left = reset_size; left > 0;) {
    const ssize_t written = write(terminal, next, left);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    next += written;
    left -= static_cast<size_t>(written);
  }
  tcsetattr(terminal, TCSANOW, &found_modes);
}

void Rescue::rest() { armed = false; }

void Rescue::wake() { armed = true; }

}  // namespace pxq
