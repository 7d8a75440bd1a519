#pragma once

#include <termios.h>

#include <string>

namespace pxq {

/// Sees to it that the terminal is left as it was found, however the process ends while a full
/// screen has it: also when it crashes, or a signal ends it that nobody else handles. One at a
/// time.
class Rescue final {
 public:
  /// `fd` is the terminal, `modes` are those it had, and `reset` are the bytes that leave the full
  /// screen.
  Rescue(int fd, const termios& modes, const std::string& reset);
  Rescue(const Rescue&) = delete;
  Rescue& operator=(const Rescue&) = delete;
  ~Rescue();

  /// Restores the terminal; from any thread, also in a signal's handler, and once only.
  static void act();

  /// While a shell has the terminal there is nothing to restore.
  static void rest();
  static void wake();
};

}  // namespace pxq
