// Preloaded into pxq: the Nth call of a group of library functions fails, or all from the Nth on.
// It is told by $PXQ_FAULT, "GROUP NUMBER ERRNO once|on", where an ERRNO of 0 is what the function
// at hand fails with in life. It counts in the file $PXQ_FAULT_COUNT, which is shared, so that it
// tells how far a run came however it ended: eight bytes of a number, and the name of the first
// function that failed.
//
// With $PXQ_FAULT_FORKS, a folder, it stops where main() begins, what the loader and constructors
// do being most of a short run, and forks one run for each order that is written there: see
// serve().

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
}

namespace {

constexpr size_t kLongestName = 32;

// Before the constructor below has run, nothing is counted and nothing fails.
struct Shared {
  std::atomic<int64_t> count;
  char failed[kLongestName];
};
Shared* shared = nullptr;
char group[kLongestName] = {};
int64_t number = 0;
int error_number = 0;
bool goes_on = false;

/// What the loader has behind this library, under the same name.
template <typename Function>
Function* next(std::atomic<Function*>& kept, const char* name) {
  Function* found = kept.load(std::memory_order_relaxed);
  if (found == nullptr) {
    found = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
    kept.store(found, std::memory_order_relaxed);
  }
  return found;
}

/// Counts a call of that group; true where it is to fail, and errno is set then.
bool fails(const char* called, const char* function, int usual) {
  if (shared == nullptr || std::strcmp(called, group) != 0) return false;
  const int64_t at = shared->count.fetch_add(1);
  if (at != number && !(goes_on && at > number)) return false;
  if (at == number) std::strncpy(shared->failed, function, kLongestName - 1);
  errno = error_number == 0 ? usual : error_number;
  return true;
}

bool take(const char* orders) {
  char how[kLongestName] = {};
  long long at = 0;
  if (std::sscanf(orders, "%31s %lld %d %31s", group, &at, &error_number, how) != 4) return false;
  number = at;
  goes_on = std::strcmp(how, "on") == 0;
  return true;
}

[[gnu::constructor]] void read_orders() {
  const char* orders = std::getenv("PXQ_FAULT");
  const char* path = std::getenv("PXQ_FAULT_COUNT");
  if (orders == nullptr || path == nullptr || !take(orders)) return;
  const int file = ::open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void* place = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  // What pxq starts, such as a pager, is left alone.
  ::unsetenv("LD_PRELOAD");
  if (place != MAP_FAILED) shared = static_cast<Shared*>(place);
}

using Main = int(int, char**, char**);
Main* real_main = nullptr;

bool read_all(int from, void* to, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t count = ::read(from, static_cast<char*>(to) + done, size - done);
    if (count <= 0) return false;
    done += static_cast<size_t>(count);
  }
  return true;
}

void answer(int to, int value) {
  if (::write(to, &value, sizeof value) != sizeof value) ::_exit(0);
}

/// The run that is asked for: its orders, its home, which it is started in, and its words.
int run(std::string& texts, const char* out, const char* err) {
  std::vector<char*> words;
  for (size_t at = 0; at < texts.size(); at += std::strlen(&texts[at]) + 1) {
    words.push_back(&texts[at]);
  }
  const char* orders = words.at(0);
  const char* home = words.at(1);
  words.push_back(nullptr);
  if (::chdir(home) != 0 || ::setenv("HOME", home, 1) != 0 || ::setenv("TMPDIR", home, 1) != 0 ||
      ::dup2(::open(out, O_WRONLY), STDOUT_FILENO) < 0 ||
      ::dup2(::open(err, O_WRONLY), STDERR_FILENO) < 0) {
    ::_exit(127);
  }
  ::close_range(3, ~0U, 0);
  shared->count = 0;
  std::memset(shared->failed, 0, kLongestName);
  if (!take(orders)) ::_exit(127);
  return real_main(static_cast<int>(words.size() - 3), words.data() + 2, environ);
}

