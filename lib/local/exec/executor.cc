#include "local/exec/executor.h"

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "local/exec/operators.h"
#include "local/exec/plan_check.h"

namespace pxq::local {
namespace {

/// The bytes of a query's strings, for as long as any of its batches lives.
struct QueryMemory {
  StringArena arena;
  std::vector<std::shared_ptr<const void>> storages;
};

Status check_output(const Operator& node, const Frame& output) {
  bool sound = output.columns.size() == node.relation.size();
  for (size_t i = 0; sound && i < output.columns.size(); ++i) {
    sound = column_type(*output.columns[i]) == node.relation[i].type &&
            column_size(*output.columns[i]) == output.rows;
  }
  if (sound) return {};
  return {Code::kInternal, "an operator's output differs from its relation"};
}

/// The outputs of a plan's operators while the query runs.
class Query {
 public:
  Query(const TableSet& tables, Execution& execution,
        std::vector<std::shared_ptr<const void>>& storages)
      : execution_(execution), snapshots_(tables, execution.functions, storages) {}

  /// Counts how often the outputs at and below `root` will be taken, by steps rather than by
  /// recursion: a script may chain any number of operators.
  Status announce(const OperatorPtr& root) {
    std::vector<const Operator*> todo{root.get()};
    while (!todo.empty()) {
      const Operator* node = todo.back();
      todo.pop_back();
      if (node == nullptr) return {Code::kInternal, "a sink has no input"};
      if (++outputs_[node].uses > 1) continue;
      if (Status status = check_operator(*node); !status.ok()) return status;
      if (const auto* source = std::get_if<Operator::Source>(&node->node)) {
        snapshots_.announce(*source);
      }
      for (const OperatorPtr& input : node->inputs) todo.push_back(input.get());
    }
    return {};
  }

  /// The output of `root`, computed with all that it needs unless that was done before.
  Result<Frame> take(const Operator& root) {
    std::vector<const Operator*> todo{&root};
    while (!todo.empty()) {
      const Operator* node = todo.back();
      const size_t before = todo.size();
      if (!outputs_[node].done) {
        for (const OperatorPtr& input : node->inputs) {
          if (!outputs_[input.get()].done) todo.push_back(input.get());
        }
        if (todo.size() != before) continue;
        if (Status status = run(*node); !status.ok()) return status;
      }
      todo.pop_back();
    }
    return use(root);
  }

  const ExecutionCounters& counters() const { return snapshots_.counters(); }

 private:
  struct Output {
    size_t uses = 0;
    bool done = false;
    Frame frame;
  };

  /// The columns of a finished operator; the last one who asks takes them away.
  Frame use(const Operator& node) {
    Output& output = outputs_[&node];
    if (--output.uses == 0) return std::exchange(output.frame, Frame{});
    return output.frame;
  }

  Status run(const Operator& node) {
    if (Status status = execution_.check(); !status.ok()) return status;
    std::vector<Frame> inputs;
    for (const OperatorPtr& input : node.inputs) inputs.push_back(use(*input));
    Result<Frame> result = std::visit(Run{snapshots_, inputs, execution_}, node.node);
    if (!result.ok()) return result.status();
    if (Status status = check_output(node, *result); !status.ok()) return status;
    Output& output = outputs_[&node];
    output.frame = *std::move(result);
    output.done = true;
    return {};
  }

  struct Run {
    Snapshots& snapshots;
    const std::vector<Frame>& inputs;
    const Execution& execution;

    Result<Frame> operator()(const Operator::Source& node) const { return snapshots.scan(node); }
    Result<Frame> operator()(const Operator::Map& node) const {
      return run_map(node, inputs[0], execution);
    }
    Result<Frame> operator()(const Operator::Filter& node) const {
      return run_filter(node, inputs[0], execution);
    }
    Result<Frame> operator()(const Operator::Limit& node) const {
      return run_limit(node, inputs[0]);
    }
    Result<Frame> operator()(const Operator::Aggregate& node) const {
      return run_aggregate(node, inputs[0], execution);
    }
    Result<Frame> operator()(const Operator::Join& node) const {
      return run_join(node, inputs[0], inputs[1], execution);
    }
    Result<Frame> operator()(const Operator::Union& node) const {
      return run_union(node, inputs, execution);
    }
  };

  Execution& execution_;
  Snapshots snapshots_;
  std::unordered_map<const Operator*, Output> outputs_;
};

Status deliver(const Frame& frame, size_t sink, const std::shared_ptr<QueryMemory>& memory,
               const Execution& execution, BatchReceiver& receiver) {
  size_t begin = 0;
  do {
    if (Status status = execution.check(); !status.ok()) return status;
    RowBatch batch;
    batch.num_rows = std::min(kBatchRows, frame.rows - begin);
    for (const ColumnPtr& column : frame.columns) {
      batch.columns.push_back(slice(*column, begin, batch.num_rows));
    }
    begin += batch.num_rows;
    batch.eow = batch.eos = begin == frame.rows;
    batch.storage = memory;
    if (!receiver.batch(sink, std::move(batch))) {
      return {Code::kInterrupted, "the receiver of the rows ended the query"};
    }
  } while (begin < frame.rows);
  return {};
}

}  // namespace

Result<ExecutionCounters> execute(const Plan& plan, const TableSet& tables, FunctionContext context,
                                  BatchReceiver& receiver, std::stop_token stop,
                                  const ExecutionLimits& limits) {
  const auto memory = std::make_shared<QueryMemory>();
  context.strings = &memory->arena;
  Execution execution{context, stop, limits};
  Query query{tables, execution, memory->storages};
  for (const Plan::Sink& sink : plan.sinks) {
    if (Status status = query.announce(sink.input); !status.ok()) return status;
  }
  for (size_t i = 0; i < plan.sinks.size(); ++i) {
    const Result<Frame> frame = query.take(*plan.sinks[i].input);
    if (!frame.ok()) return frame.status();
    Status status = deliver(*frame, i, memory, execution, receiver);
    if (!status.ok()) return status;
  }
  return query.counters();
}

}  // namespace pxq::local
