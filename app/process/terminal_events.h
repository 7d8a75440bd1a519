#pragma once

#include <atomic>

namespace pxq {

/// Hears that the terminal has another size, and that its user wants the process to stop for a
/// while (Ctrl-Z). One at a time.
class TerminalEvents final {
 public:
  enum class Heard { kSize, kSizeAndStop };

  explicit TerminalEvents(Heard heard);
  TerminalEvents(const TerminalEvents&) = delete;
  TerminalEvents& operator=(const TerminalEvents&) = delete;
  ~TerminalEvents();

  /// Readable when something has happened.
  int fd() const;
  void clear();

  /// Each is told once.
  bool resized();
  bool asked_to_stop();
  /// The process was stopped and goes on: others may have written to the terminal meanwhile.
  bool came_back();

  /// Stops the process, as a shell expects it, until it is continued.
  void stop();
};

}  // namespace pxq
