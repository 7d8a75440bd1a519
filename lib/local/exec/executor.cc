#include "local/exec/executor.h"

#include <string>
#include <utility>
#include <vector>

#include "local/exec/graph.h"

namespace pxq::local {
namespace {

/// Reads the tables that a graph's sources want, each as few times as possible.
class Reading {
 public:
  Reading(Graph& graph, const TableSet& tables, Execution& execution)
      : graph_(graph), tables_(tables), execution_(execution) {}

  Status run() {
    std::vector<size_t> left = graph_.sources();
    while (!left.empty()) {
      const std::vector<size_t> group = take_group(left);
      if (group.empty()) continue;
      if (Status status = scan(group); !status.ok()) return status;
    }
    return {};
  }

  const ExecutionCounters& counters() const { return counters_; }

 private:
  /// The first source that is left, and those that can be read with it. A source whose rows would
  /// wait in a join is read later, unless its table would tell of another moment then.
  std::vector<size_t> take_group(std::vector<size_t>& left) const {
    const size_t first = left.front();
    left.erase(left.begin());
    if (!graph_.is_wanted(first)) return {};
    std::vector<size_t> group{first};
    const Operator::Source& source = graph_.source(first);
    const TableSource* table = tables_.find(source.table);
    const bool once = table != nullptr && table->is_sample();
    const TimeWindow window = window_of(source);
    std::erase_if(left, [&](size_t other) {
      if (graph_.source(other).table != source.table || !graph_.is_wanted(other)) return false;
      const bool together = window.overlaps(window_of(graph_.source(other)));
      if (!once && (!together || graph_.would_wait(other))) return false;
      group.push_back(other);
      return true;
    });
    return group;
  }

  Status scan(const std::vector<size_t>& group) {
    const std::string& name = graph_.source(group.front()).table;
    const TableSource* table = tables_.find(name);
    if (table == nullptr) return {Code::kScript, "Table '" + name + "' not found."};
    std::vector<const Operator::Source*> sources;
    for (const size_t number : group) sources.push_back(&graph_.source(number));
    const Scan scan(*table, std::move(sources));
    const auto deliver = [&](std::vector<Frame> frames) -> Result<bool> {
      bool wanted = false;
      for (size_t i = 0; i < group.size(); ++i) {
        if (frames[i].rows > 0 && graph_.is_wanted(group[i])) {
          Status status = graph_.take(group[i], std::move(frames[i]));
          if (!status.ok()) return status;
        }
        wanted = wanted || graph_.is_wanted(group[i]);
      }
      return wanted;
    };
    if (Status status = scan.run(execution_, counters_, deliver); !status.ok()) return status;
    for (const size_t number : group) {
      if (Status status = graph_.finish(number); !status.ok()) return status;
    }
    return {};
  }

  Graph& graph_;
  const TableSet& tables_;
  Execution& execution_;
  ExecutionCounters counters_;
};

}  // namespace

Result<ExecutionCounters> execute(const Plan& plan, const TableSet& tables, FunctionContext context,
                                  BatchReceiver& receiver, std::stop_token stop,
                                  const ExecutionLimits& limits) {
  StringArena strings;  // of what is computed without rows
  context.strings = &strings;
  Execution execution{context, stop, limits};
  Graph graph(plan, execution, receiver);
  if (Status status = graph.build(); !status.ok()) return status;
  Reading reading(graph, tables, execution);
  if (Status status = reading.run(); !status.ok()) return status;
  return reading.counters();
}

}  // namespace pxq::local
