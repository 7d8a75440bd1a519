#include "process/print.h"

#include <unistd.h>

#include "base/fd_output.h"

namespace pxq {

Status print(std::string_view text) {
  FdOutput out(STDOUT_FILENO, "stdout");
  out.text().append(text);
  out.commit();
  const Status written = out.finish();
  if (out.broken_pipe()) return {Code::kInterrupted, "the reader of stdout left"};
  return written;
}

}  // namespace pxq
