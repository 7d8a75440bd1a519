#include "process/pager.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "base/trim.h"

extern "C" char** environ;  // NOLINT: POSIX says so

namespace pxq {
namespace {

constexpr std::string_view kUsualPager = "less -FIRX";
// Colours are to be seen as colours whatever else the user has set up.
constexpr std::string_view kUsualLess = "LESS=FIRX";
constexpr std::string_view kColoredLess = "LESS=-R ";
constexpr std::string_view kColoredLv = "LV=-c";

// What a pager has not taken is kept up to here; then the run waits for its reader.
constexpr size_t kMostPending = 64u << 20;
constexpr Duration kLastWish = std::chrono::milliseconds(700);

// A set variable counts also where it is empty: it is how users say "none".
const char* chosen_by_user() {
  if (const char* own = std::getenv("PXQ_PAGER")) return own;
  return std::getenv("PAGER");
}

// As git does: only what the shell alone understands goes through one, so that a program that is
// not there is found out before anything is written to it.
bool needs_shell(std::string_view command) {
  return command.find_first_of("|&;<>()$`\\\"'*?[#~=%\n") != std::string_view::npos;
}

std::vector<std::string> words_of(const std::string& command) {
  if (needs_shell(command)) return {"sh", "-c", command};
  std::vector<std::string> words;
  for (size_t at = 0; at < command.size();) {
    const size_t start = command.find_first_not_of(" \t", at);
    if (start == std::string::npos) break;
    const size_t end = std::min<size_t>(command.find_first_of(" \t", start), command.size());
    words.push_back(command.substr(start, end - start));
    at = end;
  }
  return words;
}

std::vector<std::string> pager_environment() {
  std::vector<std::string> all;
  bool less = false;
  bool lv = false;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (text.starts_with("LESS=")) {
      less = true;
      all.push_back(std::string(kColoredLess) + std::string(text.substr(5)));
      continue;
    }
    lv = lv || text.starts_with("LV=");
    all.emplace_back(text);
  }
  if (!less) all.emplace_back(kUsualLess);
  if (!lv) all.emplace_back(kColoredLv);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// What a child gets of ours: none of our blocked and ignored signals, and `input` as its stdin.
class Spawning {
 public:
  explicit Spawning(int input) {
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_init(&actions_);
    sigset_t none;
    sigemptyset(&none);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGXFSZ);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &defaults);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
  }
  Spawning(const Spawning&) = delete;
  Spawning& operator=(const Spawning&) = delete;
  ~Spawning() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  int start(std::vector<std::string> words, pid_t& pid) {
    std::vector<std::string> environment = pager_environment();
    const std::vector<char*> argv = pointers(words);
    const std::vector<char*> envp = pointers(environment);
    return posix_spawnp(&pid, argv[0], &actions_, &attributes_, argv.data(), envp.data());
  }

 private:
  posix_spawnattr_t attributes_;
  posix_spawn_file_actions_t actions_;
};

void wake_up(int fd) {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t ignored = write(fd, &one, sizeof one);
}

}  // namespace

bool is_pager_chosen() { return chosen_by_user() != nullptr; }

std::string pager_command() {
  const char* chosen = chosen_by_user();
  if (chosen == nullptr) {
    const std::string terminal = environment("TERM");
    return terminal.empty() || terminal == "dumb" ? std::string() : std::string(kUsualPager);
  }
  std::string command(trimmed(chosen, " \t\n"));
  return command == "cat" ? std::string() : command;
}

Result<std::unique_ptr<Pager>> Pager::start(const std::string& command, std::stop_token stop) {
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) return errno_status(Code::kOutput, "open", "a pipe", errno);
  UniqueFd read_end(ends[0]);
  UniqueFd input(ends[1]);
  pid_t pid = -1;
  const int error = Spawning(read_end.get()).start(words_of(command), pid);
  if (error != 0) {
    return Status(Code::kUsage,
                  fmt::format("the pager '{}' does not start: {}", command, std::strerror(error)));
  }
  return std::unique_ptr<Pager>(
      new Pager(pid, std::move(input), std::move(read_end), std::move(stop)));
}

