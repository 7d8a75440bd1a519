#include "process/signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <system_error>
#include <utility>

namespace pxq {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  sigaction(signal, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(signal)) sigaddset(&set, signal);
  }
  return set;
}

void wake(int fd) {
  const uint64_t one = 1;
  while (write(fd, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

}  // namespace

Signals::Signals() {
  std::signal(SIGPIPE, SIG_IGN);  // a write's EPIPE says the same, at a place that can clean up
  std::signal(SIGXFSZ, SIG_IGN);  // likewise EFBIG
  const sigset_t set = handled_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal_fd_.reset(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  wake_fd_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  // Without them nothing could end the process but SIGKILL.
  if (!signal_fd_ || !wake_fd_) throw std::system_error(errno, std::generic_category(), "signalfd");
  thread_ = std::thread([this] { watch(); });
}

Signals::~Signals() {
  done_ = true;
  wake(wake_fd_.get());
  thread_.join();
}

void Signals::raise(int signal) {
  int none = 0;
  fatal_.compare_exchange_strong(none, signal);
  stop_.request_stop();
  wake(wake_fd_.get());
}

void Signals::give_keys(Keys keys) {
  keys_ = keys;
  wake(wake_fd_.get());
}

void Signals::reader_left() { raise(SIGPIPE); }

void Signals::watch_reader(int fd) {
  reader_fd_ = fd;
  wake(wake_fd_.get());
}

void Signals::watch() {
  TimePoint deadline = TimePoint::max();
  while (!done_) {
    // A descriptor of -1 is passed over; no events asked: POLLERR and POLLHUP come anyway.
    pollfd fds[] = {{signal_fd_.get(), POLLIN, 0},
                    {wake_fd_.get(), POLLIN, 0},
                    {stop_.stop_requested() ? -1 : reader_fd_.load(), 0, 0}};
    int wait_ms = -1;
    if (deadline != TimePoint::max()) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - MonotonicClock::now());
      wait_ms = static_cast<int>(std::max<int64_t>(0, left.count()));
    }
    if (poll(fds, std::size(fds), wait_ms) == 0) die();
    uint64_t count = 0;
    if (fds[1].revents != 0 && read(wake_fd_.get(), &count, sizeof count) < 0) count = 0;
    if (fds[0].revents != 0) on_signal();
    if ((fds[2].revents & (POLLERR | POLLHUP)) != 0) raise(SIGPIPE);
    const bool ends = keys_ == Keys::kOurs || end_.stop_requested();
    if (stop_.stop_requested() && ends && deadline == TimePoint::max()) {
      deadline = MonotonicClock::now() + kGrace;
    }
  }
}

void Signals::on_signal() {
  signalfd_siginfo info{};
  while (read(signal_fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    const int signal = static_cast<int>(info.ssi_signo);
    const bool of_pager = signal == SIGINT && keys_ != Keys::kOurs;
    if (of_pager && keys_ == Keys::kToPager) raise(signal);
    if (of_pager) continue;
    if (end_.stop_requested() || (fatal_ != 0 && fatal_ != SIGPIPE && keys_ == Keys::kOurs)) die();
    end_.request_stop();
    raise(signal);
  }
}

void Signals::die() {
  const int signal = fatal_ != 0 ? fatal_.load() : SIGTERM;
  if (void (*const act)() = last_act_.load(); act != nullptr) act();
  std::signal(signal, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  // To the process, not the thread: the default action takes all of it.
  kill(getpid(), signal);
  while (true) pause();
}

}  // namespace pxq
