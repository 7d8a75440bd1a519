#include "local/exec/executor.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "local/exec/graph.h"

namespace pxq::local {
namespace {

/// What has no times is as it is: nothing comes later.
bool has_times(const TableSource& table) {
  return std::ranges::any_of(table.relation(),
                             [](const ColumnInfo& column) { return column.name == "time_"; });
}

/// Reads the tables that a graph's sources want, each as few times as possible.
class Reading {
 public:
  Reading(Graph& graph, const TableSet& tables, Execution& execution)
      : graph_(graph), tables_(tables), execution_(execution) {}

  Status run() {
    std::vector<size_t> left = graph_.sources();
    std::erase_if(left, [this](size_t number) { return graph_.source(number).streams; });
    while (!left.empty()) {
      const std::vector<size_t> group = take_group(left);
      if (group.empty()) continue;
      if (Status status = scan(group); !status.ok()) return status;
    }
    return {};
  }

  /// Gives the streams' rows, those that are there and those that come.
  Status follow(const Following* following) {
    Result<std::vector<Stream>> streams = find_streams();
    if (!streams.ok()) return streams.status();
    while (!streams->empty()) {
      for (Stream& stream : *streams) {
        if (Status status = advance(stream, following == nullptr); !status.ok()) return status;
      }
      std::erase_if(*streams, [](const Stream& stream) { return stream.over; });
      if (streams->empty()) break;
      if (Status status = graph_.flush_streams(); !status.ok()) return status;
      if (!following->wait()) return {Code::kInterrupted, "the query was stopped"};
      execution_.functions.now_ns = following->now();
      if (following->cluster != nullptr) {
        execution_.functions.cluster = following->cluster(execution_.functions.now_ns);
      }
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
    if (table == nullptr) return no_table(name);
    std::vector<const Operator::Source*> sources;
    for (const size_t number : group) sources.push_back(&graph_.source(number));
    if (Status status = read(Scan(*table, std::move(sources)), group); !status.ok()) return status;
    for (const size_t number : group) {
      if (Status status = graph_.finish(number); !status.ok()) return status;
    }
    return {};
  }

  Status read(const Scan& scan, std::span<const size_t> group) {
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
    return scan.run(execution_, counters_, deliver);
  }

  static Status no_table(const std::string& name) {
    return {Code::kScript, "Table '" + name + "' not found."};
  }

  /// A source that streams, and what it still has to give.
  struct Stream {
    size_t number;
    const TableSource* table;
    TimeWindow left;
    bool over = false;
  };

  Result<std::vector<Stream>> find_streams() const {
    std::vector<Stream> streams;
    for (const size_t number : graph_.sources()) {
      const Operator::Source& source = graph_.source(number);
      if (!source.streams) continue;
      const TableSource* table = tables_.find(source.table);
      if (table == nullptr) return no_table(source.table);
      streams.push_back({number, table, window_of(source)});
    }
    return streams;
  }

  /// The rows that have come since the last time.
  Status advance(Stream& stream, bool last) {
    if (graph_.is_wanted(stream.number)) {
      TimeWindow window = stream.left;
      const int64_t now_ns = execution_.functions.now_ns;
      window.end_ns = std::min({window.end_ns, stream.table->whole_until(now_ns), now_ns});
      if (window.start_ns <= window.end_ns) {
        const Scan scan(*stream.table, graph_.source(stream.number), window);
        const size_t group[] = {stream.number};
        if (Status status = read(scan, group); !status.ok()) return status;
        stream.left.start_ns = window.end_ns + 1;
      }
      const bool more =
          !last && has_times(*stream.table) && stream.left.start_ns <= stream.left.end_ns;
      if (more && graph_.is_wanted(stream.number)) return {};
    }
    stream.over = true;
    return graph_.finish(stream.number);
  }

  Graph& graph_;
  const TableSet& tables_;
  Execution& execution_;
  ExecutionCounters counters_;
};

}  // namespace

Result<ExecutionCounters> execute(const Plan& plan, const TableSet& tables, FunctionContext context,
                                  BatchReceiver& receiver, std::stop_token stop,
                                  const ExecutionLimits& limits, const Following* following) {
  StringArena strings;  // of what is computed without rows
  context.strings = &strings;
  Execution execution{context, stop, limits};
  Graph graph(plan, execution, receiver);
  if (Status status = graph.build(); !status.ok()) return status;
  Reading reading(graph, tables, execution);
  if (Status status = reading.run(); !status.ok()) return status;
  if (Status status = reading.follow(following); !status.ok()) return status;
  return reading.counters();
}

}  // namespace pxq::local
