#pragma once

#include <deque>
#include <string>
#include <vector>

#include "local/plan/plan.h"
#include "local/pxl/ast.h"

namespace pxq::local {

/// An operator of a typed plan that passes may still rewrite. Lives in its PlanGraph.
struct PlanNode {
  pxl::Place place;  // where the script made it
  Operator op;       // without inputs: those are nodes
  std::vector<PlanNode*> inputs;
  std::vector<PlanNode*> users;  // one entry a use
  std::vector<size_t> sinks;     // the outputs that read it
  bool on_agents = false;        // head(_pem_only=1)

  size_t uses() const { return users.size() + sinks.size(); }
};

/// A script's operators with every type known, between typing and the plan: what Pixie's optimizer
/// and splitter work on. Each pass is a function of its own over it.
class PlanGraph final {
 public:
  struct Sink {
    std::string table;  // empty: the rows leave by px.export()
    PlanNode* input = nullptr;
    std::vector<ExpressionPtr> columns;  // px.export(): all that it reads
    bool exports = false;
    bool streams = false;
  };

  PlanGraph() = default;
  PlanGraph(const PlanGraph&) = delete;
  PlanGraph& operator=(const PlanGraph&) = delete;

  PlanNode& add(pxl::Place place, Operator op, std::vector<PlanNode*> inputs);
  void add_sink(Sink sink);

  std::vector<Sink>& sinks() { return sinks_; }
  const std::vector<Sink>& sinks() const { return sinks_; }

  /// Every node that feeds an output, inputs before their users.
  std::vector<PlanNode*> in_order() const;

  /// All that read `from` read `to` instead, but for `to` itself.
  void redirect_users(PlanNode& from, PlanNode& to);
  /// Takes a node with one input out of the graph: its users read its input.
  void detach(PlanNode& node);
  /// Puts a node without inputs between `user` and one of its inputs.
  void insert_before(PlanNode& user, size_t input, PlanNode& node);

  /// The plan, once no pass is left.
  Plan plan() const;

 private:
  std::deque<PlanNode> nodes_;  // addresses stay
  std::vector<Sink> sinks_;
};

}  // namespace pxq::local
