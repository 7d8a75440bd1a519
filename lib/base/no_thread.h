#pragma once

#include <string>
#include <system_error>

#include "base/status.h"

namespace pxq {

/// kLimit: the system gives no thread, which std::thread tells by an exception.
inline Status no_thread(const std::system_error& error) {
  return {Code::kLimit, std::string("cannot start a thread: ") + error.what(),
          "raise the limit of processes or of memory (ulimit -u, -d and -v, or the container's)"};
}

}  // namespace pxq