Pager::Pager(pid_t pid, UniqueFd input, UniqueFd read_end, std::stop_token stop)
    : pid_(pid),
      stop_(std::move(stop)),
      // Not through glibc 2.36: its header forgets to say that the function is C.
      pidfd_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))),
      input_(std::move(input)),
      read_end_(std::move(read_end)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  termios now{};
  if (tcgetattr(STDOUT_FILENO, &now) == 0) before_ = now;
  fcntl(input_.get(), F_SETFL, O_NONBLOCK);
  feeder_ = std::thread([this] { feed(); });
}

Pager::~Pager() {
  if (!finished_) finish();
}

void Pager::put(std::string_view bytes) {
  std::unique_lock lock(mutex_);
  taken_.wait(lock, stop_, [this] { return gone_ || pending_.size() < kMostPending; });
  if (gone_) return;
  pending_.append(bytes);
  wake_up(wake_.get());
}

// Gives what there is, and lets the pager see its end.
bool Pager::is_fed() {
  const std::lock_guard lock(mutex_);
  if (pending_.empty() && closing_) input_.reset();
  return pending_.empty();
}

void Pager::feed() {
  uint64_t count = 0;
  while (true) {
    pollfd fds[] = {{is_fed() ? -1 : input_.get(), POLLOUT, 0},
                    {wake_.get(), POLLIN, 0},
                    {pidfd_.get(), POLLIN, 0}};
    if (poll(fds, std::size(fds), -1) < 0 && errno != EINTR) return;
    if (fds[2].revents != 0) break;
    if (fds[1].revents != 0 && read(wake_.get(), &count, sizeof count) < 0) count = 0;
    if (fds[0].revents != 0) feed_some();
  }
  const std::lock_guard lock(mutex_);
  gone_ = true;
  taken_.notify_all();
}

void Pager::feed_some() {
  const std::lock_guard lock(mutex_);
  const ssize_t taken =
      write(input_.get(), pending_.data() + taken_of_pending_, pending_.size() - taken_of_pending_);
  if (taken <= 0) return;
  written_ += static_cast<uint64_t>(taken);
  taken_of_pending_ += static_cast<size_t>(taken);
  // What is left moves to the front now and then, not for each piece.
  if (taken_of_pending_ * 2 < pending_.size()) return;
  pending_.erase(0, taken_of_pending_);
  taken_of_pending_ = 0;
  taken_.notify_all();
}

int Pager::wait_for_end() const {
  const UniqueFd stopped(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const std::stop_callback<std::function<void()>> on_stop(stop_, [&] { wake_up(stopped.get()); });
  pollfd fds[] = {{pidfd_.get(), POLLIN, 0}, {stopped.get(), POLLIN, 0}};
  while (poll(fds, std::size(fds), -1) < 0 && errno == EINTR) {
  }
  if (fds[0].revents == 0) {
    kill(pid_, SIGTERM);
    const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(kLastWish).count();
    if (poll(fds, 1, static_cast<int>(patience)) <= 0) kill(pid_, SIGKILL);
  }
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

// A pager that was killed could not put back what it had changed.
void Pager::restore_terminal(bool killed) const {
  if (!before_) return;
  sigset_t background;
  sigemptyset(&background);
  sigaddset(&background, SIGTTOU);
  sigset_t old;
  pthread_sigmask(SIG_BLOCK, &background, &old);
  tcsetattr(STDOUT_FILENO, TCSADRAIN, &*before_);
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  if (!killed) return;
  // Plain colours, the usual screen, the usual keys, a cursor: nothing of it shows where it was so.
  constexpr std::string_view kUsual = "\x1b[0m\x1b[?47l\x1b[?1l\x1b>\x1b[?25h\r";
  [[maybe_unused]] const ssize_t told = write(STDOUT_FILENO, kUsual.data(), kUsual.size());
}

Pager::End Pager::finish() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_up(wake_.get());
  const int status = wait_for_end();
  feeder_.join();
  finished_ = true;
  restore_terminal(WIFSIGNALED(status));
  int unread = 0;
  if (ioctl(read_end_.get(), FIONREAD, &unread) != 0) unread = 0;
  const bool failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
  return failed || static_cast<uint64_t>(unread) >= written_ ? End::kBroken : End::kRead;
}

}  // namespace pxq
