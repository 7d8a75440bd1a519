#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "torture.h"

namespace pxq::app {

/// pxq, held where main() begins and forked there for each run: what goes before, most of a short
/// run's time, is done once. Calls are counted from there on. One run at a time.
class Forks {
 public:
  Forks() {
    for (const char* name : {"orders", "answers", "out", "err"}) {
      if (::mkfifo(dir_.path(name).c_str(), 0600) != 0) throw std::runtime_error("mkfifo");
    }
    orders_ = open("orders");
    answers_ = open("answers");
    out_ = open("out");
    err_ = open("err");
    fake::Command command = Session().command({});
    command.directory = {};
    command.environment["PXQ_FAULT_FORKS"] = dir_.path();
    held_.emplace(command, Torment{.group = "none", .number = -1});
    process_.emplace(held_->command());
  }

  /// The command in the surroundings of a Session, disturbed so; it is killed when patience ends.
  fake::ProcessResult run(const fake::Command& command, const Torment& torment,
                          Duration patience = std::chrono::seconds(20)) {
    order(command, torment);
    fake::ProcessResult result;
    const pid_t child = answer(result, patience);
    if (child == 0) throw std::runtime_error("nothing is forked");
    int status = answer(result, patience);
    if (result.overran) {
      ::kill(child, SIGKILL);
      status = answer(result, patience);
    }
    take(result);
    if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
    return result;
  }

  int64_t calls() const { return held_->calls(); }
  std::string failed() const { return held_->failed(); }

 private:
  // Held open for both, so that nobody waits for the other side, and what is written stays.
  UniqueFd open(const std::string& name) const {
    UniqueFd fd(::open(dir_.path(name).c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!fd) throw std::runtime_error("open " + name);
    return fd;
  }

  void order(const fake::Command& command, const Torment& torment) {
    std::vector<std::string> texts = {torment.orders(), command.directory, command.program};
    texts.insert(texts.end(), command.arguments.begin(), command.arguments.end());
    std::string bytes;
    for (const std::string& text : texts) bytes += text + '\0';
    const auto size = static_cast<uint32_t>(bytes.size());
    bytes.insert(0, reinterpret_cast<const char*>(&size), sizeof size);
    if (::write(orders_.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      throw std::runtime_error("the order does not fit into a pipe");
    }
  }

  /// What comes next; 0, and overran, where nothing does. Meanwhile what the run says is read.
  int answer(fake::ProcessResult& result, Duration patience) {
    const TimePoint deadline = MonotonicClock::now() + patience;
    int value = 0;
    while (::read(answers_.get(), &value, sizeof value) != sizeof value) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - MonotonicClock::now());
      result.overran = left.count() <= 0;
      if (result.overran) return 0;
      std::array<pollfd, 3> fds = {
          {{answers_.get(), POLLIN, 0}, {out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}}};
      ::poll(fds.data(), fds.size(), static_cast<int>(left.count()) + 1);
      take(result);
    }
    return value;
  }

  void take(fake::ProcessResult& result) {
    take(out_.get(), result.out);
    take(err_.get(), result.err);
  }

  static void take(int fd, std::string& text) {
    std::array<char, 65536> bytes;
    for (ssize_t count = 0; (count = ::read(fd, bytes.data(), bytes.size())) > 0;) {
      text.append(bytes.data(), static_cast<size_t>(count));
    }
  }

  fake::TempDir dir_;
  UniqueFd orders_;
  UniqueFd answers_;
  UniqueFd out_;
  UniqueFd err_;
  std::optional<Tormented> held_;
  std::optional<fake::Process> process_;
};

}  // namespace pxq::app
