#include <algorithm>
#include <utility>

#include "local/exec/evaluate.h"
#include "local/exec/step.h"

namespace pxq::local {
namespace {

class FilterStep final : public Step {
 public:
  FilterStep(const Operator::Filter& node, Execution& execution)
      : node_(node), execution_(execution) {}

  Status take(size_t, Frame frame, std::vector<Frame>& output) override {
    const Result<std::vector<ColumnPtr>> condition =
        evaluate(std::span{&node_.condition, size_t{1}}, frame, execution_);
    if (!condition.ok()) return condition.status();
    const auto* keep = std::get_if<BooleanColumn>(condition->front().get());
    if (keep == nullptr) return {Code::kInternal, "a filter's condition is not BOOLEAN"};

    std::vector<uint32_t> rows;
    for (size_t row = 0; row < keep->size(); ++row) {
      if ((*keep)[row] != 0) rows.push_back(static_cast<uint32_t>(row));
    }
    if (rows.empty()) return {};
    output.push_back(rows.size() == frame.rows ? std::move(frame) : gather(frame, rows));
    return {};
  }

 private:
  const Operator::Filter& node_;
  Execution& execution_;
};

class LimitStep final : public Step {
 public:
  explicit LimitStep(const Operator::Limit& node)
      : left_(static_cast<size_t>(std::max<int64_t>(node.rows, 0))) {}

  Status take(size_t, Frame frame, std::vector<Frame>& output) override {
    const size_t rows = std::min(frame.rows, left_);
    if (rows > 0) output.push_back(slice(frame, 0, rows));
    left_ -= rows;
    return {};
  }

  bool satisfied() const override { return left_ == 0; }

 private:
  size_t left_;
};

}  // namespace

std::unique_ptr<Step> make_filter(const Operator::Filter& node, Execution& execution) {
  return std::make_unique<FilterStep>(node, execution);
}

std::unique_ptr<Step> make_limit(const Operator::Limit& node) {
  return std::make_unique<LimitStep>(node);
}

}  // namespace pxq::local
