#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cli/flag_types.h"
#include "process/console.h"
#include "process/signals.h"
#include "process/terminal.h"

namespace pxq {

/// What the process gives to a command: who it talks to and how it is asked to stop.
struct Context {
  Signals& signals;
  Console& console;
  Terminal out;
  Terminal err;
  Status stdout_status;                          // not ok: the parent closed stdout
  std::vector<std::string> script_arguments;     // everything after `--`
  bool rows_on_screen = false;                   // rows go to the terminal
  bool no_pager = false;                         // and nowhere else
  bool reported = false;                         // the command has told of its failure itself
  std::optional<std::stop_token> own_stop = {};  // of this work alone, which may end by itself

  std::stop_token stop() const { return own_stop ? *own_stop : signals.token(); }
};

/// One subcommand. declare() adds its flags, bound to members; run() does the work and says how it
/// ended; main turns that into the exit code.
class Command {
 public:
  Command() = default;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  virtual ~Command() = default;

  virtual void declare(CLI::App& app) = 0;
  virtual Status run(Context& context) = 0;

  /// What to do instead of a flag that the command does not have; empty where nothing better than
  /// the nearest flag is known. The other flags are bound by now.
  virtual std::string instead_of(const std::string& flag, Context& context);

  /// What --help prints; `flags` is the page about the command's flags.
  virtual Status help(Context& context, const std::string& flags);
};

struct CommandEntry {
  std::string_view name;
  std::string_view summary;
  std::unique_ptr<Command> (*make)();
};

std::span<const CommandEntry> commands();

#define PXQ_COMMAND(name, summary) std::unique_ptr<Command> make_##name##_command();
#include "cli/commands.def"
#undef PXQ_COMMAND

}  // namespace pxq
