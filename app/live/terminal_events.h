#pragma once

#include <atomic>

namespace pxq {

/// Hears that the terminal has another size, and that its user wants the process to stop for a
/// while (Ctrl-Z). One at a time.
class TerminalEvents final {
 public:
  TerminalEvents();
  TerminalEvents(const TerminalEvents&) = delete;
  TerminalEvents& operator=(const TerminalEvents&) = delete;
  ~TerminalEvents();

  /// Readable when something has happened.
  int fd() const;
  void clear();

  /// Each is told once.
  bool resized();
  bool asked_to_stop();

  /// Stops the process, as a shell expects it, until it is continued.
  void stop();
};

}  // namespace pxq
