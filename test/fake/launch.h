#pragma once

#include <array>
#include <vector>

namespace pxq::fake {

/// What a child does between fork and exec: only async-signal-safe calls, for other threads of the
/// parent may have held any lock. A descriptor of -1 means closed. Points at what the parent owns.
struct Launch {
  std::array<int, 3> streams{-1, -1, -1};
  int terminal = -1;
  const char* directory = nullptr;
  const std::vector<int>* ignored = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;

  /// Becomes the program, or exits with 127. REQUIRES: runs in a child.
  [[noreturn]] void run() const;
};

}  // namespace pxq::fake
