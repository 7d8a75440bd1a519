#include "process/last_words.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <new>
#include <system_error>

#include "process/exit_code.h"

namespace pxq {
namespace {

enum class Cause { kUnknown, kMemory, kThreads, kFiles, kWatches, kDeaf, kException };

constexpr size_t kLongestReason = 300;

// A handler can use nothing that is made anew or taken apart.
std::atomic<Cause> cause{Cause::kUnknown};
std::atomic<bool> as_json{false};
std::atomic<bool> line_open{false};
std::atomic_flag spoken = ATOMIC_FLAG_INIT;
std::array<char, kLongestReason> reason_bytes{};
std::atomic<size_t> reason_size{0};

// What could end the text, or the string that it becomes in JSON, has no place in it.
void keep_reason(std::string_view text) {
  const size_t size = std::min(text.size(), reason_bytes.size());
  std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size),
                 reason_bytes.begin(), [](char byte) {
                   const bool plain = byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
                   return plain ? byte : '\'';
                 });
  reason_size = size;
}

/// Text of a bounded size, put together without memory.
class LastLine {
 public:
  void add(std::string_view text) {
    const size_t size = std::min(text.size(), bytes_.size() - size_);
    std::copy_n(text.begin(), size, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += size;
  }

  void add_number(int number) {
    const std::array<char, 2> digits = {static_cast<char>('0' + number / 10),
                                        static_cast<char>('0' + number % 10)};
    add({digits.data() + (number < 10 ? 1 : 0), number < 10 ? size_t{1} : size_t{2}});
  }

  void write_out() const {
    const char* next = bytes_.data();
    for (size_t left = size_; left > 0;) {
      const ssize_t written = ::write(STDERR_FILENO, next, left);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;
      next += written;
      left -= static_cast<size_t>(written);
    }
  }

 private:
  std::array<char, 2 * kLongestReason> bytes_{};
  size_t size_ = 0;
};

std::string_view sentence(Cause of) {
  switch (of) {
    case Cause::kMemory:
      return "no memory is left: raise the limit (ulimit -d and -v, or the container's), or ask "
             "for fewer rows at once";
    case Cause::kThreads:
      return "the system gives no further thread: raise the limit of processes or of memory "
             "(ulimit -u, -d and -v, or the container's)";
    case Cause::kFiles:
      return "the system opens no further file or socket: raise the limit, such as by "
             "`ulimit -n 256`";
    case Cause::kWatches:
      return "the system watches no further connection: raise fs.epoll.max_user_watches";
    case Cause::kDeaf: return "no further client could connect";
    case Cause::kException: return "a defect in pxq, please report it";
    case Cause::kUnknown: break;
  }
  return "a library gave up, please report it";
}

Code code_of_cause(Cause of) {
  const bool defect = of == Cause::kUnknown || of == Cause::kException;
  return defect ? Code::kInternal : Code::kLimit;
}

[[noreturn]] void say_and_leave(Cause of) {
  // Of several threads that end at once, one speaks.
  while (spoken.test_and_set()) pause();
  const Code code = code_of_cause(of);
  LastLine line;
  if (line_open) line.add("\r\x1b[K");
  if (as_json) {
    line.add(R"({"kind":"error","error":")");
    line.add(error_name(code));
    line.add(R"(","exit":)");
    line.add_number(exit_code(code));
    line.add(R"(,"message":")");
  } else {
    line.add("pxq: error: ");
  }
  line.add(sentence(of));
  if ((code == Code::kInternal || of == Cause::kDeaf) && reason_size != 0) {
    line.add(": ");
    line.add({reason_bytes.data(), reason_size});
  }
  line.add(as_json ? "\",\"retryable\":false}\n" : "\n");
  line.write_out();
  _exit(exit_code(code));
}

// Libraries abort where the system refuses them something, and say no more than errno does. EAGAIN
// is of any socket that has nothing to read.
Cause cause_of_abort(int error) {
  if (cause != Cause::kUnknown) return cause;
  switch (error) {
    case ENOMEM: return Cause::kMemory;
    case ENOSPC: return Cause::kWatches;  // of epoll_ctl: no library aborts over a file
    case EMFILE:
    case ENFILE: return Cause::kFiles;
    default: return Cause::kUnknown;
  }
}

void on_abort(int signal, siginfo_t* info, void*) {
  const int error = errno;
  // kill -ABRT of somebody else means what it always does.
  const bool ours = info->si_code == SI_TKILL && info->si_pid == getpid();
  if (ours) say_and_leave(cause_of_abort(error));
  std::signal(signal, SIG_DFL);
  raise(signal);
}

// What serialises gRPC's messages uses memory that it was not given: a fault at the first page,
// right after an allocation that failed. Any other fault is what it always is.
void on_fault(int signal, siginfo_t* info, void*) {
  constexpr uintptr_t kNearNothing = 1 << 16;
  const bool at_null =
      info->si_code == SEGV_MAPERR && reinterpret_cast<uintptr_t>(info->si_addr) < kNearNothing;
  if (at_null && errno == ENOMEM) say_and_leave(Cause::kMemory);
  std::signal(signal, SIG_DFL);  // and it comes again
  if (info->si_code <= 0) raise(signal);
}

void take_signal(int signal, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(signal, &action, nullptr);
}

// By way of abort(), so that a terminal that is in use is put right first.
[[noreturn]] void end_by(Cause of) {
  cause = of;
  std::abort();
}

void on_no_memory() { end_by(Cause::kMemory); }

[[noreturn]] void on_exception() {
  if (!std::current_exception()) end_by(Cause::kException);
  try {
    throw;
  } catch (const std::bad_alloc&) {
    end_by(Cause::kMemory);
  } catch (const std::system_error& error) {
    keep_reason(error.what());
    if (error.code().value() == EAGAIN) end_by(Cause::kThreads);
    const Cause refused = cause_of_abort(error.code().value());
    end_by(refused == Cause::kUnknown ? Cause::kException : refused);
  } catch (const std::exception& error) {
    keep_reason(error.what());
  } catch (...) {
  }
  end_by(Cause::kException);
}

}  // namespace

void LastWords::prepare() {
  std::set_new_handler(on_no_memory);
  std::set_terminate(on_exception);
  take_signal(SIGABRT, on_abort);
  take_signal(SIGSEGV, on_fault);
}

void LastWords::forgo() {
  while (spoken.test_and_set()) pause();
}

void LastWords::use_json(bool on) { as_json = on; }

void LastWords::set_line_open(bool open) { line_open = open; }

// It goes on after the last two: waits for ever for what is not watched, and never accepts a
// connection again where one could not be.
void LastWords::heed(std::string_view grpc_error) {
  constexpr std::string_view kNotAccepted = "Failed accept4: ";
  if (grpc_error.starts_with("assertion failed")) keep_reason(grpc_error);
  // By the name of a variable of its: the thread that it had asked for.
  if (grpc_error.starts_with("assertion failed: worker->created()")) cause = Cause::kThreads;
  if (grpc_error.starts_with("epoll_ctl failed")) end_by(Cause::kWatches);
  if (grpc_error.starts_with(kNotAccepted)) {
    keep_reason(grpc_error.substr(kNotAccepted.size()));
    end_by(Cause::kDeaf);
  }
}

}  // namespace pxq
