#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "local/exec/execution.h"
#include "local/exec/frame.h"
#include "local/exec/sink.h"
#include "local/exec/step.h"
#include "local/plan/plan.h"

namespace pxq::local {

/// A plan's operators while the query runs: rows that a source gives go as far down as they can.
/// An operator that several others use runs once.
class Graph {
 public:
  Graph(const Plan& plan, Execution& execution, BatchReceiver& receiver);

  /// Takes the plan apart; kInternal when it contradicts itself.
  Status build();

  /// The sources' numbers, what joins hold before what drives them.
  const std::vector<size_t>& sources() const { return sources_; }
  const Operator::Source& source(size_t number) const;

  /// Whether somebody still wants this source's rows.
  bool is_wanted(size_t source) const { return !nodes_[source].ended; }

  /// Whether rows of this source would have to wait in a join for those of other sources.
  bool would_wait(size_t source) const;

  Status take(size_t source, Frame frame);
  Status finish(size_t source);

  /// What outputs that stream hold back is given now.
  Status flush_streams();

 private:
  /// Where an operator's rows go: an input of another one, or a sink.
  struct Consumer {
    size_t node;
    size_t input;
    bool is_sink;
  };

  struct Node {
    const Operator* op = nullptr;
    std::unique_ptr<Step> step;  // null for sources
    std::vector<size_t> inputs;
    std::vector<Consumer> consumers;
    size_t wanting = 0;  // consumers that have not ended
    std::deque<std::pair<size_t, Frame>> waiting;
    std::vector<size_t> ending;        // inputs that ended after the rows in `waiting`
    std::vector<uint8_t> open_inputs;  // by input
    bool ended = false;
  };

  Status add_below(const OperatorPtr& root);
  Status add(const Operator& node);
  std::unique_ptr<Step> make_step(const Operator& node);

  Status drain();
  Status run(size_t number);
  Status give(size_t number, std::vector<Frame>& frames);
  Status end(size_t number);
  void forget_inputs(size_t number);
  Status end_sinks();
  Status finish_sink(size_t number);

  const Plan& plan_;
  Execution& execution_;
  BatchReceiver& receiver_;
  std::vector<Node> nodes_;  // inputs before users
  std::unordered_map<const Operator*, size_t> numbers_;
  std::vector<size_t> sources_;
  std::deque<Sink> sinks_;
  enum class SinkState : uint8_t { kOpen, kEnded, kFinished };
  std::vector<SinkState> sink_states_;
  size_t next_sink_ = 0;  // the first without a stream that has not given its last batch
  std::set<size_t> active_;
};

}  // namespace pxq::local