/// In place of main(). An order is its size, and texts that end in zeros. The answers are the run's
/// process and, when that has ended, what wait() says of it. Calls are counted from main() on.
int serve(int argc, char** argv, char** envp) {
  const char* folder = std::getenv("PXQ_FAULT_FORKS");
  if (folder == nullptr || shared == nullptr) return real_main(argc, argv, envp);
  group[0] = '\0';
  const std::string place = std::string(folder) + "/";
  ::unsetenv("PXQ_FAULT_FORKS");
  const int orders = ::open((place + "orders").c_str(), O_RDONLY | O_CLOEXEC);
  const int answers = ::open((place + "answers").c_str(), O_WRONLY | O_CLOEXEC);
  uint32_t size = 0;
  while (read_all(orders, &size, sizeof size)) {
    std::string texts(size, '\0');
    if (!read_all(orders, texts.data(), size)) break;
    const pid_t child = ::fork();
    if (child == 0) return run(texts, (place + "out").c_str(), (place + "err").c_str());
    answer(answers, child);
    int status = 0;
    ::waitpid(child, &status, 0);
    answer(answers, status);
  }
  ::_exit(0);
}

}  // namespace

// A function that gives FAILED and sets errno, as a rule to USUAL.
#define PXQ_FAULT_AT(GROUP, USUAL, TYPE, NAME, PARAMETERS, ARGUMENTS, FAILED) \
  TYPE NAME PARAMETERS {                                                      \
    static std::atomic<TYPE(*) PARAMETERS> kept{nullptr};                     \
    if (fails(GROUP, #NAME, USUAL)) return FAILED;                            \
    return next<TYPE PARAMETERS>(kept, #NAME) ARGUMENTS;                      \
  }

extern "C" {

void* malloc(size_t size) {
  return fails("memory", "malloc", ENOMEM) ? nullptr : __libc_malloc(size);
}
void* calloc(size_t n, size_t size) {
  return fails("memory", "calloc", ENOMEM) ? nullptr : __libc_calloc(n, size);
}
void* realloc(void* old, size_t size) {
  return fails("memory", "realloc", ENOMEM) ? nullptr : __libc_realloc(old, size);
}
void* memalign(size_t alignment, size_t size) {
  return fails("memory", "memalign", ENOMEM) ? nullptr : __libc_memalign(alignment, size);
}
void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void** result, size_t alignment, size_t size) {
  void* made = memalign(alignment, size);
  if (made == nullptr) return ENOMEM;
  *result = made;
  return 0;
}

PXQ_FAULT_AT("socket", EMFILE, int, socket, (int a, int b, int c), (a, b, c), -1)
PXQ_FAULT_AT("socket", ENETUNREACH, int, connect, (int a, const sockaddr* b, socklen_t c),
             (a, b, c), -1)
PXQ_FAULT_AT("socket", EADDRINUSE, int, bind, (int a, const sockaddr* b, socklen_t c), (a, b, c),
             -1)
PXQ_FAULT_AT("socket", EADDRINUSE, int, listen, (int a, int b), (a, b), -1)
PXQ_FAULT_AT("socket", EMFILE, int, accept4, (int a, sockaddr* b, socklen_t* c, int d),
             (a, b, c, d), -1)
PXQ_FAULT_AT("socket", ENOBUFS, int, getsockname, (int a, sockaddr* b, socklen_t* c), (a, b, c), -1)
PXQ_FAULT_AT("socket", ENOTCONN, int, getpeername, (int a, sockaddr* b, socklen_t* c), (a, b, c),
             -1)
PXQ_FAULT_AT("socket", EINVAL, int, getsockopt, (int a, int b, int c, void* d, socklen_t* e),
             (a, b, c, d, e), -1)
PXQ_FAULT_AT("socket", ENOMEM, int, setsockopt, (int a, int b, int c, const void* d, socklen_t e),
             (a, b, c, d, e), -1)
PXQ_FAULT_AT("socket", ECONNRESET, ssize_t, sendmsg, (int a, const msghdr* b, int c), (a, b, c), -1)
PXQ_FAULT_AT("socket", ECONNRESET, ssize_t, recvmsg, (int a, msghdr* b, int c), (a, b, c), -1)
PXQ_FAULT_AT("socket", EPIPE, ssize_t, send, (int a, const void* b, size_t c, int d), (a, b, c, d),
             -1)
PXQ_FAULT_AT("socket", ECONNRESET, ssize_t, recv, (int a, void* b, size_t c, int d), (a, b, c, d),
             -1)

PXQ_FAULT_AT("wait", EINTR, int, poll, (pollfd * a, nfds_t b, int c), (a, b, c), -1)
PXQ_FAULT_AT("wait", EMFILE, int, epoll_create1, (int a), (a), -1)
PXQ_FAULT_AT("wait", ENOSPC, int, epoll_ctl, (int a, int b, int c, epoll_event* d), (a, b, c, d),
             -1)
PXQ_FAULT_AT("wait", EINTR, int, epoll_wait, (int a, epoll_event* b, int c, int d), (a, b, c, d),
             -1)
PXQ_FAULT_AT("wait", EMFILE, int, eventfd, (unsigned a, int b), (a, b), -1)
PXQ_FAULT_AT("wait", EMFILE, int, signalfd, (int a, const sigset_t* b, int c), (a, b, c), -1)
PXQ_FAULT_AT("wait", EMFILE, int, pipe2, (int* a, int b), (a, b), -1)
PXQ_FAULT_AT("wait", EMFILE, int, pipe, (int* a), (a), -1)

PXQ_FAULT_AT("clock", EINVAL, int, clock_gettime, (clockid_t a, timespec* b), (a, b), -1)

PXQ_FAULT_AT("terminal", ENOTTY, int, isatty, (int a), (a), 0)
PXQ_FAULT_AT("terminal", EIO, int, tcgetattr, (int a, termios* b), (a, b), -1)
PXQ_FAULT_AT("terminal", EIO, int, tcsetattr, (int a, int b, const termios* c), (a, b, c), -1)
int ioctl(int fd, unsigned long request, ...) {
  static std::atomic<int (*)(int, unsigned long, ...)> kept{nullptr};
  va_list rest;
  va_start(rest, request);
  void* argument = va_arg(rest, void*);
  va_end(rest);
  if (fails("terminal", "ioctl", EIO)) return -1;
  return next<int(int, unsigned long, ...)>(kept, "ioctl")(fd, request, argument);
}

PXQ_FAULT_AT("random", ENOSYS, ssize_t, getrandom, (void* a, size_t b, unsigned c), (a, b, c), -1)

PXQ_FAULT_AT("mapping", ENOMEM, void*, mmap, (void* a, size_t b, int c, int d, int e, off_t f),
             (a, b, c, d, e, f), MAP_FAILED)
PXQ_FAULT_AT("mapping", ENOMEM, int, mprotect, (void* a, size_t b, int c), (a, b, c), -1)
PXQ_FAULT_AT("mapping", EAGAIN, int, mlock, (const void* a, size_t b), (a, b), -1)
PXQ_FAULT_AT("mapping", EAGAIN, int, madvise, (void* a, size_t b, int c), (a, b, c), -1)

PXQ_FAULT_AT("file", EMFILE, FILE*, fopen, (const char* a, const char* b), (a, b), nullptr)
PXQ_FAULT_AT("file", EIO, ssize_t, read, (int a, void* b, size_t c), (a, b, c), -1)
// But for stderr: there the sentence is looked for that says what failed.
ssize_t write(int fd, const void* bytes, size_t size) {
  static std::atomic<ssize_t (*)(int, const void*, size_t)> kept{nullptr};
  if (fd != STDERR_FILENO && fails("file", "write", ENOSPC)) return -1;
  return next<ssize_t(int, const void*, size_t)>(kept, "write")(fd, bytes, size);
}
PXQ_FAULT_AT("file", ENOSPC, ssize_t, writev, (int a, const iovec* b, int c), (a, b, c), -1)
PXQ_FAULT_AT("file", EIO, int, fstat, (int a, struct stat* b), (a, b), -1)
PXQ_FAULT_AT("file", EACCES, int, stat, (const char* a, struct stat* b), (a, b), -1)
PXQ_FAULT_AT("file", EACCES, int, lstat, (const char* a, struct stat* b), (a, b), -1)
int open(const char* path, int flags, ...) {
  static std::atomic<int (*)(const char*, int, ...)> kept{nullptr};
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  if (fails("file", "open", EMFILE)) return -1;
  return next<int(const char*, int, ...)>(kept, "open")(path, flags, mode);
}
int openat(int directory, const char* path, int flags, ...) {
  static std::atomic<int (*)(int, const char*, int, ...)> kept{nullptr};
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  if (fails("file", "openat", EMFILE)) return -1;
  return next<int(int, const char*, int, ...)>(kept, "openat")(directory, path, flags, mode);
}

PXQ_FAULT_AT("disk", EIO, int, fsync, (int a), (a), -1)
PXQ_FAULT_AT("disk", EDQUOT, int, rename, (const char* a, const char* b), (a, b), -1)
PXQ_FAULT_AT("disk", EDQUOT, int, renameat2,
             (int a, const char* b, int c, const char* d, unsigned e), (a, b, c, d, e), -1)
PXQ_FAULT_AT("disk", ENOSPC, int, ftruncate, (int a, off_t b), (a, b), -1)
PXQ_FAULT_AT("disk", EIO, ssize_t, pread, (int a, void* b, size_t c, off_t d), (a, b, c, d), -1)
PXQ_FAULT_AT("disk", ENOSPC, ssize_t, pwrite, (int a, const void* b, size_t c, off_t d),
             (a, b, c, d), -1)
PXQ_FAULT_AT("disk", EIO, int, unlink, (const char* a), (a), -1)
PXQ_FAULT_AT("disk", EIO, int, unlinkat, (int a, const char* b, int c), (a, b, c), -1)
PXQ_FAULT_AT("disk", ENOSPC, int, mkdir, (const char* a, mode_t b), (a, b), -1)
PXQ_FAULT_AT("disk", EPERM, int, fchmod, (int a, mode_t b), (a, b), -1)
PXQ_FAULT_AT("disk", EPERM, int, fchown, (int a, uid_t b, gid_t c), (a, b, c), -1)
PXQ_FAULT_AT("disk", ENOLCK, int, flock, (int a, int b), (a, b), -1)
PXQ_FAULT_AT("disk", EMFILE, int, mkostemp, (char* a, int b), (a, b), -1)
PXQ_FAULT_AT("disk", EMFILE, DIR*, opendir, (const char* a), (a), nullptr)
PXQ_FAULT_AT("disk", EIO, dirent*, readdir, (DIR * a), (a), nullptr)
PXQ_FAULT_AT("disk", EIO, int, fstatat, (int a, const char* b, struct stat* c, int d), (a, b, c, d),
             -1)
// A file that could not be closed well is closed all the same.
int close(int fd) {
  static std::atomic<int (*)(int)> kept{nullptr};
  const bool failed = fails("disk", "close", EIO);
  const int error = errno;
  const int result = next<int(int)>(kept, "close")(fd);
  if (!failed) return result;
  errno = error;
  return -1;
}

// These two give the error itself.
int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                   void* argument) {
  using Function = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static std::atomic<Function*> kept{nullptr};
  if (fails("thread", "pthread_create", EAGAIN)) return errno;
  return next<Function>(kept, "pthread_create")(thread, attributes, start, argument);
}
int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
  using Function = int(const char*, const char*, const addrinfo*, addrinfo**);
  static std::atomic<Function*> kept{nullptr};
  if (fails("names", "getaddrinfo", EMFILE)) return EAI_SYSTEM;
  return next<Function>(kept, "getaddrinfo")(host, service, hints, found);
}

int __libc_start_main(Main* main, int argc, char** argv, void (*init)(), void (*fini)(),
                      void (*rtld_fini)(), void* stack_end) {
  using Function = int(Main*, int, char**, void (*)(), void (*)(), void (*)(), void*);
  static std::atomic<Function*> kept{nullptr};
  real_main = main;
  return next<Function>(kept, "__libc_start_main")(serve, argc, argv, init, fini, rtld_fini,
                                                   stack_end);
}

}  // extern "C"
