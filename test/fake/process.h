#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace pxq::fake {

/// The size of a pseudo-terminal in character cells.
struct TerminalSize {
  unsigned short columns = 80;
  unsigned short rows = 24;
};

/// Where one of a process's two output streams goes.
struct Destination {
  enum class Kind { kPipe, kFile, kClosed, kTerminal };
  Kind kind = Kind::kPipe;
  std::string path;  // of kFile: created or truncated

  static Destination pipe() { return {}; }
  static Destination file(std::string path) { return {Kind::kFile, std::move(path)}; }
  static Destination closed() { return {Kind::kClosed, {}}; }
  /// The process's pseudo-terminal; what both streams write to it ends in `out`.
  static Destination terminal() { return {Kind::kTerminal, {}}; }
};

/// The program under test, as it was built.
std::string pxq_binary();

/// What a process has in memory now.
int64_t resident_bytes(pid_t pid);

/// What of it is its own and no file's, such as its code; and the most that all of it ever was.
int64_t anonymous_bytes(pid_t pid);
int64_t most_resident_bytes(pid_t pid);

/// What to run and in which surroundings. The environment is what is given here and nothing else.
struct Command {
  std::vector<std::string> arguments;
  std::string program = pxq_binary();
  std::map<std::string, std::string> environment = {{"PATH", "/usr/bin:/bin"}};
  std::optional<std::string> input = std::nullopt;  // through a pipe; without it /dev/null
  bool closed_input = false;
  Destination out = Destination::pipe();
  Destination err = Destination::pipe();
  TerminalSize terminal = {};
  bool terminal_input = false;    // stdin is the terminal too
  std::string directory = {};     // where it runs; empty: here
  std::vector<int> ignored = {};  // signals that it inherits ignored
};

/// How a process ended and what it said.
struct ProcessResult {
  std::optional<int> exit_code;  // when it exited
  int signal = 0;                // when a signal ended it
  bool overran = false;          // it did not end in time and was killed
  bool dumped_core = false;      // whatever the system did with it
  std::string out;
  std::string err;
  int64_t peak_rss_bytes = 0;  // never below this process's own size at the start of the child
  Duration elapsed{0};
  Duration cpu{0};  // of the process itself, in user and system mode

  /// What a shell would call the status: 128 and the number for a signal.
  int status() const { return exit_code ? *exit_code : 128 + signal; }
};

/// A running child. A thread of ours reads what it says all the while, so that it blocks only when
/// told to. The destructor kills and reaps it.
class Process {
 public:
  explicit Process(const Command& command);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  pid_t pid() const;
  void signal(int number) const;

  /// Writes to the terminal as a typing person does.
  void type(std::string_view text) const;
  void resize(TerminalSize size) const;

  /// Stops and resumes reading stdout, as a pager at its prompt does.
  void hold_output();
  void release_output();

  /// Closes the reading end of stdout, as `head` does when it has seen enough.
  void close_output();

  /// Waits until a stream holds the text; false when the process ended or patience did.
  bool wait_for_out(std::string_view text, Duration patience = std::chrono::seconds(20)) const;
  bool wait_for_err(std::string_view text, Duration patience = std::chrono::seconds(20)) const;

  /// Waits for the end; a process that overruns is killed.
  ProcessResult wait(Duration patience = std::chrono::seconds(20));

 private:
  class Child;
  std::unique_ptr<Child> child_;
};

/// Runs a command to its end.
ProcessResult run(const Command& command, Duration patience = std::chrono::seconds(20));

}  // namespace pxq::fake
