#include "fake/launch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace pxq::fake {
namespace {

constexpr int kExecFailed = 127;

}  // namespace

void Launch::run() const {
  ::setsid();
  if (terminal >= 0) ::ioctl(terminal, TIOCSCTTY, 0);
  if (directory != nullptr && ::chdir(directory) != 0) ::_exit(kExecFailed);
  // First out of the way of 0, 1 and 2, then into place.
  std::array<int, 3> copies{-1, -1, -1};
  for (size_t i = 0; i < 3; ++i) {
    if (streams[i] >= 0) copies[i] = ::fcntl(streams[i], F_DUPFD, 10);
  }
  for (size_t i = 0; i < 3; ++i) {
    const int place = static_cast<int>(i);
    ::close(place);
    if (copies[i] >= 0) ::dup2(copies[i], place);
  }
  ::close_range(3, ~0U, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  for (const int number : *ignored) ::signal(number, SIG_IGN);
  ::execve(arguments[0], arguments, environment);
  ::_exit(kExecFailed);
}

}  // namespace pxq::fake
