#include "base/free_descriptors.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/unique_fd.h"

namespace pxq {
namespace {

// gRPC 1.51 takes six before a socket is there and one for each address that it tries at once; the
// rest is for what a run opens itself. Below eight it was seen to abort.
constexpr size_t kNeeded = 12;

}  // namespace

Status enough_free_descriptors() {
  // Only opening them tells: how many are open is known to no single number of the kernel.
  std::array<UniqueFd, kNeeded> held;
  for (UniqueFd& fd : held) {
    fd = UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (fd.get() >= 0) continue;
    if (errno != EMFILE && errno != ENFILE) return {};  // a root without /dev/null tells nothing
    return {Code::kLimit,
            fmt::format("cannot open {} more files, which a connection needs: {}", kNeeded,
                        std::strerror(errno)),
            "raise the limit, such as by `ulimit -n 256`"};
  }
  return {};
}

}  // namespace pxq
