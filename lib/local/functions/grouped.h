#pragma once

#include <memory>
#include <vector>

#include "local/functions/kernel.h"

namespace pxq::local {

/// An aggregate with one State a group. State names its Argument, takes cells by add(), and gives
/// its result() as a value that to_cell() understands.
template <typename State>
class GroupedAggregator final : public Aggregator {
 public:
  void update(const Column& values, std::span<const uint32_t> groups, size_t group_count) override {
    using Argument = typename State::Argument;
    const auto& cells = std::get<ColumnOf<Argument>>(values);
    states_.resize(group_count);
    for (size_t row = 0; row < groups.size(); ++row) {
      states_[groups[row]].add(Argument(cells[row]));
    }
  }

  Column finish(size_t group_count, FunctionContext& context) override {
    states_.resize(group_count);
    ColumnOf<decltype(states_.front().result())> results(group_count);
    for (size_t group = 0; group < group_count; ++group) {
      results[group] = to_cell(states_[group].result(), context);
    }
    return results;
  }

 private:
  std::vector<State> states_;
};

/// A table entry whose types are those of its State.
template <typename State>
AggregateFunction aggregate(std::string_view name, SemanticRule semantic) {
  using Result = decltype(std::declval<State&>().result());
  return {.name = name,
          .argument = CellTraits<typename State::Argument>::kType,
          .result = CellTraits<Result>::kType,
          .semantic = semantic,
          .make = []() -> std::unique_ptr<Aggregator> {
            return std::make_unique<GroupedAggregator<State>>();
          }};
}

}  // namespace pxq::local
