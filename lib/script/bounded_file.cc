#include "script/bounded_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "base/unique_fd.h"

namespace pxq {
namespace {

// How soon a request to stop is seen while a pipe gives nothing.
constexpr int kPollMs = 100;
constexpr size_t kChunk = 64 * 1024;

// Ok when a read will not block for long; kInterrupted when asked to stop.
Status wait_readable(int fd, const std::stop_token& stop) {
  while (true) {
    if (stop.stop_requested()) return {Code::kInterrupted, "interrupted"};
    pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&entry, 1, kPollMs);
    // Errors are left to read(), which names them better.
    if (ready > 0 || (ready < 0 && errno != EINTR)) return {};
  }
}

std::string size_text(size_t bytes) {
  if (bytes % (1 << 20) == 0) return fmt::format("{} MiB", bytes >> 20);
  return bytes % 1024 == 0 ? fmt::format("{} KiB", bytes / 1024) : fmt::format("{} bytes", bytes);
}

// A descriptor that blocks is polled before each read, so that a stop is seen; one that does not is
// polled when it has nothing yet. For a FIFO without a writer the two differ: poll() waits for one.
Result<std::string> read_all(int fd, bool blocks, const std::string& name, size_t limit,
                             const std::stop_token& stop) {
  std::string bytes;
  // Small files may hold keys, which would stay in a room that was given up for a larger one.
  if (limit <= kChunk) bytes.reserve(limit + kChunk);
  size_t used = 0;
  bool wait = blocks;
  while (true) {
    if (wait) {
      if (Status ready = wait_readable(fd, stop); !ready.ok()) return ready;
    }
    wait = blocks;
    if (bytes.size() - used < kChunk) bytes.resize(used + kChunk);
    const ssize_t count = ::read(fd, bytes.data() + used, kChunk);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
      wait = true;
      continue;
    }
    if (count < 0) return errno_status(Code::kUsage, "cannot read", name, errno);
    if (count == 0) break;
    used += static_cast<size_t>(count);
    if (used > limit) {
      return Status{Code::kUsage, fmt::format("{} is larger than {}", name, size_text(limit))};
    }
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace

Result<std::string> read_bounded(int fd, const std::string& name, size_t limit,
                                 std::stop_token stop, bool blocks) {
  return read_all(fd, blocks, name, limit, stop);
}

Result<std::string> read_bounded_file(const std::string& path, size_t limit, std::stop_token stop) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return errno_status(Code::kUsage, "cannot open", path, errno);
  return read_all(fd.get(), /*blocks=*/false, path, limit, stop);
}

}  // namespace pxq
