#include "process.h"

#include <fcntl.h>
#include <grpc/support/log.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdlib>

namespace pxq {

Status prepare_process() {
  Status status;
  for (int fd = 0; fd <= 2; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is fd, so open() fills this very hole. Read-only: a write fails.
    if (open("/dev/null", O_RDONLY) < 0) continue;
    if (fd == STDOUT_FILENO) status = {Code::kOutput, "stdout is closed", "use -o FILE"};
  }
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  prctl(PR_SET_DUMPABLE, 0);
  unsetenv("GRPC_TRACE");
  unsetenv("GRPC_VERBOSITY");
  gpr_set_log_function([](gpr_log_func_args*) {});
  std::setlocale(LC_ALL, "C");
  return status;
}

}  // namespace pxq
