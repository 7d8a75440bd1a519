#pragma once

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "fake/process.h"
#include "fake/screen.h"
#include "session.h"

namespace pxq::app {

/// A person at a terminal with a program on all of its screen: types, and looks.
class LiveTerminal {
 public:
  explicit LiveTerminal(const fake::Command& command, fake::TerminalSize size = {})
      : screen_(size.columns, size.rows) {
    const winsize cells = window(size);
    Start start(command);
    int master = -1;
    pid_ = ::forkpty(&master, nullptr, nullptr, &cells);
    if (pid_ < 0) throw std::runtime_error("forkpty");
    if (pid_ == 0) start.now();
    master_.reset(master);
  }
  LiveTerminal(const LiveTerminal&) = delete;
  LiveTerminal& operator=(const LiveTerminal&) = delete;
  ~LiveTerminal() {
    if (ended_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  const fake::Screen& screen() const { return screen_; }
  void signal(int number) const { ::kill(pid_, number); }

  void type(std::string_view keys) const {
    if (::write(master_.get(), keys.data(), keys.size()) < 0) throw std::runtime_error("type");
  }

  void resize(fake::TerminalSize size) {
    read(0);
    screen_.resize(size.columns, size.rows);
    const winsize cells = window(size);
    ::ioctl(master_.get(), TIOCSWINSZ, &cells);
  }

  /// Looks until the screen is as it should be; false when it never is.
  bool sees(const std::function<bool(const fake::Screen&)>& wanted) {
    const TimePoint deadline = MonotonicClock::now() + kPatience;
    while (!wanted(screen_)) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - MonotonicClock::now());
      if (left.count() <= 0 || !read(static_cast<int>(left.count()))) {
        UNSCOPED_INFO("the screen:\n" << screen_.text());
        return wanted(screen_);
      }
    }
    return true;
  }
  bool sees(std::string_view text) {
    return sees([text](const fake::Screen& screen) { return screen.holds(text); });
  }

  /// To the end; the status as a shell sees it.
  int wait() {
    const TimePoint deadline = MonotonicClock::now() + kPatience;
    while (MonotonicClock::now() < deadline && read(100)) {
    }
    int status = 0;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
      if (MonotonicClock::now() > deadline) return -1;
      read(10);
    }
    ended_ = true;
    while (read(0)) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  static constexpr Duration kPatience = std::chrono::seconds(20);

  static winsize window(fake::TerminalSize size) {
    winsize cells{};
    cells.ws_col = size.columns;
    cells.ws_row = size.rows;
    return cells;
  }

  /// All that a child needs, made before the fork: a thread of the fake Vizier's may hold the
  /// allocator's lock just then, which in the child nobody would ever let go.
  class Start {
   public:
    explicit Start(const fake::Command& command)
        : directory_(command.directory), words_({command.program}) {
      words_.insert(words_.end(), command.arguments.begin(), command.arguments.end());
      for (const auto& [name, value] : command.environment)
        variables_.push_back(name + "=" + value);
      if (!command.environment.contains("TERM")) variables_.emplace_back("TERM=xterm-256color");
      arguments_ = pointers(words_);
      environment_ = pointers(variables_);
    }
    Start(const Start&) = delete;
    Start& operator=(const Start&) = delete;

    [[noreturn]] void now() {
      if (!directory_.empty() && ::chdir(directory_.c_str()) != 0) ::_exit(127);
      ::execve(arguments_.front(), arguments_.data(), environment_.data());
      ::_exit(127);
    }

   private:
    static std::vector<char*> pointers(std::vector<std::string>& texts) {
      std::vector<char*> all;
      for (std::string& text : texts) all.push_back(text.data());
      all.push_back(nullptr);
      return all;
    }

    std::string directory_;
    std::vector<std::string> words_;
    std::vector<std::string> variables_;
    std::vector<char*> arguments_;
    std::vector<char*> environment_;
  };

  // False once there is nothing more to come, or nothing came in time.
  bool read(int wait_ms) {
    pollfd terminal{master_.get(), POLLIN, 0};
    if (::poll(&terminal, 1, wait_ms) <= 0) return wait_ms > 0 && wait_ms <= 100;
    char bytes[65536];
    const ssize_t count = ::read(master_.get(), bytes, sizeof bytes);
    if (count <= 0) return false;
    screen_.feed({bytes, static_cast<size_t>(count)});
    return true;
  }

  fake::Screen screen_;
  pid_t pid_ = -1;
  UniqueFd master_;
  bool ended_ = false;
};

/// `pxq live` of a script at a plaintext address.
inline fake::Command live_at(const Session& session, const std::string& address,
                             const std::vector<std::string>& flags = {}) {
  std::vector<std::string> words = {"live", "-e", "import px", "--addr", address, "--insecure"};
  words.insert(words.end(), flags.begin(), flags.end());
  return session.command(std::move(words));
}

}  // namespace pxq::app
