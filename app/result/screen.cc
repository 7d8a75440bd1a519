#include "result/screen.h"

#include <unistd.h>

#include <utility>

#include "output/beside_schema.h"
#include "process/paged_output.h"

namespace pxq {
namespace {

class ScreenDestination final : public Destination {
 public:
  ScreenDestination(const OutputPlan& plan, const RunIdentity& run, Context& context)
      : context_(context), output_(context), sink_(plan.make_sink(run, true, output_)) {
    context.signals.watch_reader(STDOUT_FILENO);
  }

  const Status& status() const override { return output_.status(); }
  bool satisfied() const override { return output_.left(); }

  void tick() override {
    sink_->tick();
    output_.tick();
  }

  Status conclude(const Status& /*run*/) override {
    Status status = output_.finish();
    context_.signals.watch_reader(-1);
    return status;
  }

 private:
  ResultSink& sink() override { return *sink_; }

  Context& context_;
  PagedOutput output_;
  std::unique_ptr<ResultSink> sink_;
};

}  // namespace

Result<std::unique_ptr<Destination>> open_destination(const OutputPlan& plan,
                                                      const RunIdentity& run, Context& context) {
  const bool on_screen = plan.format != nullptr && !plan.path && !plan.append && may_page(context);
  if (!on_screen) return plan.open(run, context.signals);
  return beside_schema(std::make_unique<ScreenDestination>(plan, run, context), plan, run,
                       context.signals);
}

}  // namespace pxq
