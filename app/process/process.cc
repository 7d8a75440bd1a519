#include "process/process.h"

#include <fcntl.h>
#include <grpc/support/log.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>

#include <fstream>
#include <string>
#endif

#include <cerrno>
#include <clocale>
#include <cstdlib>

#include "process/last_words.h"
#include "process/memory.h"

#if defined(__SANITIZE_THREAD__)
// gRPC and abseil are built without it: what they lock is nothing that it sees, and it would call
// most of what they do a race.
extern "C" const char* __tsan_default_options() {  // NOLINT
  return "ignore_noninstrumented_modules=1";
}
#endif

#if defined(__SANITIZE_ADDRESS__)
// c-ares forgets a name, once for each that it looks up, where /etc/hosts gives an address several.
// ncurses keeps what it has begun for a terminal that terminfo turned out not to know.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT
  return "leak:libcares.so\nleak:libtinfo.so";
}
#endif

namespace pxq {
namespace {

// A run may write many tables, each to a file of its own that takes three descriptors.
void raise_file_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == files.rlim_max) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

#if defined(__SANITIZE_ADDRESS__)
bool is_traced() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("TracerPid:")) return line != "TracerPid:\t0";
  }
  return false;
}
#endif

bool stdout_was_closed = false;

// A closed standard descriptor is a number that the next open file gets: what is written to stdout
// would go there, and reading stdin would wait for it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
__attribute__((no_sanitize("address", "thread")))
#endif
void fill_standard_descriptors(int, char**, char**) {
  for (int fd = 0; fd <= 2; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is fd, so open() fills this very hole. Read-only: a write fails.
    if (open("/dev/null", O_RDONLY) < 0) continue;
    if (fd == STDOUT_FILENO) stdout_was_closed = true;
  }
}

// gRPC opens descriptors of its own before main is reached, so the holes must be filled before any
// initialiser of a library runs: that is what this section of a program is for.
[[gnu::section(".preinit_array"),
  gnu::used]] void (*const before_all)(int, char**, char**) = fill_standard_descriptors;

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// They allocate there, too. A sanitizer has its own end of a process.
void prepare_last_words(int, char**, char**) { LastWords::prepare(); }

[[gnu::section(".preinit_array"),
  gnu::used]] void (*const before_libraries)(int, char**, char**) = prepare_last_words;
#endif

// Nothing of what gRPC says is shown: it may hold a key. What it asserted does not.
void take_log(gpr_log_func_args* line) {
  if (line->severity == GPR_LOG_SEVERITY_ERROR) LastWords::heed(line->message);
}

}  // namespace

Status prepare_process() {
  Status status;
  if (stdout_was_closed) status = {Code::kOutput, "stdout is closed", "use -o FILE"};
  keep_freed_memory();
  // A core file would hold keys in plain text.
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  prctl(PR_SET_DUMPABLE, 0);
  raise_file_limit();
  // Otherwise gRPC allocates, 64 KiB at a time, as much as it guesses that the next reads will
  // take: tens of megabytes on a long stream. Without it, what channel_arguments() of
  // wire/endpoint.cc says.
  setenv("GRPC_EXPERIMENTS", "-tcp_read_chunks", 1);
  // What these would write to stderr has the metadata of calls in it, and with it the key.
  unsetenv("GRPC_TRACE");
  unsetenv("GRPC_VERBOSITY");
  gpr_set_log_function(take_log);
  // No locale may decide how a number is written.
  std::setlocale(LC_ALL, "C");
  return status;
}

void leave_process(int code) {
  LastWords::forgo();
#if defined(__SANITIZE_ADDRESS__)
  if (!is_traced()) __lsan_do_leak_check();  // which would trace the threads itself
#elif defined(__SANITIZE_THREAD__)
  std::exit(code);  // its findings become the exit code there
#endif
  _exit(code);
}

}  // namespace pxq
