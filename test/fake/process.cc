#include "fake/process.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/unique_fd.h"
#include "fake/launch.h"
#include "places.h"

namespace pxq::fake {

std::string pxq_binary() { return PXQ_BINARY; }

int64_t resident_bytes(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  int64_t size = 0;
  int64_t resident = 0;
  file >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

namespace {

// A line of /proc/PID/status; 0 where it is not there, or the process is not.
int64_t status_bytes(pid_t pid, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) return std::stoll(line.substr(name.size())) << 10;
  }
  return 0;
}

}  // namespace

int64_t anonymous_bytes(pid_t pid) { return status_bytes(pid, "RssAnon:"); }

int64_t most_resident_bytes(pid_t pid) { return status_bytes(pid, "VmHWM:"); }

namespace {

constexpr size_t kOut = 0;
constexpr size_t kErr = 1;
constexpr size_t kScreen = 2;  // the terminal's own side

int checked(int result, const char* operation) {
  if (result < 0) throw std::runtime_error(std::string(operation) + ": " + std::strerror(errno));
  return result;
}

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  checked(::pipe2(ends.data(), O_CLOEXEC), "pipe2");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Duration duration_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

winsize window(TerminalSize size) {
  winsize cells{};
  cells.ws_col = size.columns;
  cells.ws_row = size.rows;
  return cells;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// Bytes of one stream as they arrive.
struct Stream {
  UniqueFd fd;
  std::string text;
  bool held = false;
  bool close_wanted = false;
};

}  // namespace

class Process::Child {
 public:
  explicit Child(const Command& command) : started_(MonotonicClock::now()) {
    if (command.input) input_ = *command.input;
    launch(command);
    reader_ = std::thread([this] { read_all(); });
  }

  ~Child() {
    {
      const std::lock_guard lock(mutex_);
      kill_all();
      for (Stream& stream : streams_) stream.held = false;
    }
    wake();
    reader_.join();
  }

  pid_t pid() const { return pid_; }

  void signal(int number) const {
    const std::lock_guard lock(mutex_);
    if (!ended_) ::kill(pid_, number);
  }

  void type(std::string_view text) const {
    const std::lock_guard lock(mutex_);
    const ssize_t count = ::write(streams_[kScreen].fd.get(), text.data(), text.size());
    checked(static_cast<int>(count), "write to the terminal");
  }

  void resize(TerminalSize size) const {
    const winsize cells = window(size);
    const std::lock_guard lock(mutex_);
    checked(::ioctl(streams_[kScreen].fd.get(), TIOCSWINSZ, &cells), "TIOCSWINSZ");
  }

  void hold(bool held) {
    {
      const std::lock_guard lock(mutex_);
      streams_[kOut].held = held;
      streams_[kScreen].held = held;
    }
    wake();
  }

  void close_output() {
    std::unique_lock lock(mutex_);
    streams_[kOut].close_wanted = true;
    wake();
    changed_.wait(lock, [this] { return !streams_[kOut].fd || drained_; });
  }

  bool wait_for(size_t stream, std::string_view text, Duration patience) const {
    std::unique_lock lock(mutex_);
    const auto holds = [&](size_t i) { return streams_[i].text.find(text) != std::string::npos; };
    const auto found = [&] { return holds(stream) || holds(kScreen); };
    changed_.wait_for(lock, patience, [&] { return found() || drained_; });
    return found();
  }

  ProcessResult wait(Duration patience) {
    std::unique_lock lock(mutex_);
    for (Stream& stream : streams_) stream.held = false;
    wake();
    const TimePoint deadline = MonotonicClock::now() + patience;
    if (!changed_.wait_until(lock, deadline, [this] { return drained_; })) {
      result_.overran = true;
      kill_all();
      changed_.wait(lock, [this] { return drained_; });
    }
    ProcessResult result = result_;
    result.out = streams_[kOut].text + streams_[kScreen].text;
    result.err = streams_[kErr].text;
    return result;
  }

