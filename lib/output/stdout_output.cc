#include <unistd.h>

#include <functional>
#include <memory>
#include <stop_token>
#include <utility>

#include "base/fd_output.h"
#include "output/beside_schema.h"
#include "output/output_plan.h"

namespace pxq {
namespace {

/// Rows on stdout, as they come. A reader that goes away ends the run as a SIGPIPE would.
class StdoutDestination final : public Destination {
 public:
  StdoutDestination(const OutputPlan& plan, const RunIdentity& run, OutputHost& host)
      : host_(host),
        output_(STDOUT_FILENO, "stdout"),
        sink_(plan.make_sink(run, true, output_)),
        on_stop_(host.stop(), [this, stays = plan.format->at_end] {
          // A picture of what came is still to be written; the process ends in time all the same.
          if (!stays) output_.request_stop(kRecordGrace);
        }) {
    host.watch_reader(STDOUT_FILENO);
  }

  const Status& status() const override { return output_.status(); }

  Status conclude(const Status& /*run*/) override {
    Status status = output_.finish();
    host_.watch_reader(-1);
    if (output_.broken_pipe()) {
      host_.reader_left();
      return {Code::kInterrupted, "the reader of stdout went away"};
    }
    return status;
  }

 private:
  ResultSink& sink() override { return *sink_; }

  OutputHost& host_;
  FdOutput output_;
  std::unique_ptr<ResultSink> sink_;
  std::stop_callback<std::function<void()>> on_stop_;
};

class StdoutPlace final : public OutputPlace {
 public:
  StdoutPlace(const OutputPlan& plan, OutputHost& host) : plan_(plan), host_(host) {}

  Result<std::unique_ptr<Destination>> open(const RunIdentity& run) override {
    return beside_schema(std::make_unique<StdoutDestination>(plan_, run, host_), plan_, run, host_);
  }

 private:
  const OutputPlan& plan_;
  OutputHost& host_;
};

Result<std::unique_ptr<OutputPlace>> prepare_stdout(const OutputPlan& plan,
                                                    const RunIdentity& /*run*/, OutputHost& host) {
  if (plan.append) {
    return Status(Code::kUsage, "--append needs a file to add to", "name one with -o");
  }
  return std::unique_ptr<OutputPlace>(std::make_unique<StdoutPlace>(plan, host));
}

}  // namespace

const OutputKind kStdoutOutput = {.extension = {},
                                  .takes_paths = false,
                                  .formatted = true,
                                  .holds_runs = false,
                                  .prepare = prepare_stdout};

}  // namespace pxq
