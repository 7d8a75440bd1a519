#include <queue>
#include <tuple>
#include <utility>

#include "local/exec/step.h"

namespace pxq::local {
namespace {

/// How many rows a merge by time puts into one frame.
constexpr size_t kMergedRows = 8192;

/// An input's next row.
struct Head {
  Time64 time;
  size_t input;
  size_t row;

  /// Later heads sink in the queue; at equal times those of later inputs.
  bool operator<(const Head& other) const {
    return std::tie(time, input) > std::tie(other.time, other.input);
  }
};

/// Neighbouring rows of one input that stay neighbours in the output.
struct Run {
  size_t input;
  size_t begin;
  size_t count;
};

/// The next runs, of about kMergedRows in all; none at the end.
std::vector<Run> next_runs(std::priority_queue<Head>& heads,
                           std::span<const Time64Column* const> times) {
  std::vector<Run> runs;
  size_t rows = 0;
  while (!heads.empty() && rows < kMergedRows) {
    Head head = heads.top();
    heads.pop();
    const Time64Column& own = *times[head.input];
    const size_t begin = head.row;
    do {
      ++head.row;
      if (head.row < own.size()) head.time = own[head.row];
    } while (head.row < own.size() && rows + (head.row - begin) < kMergedRows &&
             (heads.empty() || heads.top() < head));
    runs.push_back({head.input, begin, head.row - begin});
    rows += head.row - begin;
    if (head.row < own.size()) heads.push(head);
  }
  return runs;
}

class UnionStep final : public Step {
 public:
  UnionStep(const Operator& node, Execution& execution)
      : node_(std::get<Operator::Union>(node.node)),
        relation_(node.relation),
        execution_(execution),
        holding_(execution, "append()"),
        waiting_(node.inputs.size()),
        ended_(node.inputs.size(), 0) {}

  Status take(size_t input, Frame frame, std::vector<Frame>& output) override {
    Frame arranged = arrange(input, frame);
    for (size_t i = 0; i < relation_.size(); ++i) {
      if (column_type(*arranged.columns[i]) == relation_[i].type) continue;
      return {Code::kInternal, "append() of unequal column types"};
    }
    if (!node_.time_column && input == turn_) {
      output.push_back(std::move(arranged));
      return {};
    }
    const size_t bytes = held_bytes(arranged);
    waiting_[input].push_back(std::move(arranged));
    return holding_.add(bytes);
  }

  Status finish(size_t input, std::vector<Frame>& output) override {
    ended_[input] = 1;
    while (turn_ < ended_.size() && ended_[turn_] != 0) {
      ++turn_;
      if (node_.time_column || turn_ == ended_.size()) continue;
      for (Frame& frame : waiting_[turn_]) output.push_back(std::move(frame));
      waiting_[turn_].clear();
    }
    return node_.time_column && turn_ == ended_.size() ? merge(output) : Status{};
  }

 private:
  /// The input's columns in the output's order.
  Frame arrange(size_t input, const Frame& frame) const {
    Frame arranged{{}, frame.rows, frame.memory};
    for (const size_t column : node_.columns[input]) {
      arranged.columns.push_back(frame.columns[column]);
    }
    return arranged;
  }

  Status merge(std::vector<Frame>& output) {
    std::vector<Frame> inputs;
    std::vector<const Time64Column*> times;
    std::priority_queue<Head> heads;
    for (std::vector<Frame>& frames : waiting_) {
      if (frames.empty()) continue;
      inputs.push_back(concatenate(frames));
      frames.clear();
      times.push_back(std::get_if<Time64Column>(inputs.back().columns[*node_.time_column].get()));
      if (times.back() == nullptr) return {Code::kInternal, "time_ is not TIME64NS"};
      heads.push({times.back()->front(), inputs.size() - 1, 0});
    }
    for (auto runs = next_runs(heads, times); !runs.empty(); runs = next_runs(heads, times)) {
      if (Status status = execution_.check(); !status.ok()) return status;
      output.push_back(assemble(inputs, runs));
    }
    return {};
  }

  static Frame assemble(std::span<const Frame> inputs, std::span<const Run> runs) {
    Frame frame{{}, 0, std::make_shared<FrameMemory>()};
    for (const Frame& input : inputs) frame.memory->others.push_back(input.memory);
    for (const Run& run : runs) frame.rows += run.count;
    for (size_t i = 0; i < inputs.front().columns.size(); ++i) {
      Column column = make_column(column_type(*inputs.front().columns[i]));
      for (const Run& run : runs) {
        append(column, *inputs[run.input].columns[i], run.begin, run.count);
      }
      frame.columns.push_back(share(std::move(column)));
    }
    return frame;
  }

  const Operator::Union& node_;
  const std::vector<ColumnInfo>& relation_;
  Execution& execution_;
  Holding holding_;
  std::vector<std::vector<Frame>> waiting_;  // by input
  std::vector<uint8_t> ended_;
  size_t turn_ = 0;  // the first input that has not ended
};

}  // namespace

std::unique_ptr<Step> make_union(const Operator& node, Execution& execution) {
  return std::make_unique<UnionStep>(node, execution);
}

}  // namespace pxq::local
