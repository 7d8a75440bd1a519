#include <csignal>

#include "cli/cli.h"
#include "process/exit_code.h"
#include "process/process.h"

int main(int argc, char** argv) {
  const pxq::Status prepared = pxq::prepare_process();
  pxq::Signals signals;
  pxq::Console console;
  pxq::Context context{signals, console, pxq::Terminal::of(1), pxq::Terminal::of(2), prepared, {}};
  const pxq::Status status = pxq::run_command_line(argc, argv, context);
  // Interrupted without a signal: what reads stdout has left, as `| head` does.
  if (status.code() == pxq::Code::kInterrupted) signals.raise(SIGPIPE);
  if (signals.fatal_signal() != 0) signals.die();
  if (!status.ok() && !context.reported) console.error(status);
  pxq::leave_process(pxq::exit_code(status.code()));
}