 private:
  // With what it has started, as a tracer's tracee would live on. REQUIRES: the mutex is held.
  void kill_all() const {
    if (ended_) return;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);  // it may not yet lead a group of its own
  }

  void launch(const Command& command) {
    UniqueFd slave = open_terminal(command);
    Pipe in;
    Launch launch;
    UniqueFd null(checked(::open("/dev/null", O_RDONLY | O_CLOEXEC), "open /dev/null"));
    if (command.terminal_input) {
      launch.streams[0] = slave.get();
    } else if (command.input) {
      in = make_pipe();
      launch.streams[0] = in.read.get();
      input_fd_ = std::move(in.write);
      ::fcntl(input_fd_.get(), F_SETFL, O_NONBLOCK);
    } else if (!command.closed_input) {
      launch.streams[0] = null.get();
    }
    const UniqueFd out = open_stream(command.out, slave.get(), streams_[kOut], launch.streams[1]);
    const UniqueFd err = open_stream(command.err, slave.get(), streams_[kErr], launch.streams[2]);
    spawn(command, launch, slave.get());
  }

  UniqueFd open_terminal(const Command& command) {
    const bool wanted = command.terminal_input ||
                        command.out.kind == Destination::Kind::kTerminal ||
                        command.err.kind == Destination::Kind::kTerminal;
    if (!wanted) return {};
    const winsize cells = window(command.terminal);
    int master = -1;
    int slave = -1;
    checked(::openpty(&master, &slave, nullptr, nullptr, &cells), "openpty");
    ::fcntl(master, F_SETFD, FD_CLOEXEC);
    ::fcntl(slave, F_SETFD, FD_CLOEXEC);
    streams_[kScreen].fd.reset(master);
    return UniqueFd(slave);
  }

  static UniqueFd open_stream(const Destination& to, int slave, Stream& stream, int& child_fd) {
    UniqueFd theirs;
    switch (to.kind) {
      case Destination::Kind::kClosed: break;
      case Destination::Kind::kTerminal: child_fd = slave; return {};
      case Destination::Kind::kFile:
        theirs.reset(checked(
            ::open(to.path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600),
            to.path.c_str()));
        break;
      case Destination::Kind::kPipe: {
        Pipe pipe = make_pipe();
        theirs = std::move(pipe.write);
        stream.fd = std::move(pipe.read);
        break;
      }
    }
    child_fd = theirs.get();
    return theirs;
  }

