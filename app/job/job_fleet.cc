#include "job/job_fleet.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <list>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "base/unique_fd.h"
#include "file/file_bytes.h"
#include "process/exit_code.h"

namespace pxq {
namespace {

constexpr int kLookForStopMs = 100;

struct Child {
  const FileJob* job = nullptr;
  pid_t pid = 0;
  UniqueFd err;
  std::string line;  // without its end yet
};

// One that was killed has done its work as little as one that was cut.
Code code_of(int exit) {
  for (int code = 0; code <= static_cast<int>(Code::kInterrupted); ++code) {
    if (exit_code(static_cast<Code>(code)) == exit) return static_cast<Code>(code);
  }
  return Code::kIncomplete;
}

class Children {
 public:
  Children(const std::vector<FileJob>& jobs, size_t parallel, bool json, Context& context,
           const std::string& what)
      : jobs_(jobs), parallel_(parallel), json_(json), context_(context), what_(what) {}

  Status run() {
    size_t next = 0;
    while (next < jobs_.size() || !children_.empty()) {
      look_for_stop();
      if (stopped_ && children_.empty()) break;
      if (!stopped_ && next < jobs_.size() && children_.size() < parallel_) {
        const FileJob& job = jobs_[next++];
        if (Status started = start(job); !started.ok()) {
          context_.console.warning(started.message());
          failed_.emplace_back(job.name, exit_code(started.code()));
        }
      } else {
        listen();
      }
    }
    return verdict();
  }

 private:
  void look_for_stop() {
    if (stopped_ || !context_.signals.token().stop_requested()) return;
    stopped_ = true;
    const int signal = context_.signals.fatal_signal();
    for (const Child& child : children_) ::kill(child.pid, signal == 0 ? SIGTERM : signal);
  }

  Status start(const FileJob& job) {
    std::array<int, 2> ends = {};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      return errno_status(Code::kLimit, "make a pipe for", job.name, errno);
    }
    UniqueFd read_end(ends[0]);
    const UniqueFd write_end(ends[1]);
    std::vector<std::string> words = job.words;
    words.insert(words.begin(), "pxq");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return errno_status(Code::kLimit, "start", job.name, errno);
    if (pid == 0) become(write_end.get(), parent, arguments);
    children_.push_back({&job, pid, std::move(read_end), {}});
    return {};
  }

  // In the child, where only what is safe after a fork of threads may be called.
  [[noreturn]] static void become(int err, pid_t parent, const std::vector<char*>& arguments) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() == parent && ::dup2(err, STDERR_FILENO) >= 0) {
      ::execv("/proc/self/exe", arguments.data());
    }
    ::_exit(exit_code(Code::kLimit));
  }

  void listen() {
    std::vector<pollfd> ends;
    for (const Child& child : children_) ends.push_back({child.err.get(), POLLIN, 0});
    if (::poll(ends.data(), ends.size(), kLookForStopMs) <= 0) return;
    auto child = children_.begin();
    for (const pollfd& end : ends) {
      const auto at = child++;
      if (end.revents != 0 && !hear(*at)) finish(at);
    }
  }

  // False at the end of what it says, which is its own end.
  bool hear(Child& child) const {
    std::array<char, 4096> bytes;
    const ssize_t count = ::read(child.err.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) return true;
    if (count <= 0) return false;
    child.line.append(bytes.data(), static_cast<size_t>(count));
    const size_t end = child.line.rfind('\n');
    if (end == std::string::npos) return true;
    say(child, child.line.substr(0, end + 1));
    child.line.erase(0, end + 1);
    return true;
  }

  void say(const Child& child, const std::string& lines) const {
    std::string text;
    for (size_t at = 0; at < lines.size();) {
      const size_t end = lines.find('\n', at);
      text += named(child.job->name, lines.substr(at, end - at)) + "\n";
      at = end + 1;
    }
    // Nobody could be told that it cannot be written.
    [[maybe_unused]] const Status written = write_all(STDERR_FILENO, text, "stderr");
  }

  std::string named(const std::string& job, const std::string& line) const {
    if (!json_) return job + ": " + line;
    auto document = nlohmann::ordered_json::parse(line, nullptr, false);
    if (!document.is_object()) return line;
    document[what_] = job;
    return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  void finish(std::list<Child>::iterator child) {
    if (!child->line.empty()) say(*child, child->line + "\n");
    int status = 0;
    while (::waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
    }
    const int exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (exit != 0) failed_.emplace_back(child->job->name, exit);
    children_.erase(child);
  }

  Status verdict() {
    if (stopped_) return {Code::kInterrupted, "interrupted"};
    if (failed_.empty()) return {};
    std::ranges::sort(failed_);
    int worst = 0;
    std::vector<std::string> names;
    for (const auto& [name, exit] : failed_) {
      worst = std::max(worst, exit);
      names.push_back(fmt::format("{} (exit {})", name, exit));
    }
    return {code_of(worst), fmt::format("{} of {} {}s failed: {}", failed_.size(), jobs_.size(),
                                        what_, fmt::join(names, ", "))};
  }

  const std::vector<FileJob>& jobs_;
  size_t parallel_;
  bool json_;
  Context& context_;
  const std::string& what_;
  std::list<Child> children_;
  std::vector<std::pair<std::string, int>> failed_;
  bool stopped_ = false;
};

}  // namespace

Status run_jobs(const std::vector<FileJob>& jobs, size_t parallel, bool json, Context& context,
                const std::string& what) {
  return Children(jobs, parallel, json, context, what).run();
}

}  // namespace pxq
