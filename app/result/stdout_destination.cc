#include "result/stdout_destination.h"

#include <unistd.h>

#include <csignal>

namespace pxq {

StdoutDestination::StdoutDestination(const Format& format, const FormatOptions& options,
                                     Context& context)
    : context_(context),
      output_(STDOUT_FILENO, "stdout"),
      sink_(format.make(options, output_)),
      on_stop_(context.signals.token(), [this] { output_.request_stop(kRecordGrace); }) {
  context.signals.watch_reader(STDOUT_FILENO);
}

Status StdoutDestination::conclude(const Status& /*run*/) {
  Status status = output_.finish();
  context_.signals.watch_reader(-1);
  if (output_.broken_pipe()) {
    context_.signals.raise(SIGPIPE);
    return {Code::kInterrupted, "the reader of stdout went away"};
  }
  return status;
}

}  // namespace pxq