  void spawn(const Command& command, Launch& launch, int slave) {
    std::vector<std::string> arguments = {command.program};
    arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
    std::vector<std::string> environment;
    for (const auto& [key, value] : command.environment) environment.push_back(key + "=" + value);
    const std::vector<char*> argv = pointers(arguments);
    const std::vector<char*> envp = pointers(environment);
    launch.terminal = slave;
    launch.directory = command.directory.empty() ? nullptr : command.directory.c_str();
    launch.ignored = &command.ignored;
    launch.arguments = argv.data();
    launch.environment = envp.data();
    pid_ = checked(::fork(), "fork");
    if (pid_ == 0) launch.run();
    // Not through glibc 2.36: its header forgets to say that the function is C.
    pidfd_.reset(checked(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)), "pidfd_open"));
  }

  void wake() const {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored = ::write(wake_.get(), &one, sizeof one);
  }

  // The reader's thread: everything that can become ready is polled in one place.
  void read_all() {
    block_sigpipe();
    while (true) {
      std::array<pollfd, 6> fds{};
      {
        const std::lock_guard lock(mutex_);
        close_if_wanted();
        fds[0] = {ended_ ? -1 : pidfd_.get(), POLLIN, 0};
        fds[1] = {wake_.get(), POLLIN, 0};
        fds[2] = {input_fd_.get(), POLLOUT, 0};
        for (size_t i = 0; i < streams_.size(); ++i) {
          fds[3 + i] = {streams_[i].held ? -1 : streams_[i].fd.get(), POLLIN, 0};
        }
      }
      // After the end there may be bytes left in the pipes, but nobody need close them: a
      // grandchild may hold them.
      const int ready = ::poll(fds.data(), fds.size(), ended_ ? 0 : -1);
      if (ready < 0 && errno != EINTR) return finish();
      if (ended_ && ready == 0) return finish();
      if (fds[1].revents != 0) clear_wake();
      if (fds[2].revents != 0) feed();
      for (size_t i = 0; i < streams_.size(); ++i) {
        if (fds[3 + i].revents != 0) take(streams_[i]);
      }
      if (fds[0].revents != 0) reap();
    }
  }

  // A child that does not read its input must not end the test program.
  static void block_sigpipe() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  }

  void close_if_wanted() {
    for (Stream& stream : streams_) {
      if (!stream.close_wanted) continue;
      stream.close_wanted = false;
      stream.fd.reset();
      changed_.notify_all();
    }
  }

  void clear_wake() const {
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t ignored = ::read(wake_.get(), &count, sizeof count);
  }

  void feed() {
    const ssize_t written = ::write(input_fd_.get(), input_.data(), input_.size());
    if (written < 0 && errno == EAGAIN) return;
    if (written > 0) input_.erase(0, static_cast<size_t>(written));
    if (written < 0 || input_.empty()) input_fd_.reset();
  }

  void take(Stream& stream) {
    std::array<char, 65536> bytes;
    const ssize_t count = ::read(stream.fd.get(), bytes.data(), bytes.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    const std::lock_guard lock(mutex_);
    if (count <= 0) {  // a terminal without a process ends in EIO
      stream.fd.reset();
    } else {
      stream.text.append(bytes.data(), static_cast<size_t>(count));
    }
    changed_.notify_all();
  }

  void reap() {
    int status = 0;
    rusage usage{};
    const std::lock_guard lock(mutex_);
    if (::wait4(pid_, &status, WNOHANG, &usage) != pid_) return;
    ended_ = true;
    if (WIFEXITED(status)) result_.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result_.signal = WTERMSIG(status);
    result_.dumped_core = WIFSIGNALED(status) && WCOREDUMP(status);
    result_.peak_rss_bytes = usage.ru_maxrss * 1024;
    result_.elapsed = MonotonicClock::now() - started_;
    result_.cpu = duration_of(usage.ru_utime) + duration_of(usage.ru_stime);
    for (Stream& stream : streams_) stream.held = false;
    changed_.notify_all();
  }

  void finish() {
    const std::lock_guard lock(mutex_);
    drained_ = true;
    changed_.notify_all();
  }

  const TimePoint started_;
  pid_t pid_ = -1;
  UniqueFd pidfd_;
  UniqueFd wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  UniqueFd input_fd_;
  std::string input_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::array<Stream, 3> streams_;  // kOut, kErr, kScreen
  bool ended_ = false;             // reaped
  bool drained_ = false;           // reaped and all it said was read
  ProcessResult result_;
  std::thread reader_;
};

Process::Process(const Command& command) : child_(std::make_unique<Child>(command)) {}
Process::~Process() = default;

pid_t Process::pid() const { return child_->pid(); }
void Process::signal(int number) const { child_->signal(number); }
void Process::type(std::string_view text) const { child_->type(text); }
void Process::resize(TerminalSize size) const { child_->resize(size); }
void Process::hold_output() { child_->hold(true); }
void Process::release_output() { child_->hold(false); }
void Process::close_output() { child_->close_output(); }

bool Process::wait_for_out(std::string_view text, Duration patience) const {
  return child_->wait_for(kOut, text, patience);
}

bool Process::wait_for_err(std::string_view text, Duration patience) const {
  return child_->wait_for(kErr, text, patience);
}

ProcessResult Process::wait(Duration patience) { return child_->wait(patience); }

ProcessResult run(const Command& command, Duration patience) {
  return Process(command).wait(patience);
}

}  // namespace pxq::fake
