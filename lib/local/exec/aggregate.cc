#include <fmt/format.h>

#include <utility>

#include "local/exec/key_numbering.h"
#include "local/exec/step.h"

namespace pxq::local {
namespace {

/// A guess of what a group's number and one state take; sketches of quantiles take more as they
/// see more rows, up to their own bound.
constexpr size_t kGroupBytes = 32;
constexpr size_t kStateBytes = 64;

class AggregateStep final : public Step {
 public:
  AggregateStep(const Operator& node, Execution& execution)
      : node_(std::get<Operator::Aggregate>(node.node)),
        execution_(execution),
        holding_(execution, "agg()"),
        one_group_(node_.ungrouped || node_.groups.empty()) {
    for (const Operator::Aggregate::Item& item : node_.values) {
      aggregators_.push_back(item.function->make());
    }
    for (const size_t column : node_.groups) {
      keys_.push_back(make_column(node.inputs[0]->relation[column].type));
    }
  }

  Status take(size_t, Frame frame, std::vector<Frame>&) override {
    const std::vector<uint32_t> numbers = number_groups(frame);
    for (size_t i = 0; i < aggregators_.size(); ++i) {
      if (Status status = execution_.check(); !status.ok()) return status;
      aggregators_[i]->update(*frame.columns[node_.values[i].column], numbers, groups());
    }
    size_t group_bytes = kGroupBytes + kStateBytes * aggregators_.size();
    // A key is kept in its column and in the dictionary that numbers it.
    for (const Column& key : keys_) group_bytes += 2 * value_bytes(key);
    return holding_.set(memory_->arena.bytes() + groups() * group_bytes);
  }

  Status finish(size_t, std::vector<Frame>& output) override {
    execution_.functions.strings = &memory_->arena;
    Frame all{{}, groups(), memory_};
    for (Column& key : keys_) all.columns.push_back(share(std::move(key)));
    for (size_t i = 0; i < aggregators_.size(); ++i) {
      if (Status status = execution_.check(); !status.ok()) return status;
      Column values = aggregators_[i]->finish(groups(), execution_.functions);
      const AggregateFunction& function = *node_.values[i].function;
      if (column_size(values) != groups() || column_type(values) != function.result) {
        return wrong_result(function, values);
      }
      all.columns.push_back(share(std::move(values)));
    }
    if (all.rows > 0) output.push_back(std::move(all));
    return {};
  }

 private:
  size_t groups() const { return one_group_ ? 1 : groups_; }

  /// Each row's group. The keys of new groups are kept.
  std::vector<uint32_t> number_groups(const Frame& frame) {
    if (one_group_) return std::vector<uint32_t>(frame.rows, 0);
    std::vector<ColumnPtr> keys;
    for (const size_t column : node_.groups) keys.push_back(frame.columns[column]);
    std::vector<uint32_t> numbers = numbering_.add(keys, frame.rows);
    std::vector<uint32_t> first_rows;
    for (size_t row = 0; row < frame.rows; ++row) {
      if (numbers[row] == groups_ + first_rows.size()) {
        first_rows.push_back(static_cast<uint32_t>(row));
      }
    }
    groups_ += first_rows.size();
    for (size_t i = 0; i < keys.size() && !first_rows.empty(); ++i) {
      // The frame's memory goes with the frame, and the keys stay.
      Column added = gather(*keys[i], first_rows);
      move_strings(added, memory_->arena);
      append(keys_[i], added, 0, first_rows.size());
    }
    return numbers;
  }

  Status wrong_result(const AggregateFunction& function, const Column& values) const {
    return {Code::kInternal,
            fmt::format("aggregate '{}' returned {} values of {} for {} groups", function.name,
                        column_size(values), data_type_name(column_type(values)), groups())};
  }

  const Operator::Aggregate& node_;
  Execution& execution_;
  Holding holding_;
  const bool one_group_;
  const std::shared_ptr<FrameMemory> memory_ = std::make_shared<FrameMemory>();
  KeyNumbering numbering_{&memory_->arena};
  size_t groups_ = 0;  // that have keys
  std::vector<Column> keys_;
  std::vector<std::unique_ptr<Aggregator>> aggregators_;
};

}  // namespace

std::unique_ptr<Step> make_aggregate(const Operator& node, Execution& execution) {
  return std::make_unique<AggregateStep>(node, execution);
}

}  // namespace pxq::local
