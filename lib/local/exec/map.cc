#include <utility>

#include "local/exec/evaluate.h"
#include "local/exec/step.h"

namespace pxq::local {
namespace {

class MapStep final : public Step {
 public:
  MapStep(const Operator::Map& node, Execution& execution) : node_(node), execution_(execution) {}

  Status take(size_t, Frame frame, std::vector<Frame>& output) override {
    Result<std::vector<ColumnPtr>> columns = evaluate(node_.columns, frame, execution_);
    if (!columns.ok()) return columns.status();
    output.push_back({*std::move(columns), frame.rows, std::move(frame.memory)});
    return {};
  }

 private:
  const Operator::Map& node_;
  Execution& execution_;
};

}  // namespace

std::unique_ptr<Step> make_map(const Operator::Map& node, Execution& execution) {
  return std::make_unique<MapStep>(node, execution);
}

}  // namespace pxq::local
