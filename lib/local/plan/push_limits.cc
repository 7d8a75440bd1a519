#include "local/plan/push_limits.h"

#include <vector>

#include "local/plan/function_places.h"

namespace pxq::local {
namespace {

/// A place for a limit: between an operator and one of its inputs.
struct Edge {
  PlanNode* user;
  size_t input;
};

/// Whether head() may stand in front. Behind a map that only agents can compute it stays: in front,
/// it would take the rows to Kelvin. What others read as well must stay whole for them.
bool may_pass(const PlanNode& node) {
  return std::holds_alternative<Operator::Map>(node.op.node) && node.uses() == 1 &&
         find_function(node.op, Placement::kPemOnly) == nullptr;
}

void find_places(Edge edge, std::vector<Edge>& places) {
  PlanNode* above = edge.user->inputs[edge.input];
  while (may_pass(*above)) {
    edge = {above, 0};
    above = above->inputs.front();
  }
  places.push_back(edge);
  if (!std::holds_alternative<Operator::Union>(above->op.node) || above->uses() != 1) return;
  for (size_t i = 0; i < above->inputs.size(); ++i) find_places({above, i}, places);
}

void push_limit(PlanGraph& graph, PlanNode& limit) {
  std::vector<Edge> places;
  find_places({&limit, 0}, places);
  const Operator op = limit.op;
  for (const Edge& edge : places) {
    if (edge.user == &limit) continue;
    const Operator& above = edge.user->inputs[edge.input]->op;
    Operator copy = op;
    copy.relation = above.relation;
    copy.open = above.open;
    PlanNode& added = graph.add(limit.place, std::move(copy), {});
    added.on_agents = limit.on_agents;
    graph.insert_before(*edge.user, edge.input, added);
  }
  if (places.front().user != &limit) graph.detach(limit);
}

}  // namespace

void push_limits(PlanGraph& graph) {
  for (PlanNode* node : graph.in_order()) {
    if (std::holds_alternative<Operator::Limit>(node->op.node)) push_limit(graph, *node);
  }
}

}  // namespace pxq::local
