#include <algorithm>
#include <queue>
#include <tuple>
#include <utility>
#include <vector>

#include "local/exec/operators.h"

namespace pxq::local {
namespace {

/// Neighbouring rows of one input that stay neighbours in the output.
struct Run {
  size_t input;
  size_t begin;
  size_t count;
};

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

std::vector<Run> one_after_another(std::span<const Frame> inputs) {
  std::vector<Run> runs;
  for (size_t i = 0; i < inputs.size(); ++i) runs.push_back({i, 0, inputs[i].rows});
  return runs;
}

std::vector<Run> merge_by_time(std::span<const Time64Column* const> times) {
  std::priority_queue<Head> heads;
  for (size_t i = 0; i < times.size(); ++i) {
    if (!times[i]->empty()) heads.push({times[i]->front(), i, 0});
  }
  std::vector<Run> runs;
  while (!heads.empty()) {
    Head head = heads.top();
    heads.pop();
    const Time64Column& own = *times[head.input];
    const size_t begin = head.row;
    do {
      ++head.row;
      if (head.row < own.size()) head.time = own[head.row];
    } while (head.row < own.size() && (heads.empty() || heads.top() < head));
    runs.push_back({head.input, begin, head.row - begin});
    if (head.row < own.size()) heads.push(head);
  }
  return runs;
}

Result<std::vector<Run>> order(const Operator::Union& node, std::span<const Frame> inputs) {
  if (!node.time_column) return one_after_another(inputs);
  std::vector<const Time64Column*> times;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const size_t column = node.columns[i][*node.time_column];
    times.push_back(std::get_if<Time64Column>(inputs[i].columns[column].get()));
    if (times.back() == nullptr) return Status{Code::kInternal, "time_ is not TIME64NS"};
  }
  return merge_by_time(times);
}

Result<Column> assemble(const Operator::Union& node, std::span<const Frame> inputs, size_t column,
                        std::span<const Run> runs, size_t rows) {
  Column output = make_column(column_type(*inputs[0].columns[node.columns[0][column]]));
  const auto append = [&](auto& values) -> Status {
    using Values = std::remove_reference_t<decltype(values)>;
    std::vector<const Values*> sources;
    for (size_t i = 0; i < inputs.size(); ++i) {
      sources.push_back(std::get_if<Values>(inputs[i].columns[node.columns[i][column]].get()));
      if (sources.back() == nullptr) return {Code::kInternal, "append() of unequal column types"};
    }
    values.reserve(rows);
    for (const Run& run : runs) {
      const auto* first = sources[run.input]->data() + run.begin;
      values.insert(values.end(), first, first + run.count);
    }
    return {};
  };
  if (Status status = std::visit(append, output); !status.ok()) return status;
  return output;
}

Status check_size(const Operator::Union& node, std::span<const Frame> inputs, size_t rows,
                  const ExecutionLimits& limits) {
  size_t row_bytes = 1;
  for (const size_t column : node.columns[0]) {
    row_bytes += value_bytes(*inputs[0].columns[column]);
  }
  if (rows <= std::min(kMaxRows, limits.operator_bytes / row_bytes)) return {};
  return {Code::kLimit, "append() would make " + std::to_string(rows) + " rows",
          "Aggregate or filter the tables before appending them."};
}

}  // namespace

Result<Frame> run_union(const Operator::Union& node, std::span<const Frame> inputs,
                        const Execution& execution) {
  Frame output;
  for (const Frame& input : inputs) output.rows += input.rows;
  if (Status status = check_size(node, inputs, output.rows, execution.limits); !status.ok()) {
    return status;
  }
  const Result<std::vector<Run>> runs = order(node, inputs);
  if (!runs.ok()) return runs.status();
  for (size_t column = 0; column < node.columns[0].size(); ++column) {
    if (Status status = execution.check(); !status.ok()) return status;
    Result<Column> values = assemble(node, inputs, column, *runs, output.rows);
    if (!values.ok()) return values.status();
    output.columns.push_back(share(*std::move(values)));
  }
  return output;
}

}  // namespace pxq::local
