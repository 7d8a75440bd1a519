#include "local/plan/plan_graph.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace pxq::local {
namespace {

void remove_user(PlanNode& input, const PlanNode* user) {
  const auto found = std::find(input.users.begin(), input.users.end(), user);
  if (found != input.users.end()) input.users.erase(found);
}

}  // namespace

PlanNode& PlanGraph::add(pxl::Place place, Operator op, std::vector<PlanNode*> inputs) {
  PlanNode& node = nodes_.emplace_back();
  node.place = place;
  node.op = std::move(op);
  node.op.inputs.clear();
  node.inputs = std::move(inputs);
  for (PlanNode* input : node.inputs) input->users.push_back(&node);
  return node;
}

void PlanGraph::add_sink(Sink sink) {
  sink.input->sinks.push_back(sinks_.size());
  sinks_.push_back(std::move(sink));
}

std::vector<PlanNode*> PlanGraph::in_order() const {
  // By steps rather than by recursion: a script may chain any number of operators.
  struct Visit {
    PlanNode* node;
    size_t next = 0;  // of its inputs
  };
  std::vector<PlanNode*> order;
  std::unordered_set<const PlanNode*> seen;
  for (const Sink& sink : sinks_) {
    std::vector<Visit> open;
    if (seen.insert(sink.input).second) open.push_back({sink.input});
    while (!open.empty()) {
      Visit& visit = open.back();
      if (visit.next == visit.node->inputs.size()) {
        order.push_back(visit.node);
        open.pop_back();
        continue;
      }
      PlanNode* input = visit.node->inputs[visit.next++];
      if (seen.insert(input).second) open.push_back({input});
    }
  }
  return order;
}

void PlanGraph::redirect_users(PlanNode& from, PlanNode& to) {
  for (PlanNode* user : std::exchange(from.users, {})) {
    // The node that takes over goes on reading from the one whose place it takes.
    if (user == &to) {
      from.users.push_back(user);
      continue;
    }
    *std::find(user->inputs.begin(), user->inputs.end(), &from) = &to;
    to.users.push_back(user);
  }
  for (const size_t sink : std::exchange(from.sinks, {})) {
    sinks_[sink].input = &to;
    to.sinks.push_back(sink);
  }
}

void PlanGraph::detach(PlanNode& node) {
  PlanNode& input = *node.inputs.front();
  remove_user(input, &node);
  node.inputs.clear();
  redirect_users(node, input);
}

void PlanGraph::insert_before(PlanNode& user, size_t input, PlanNode& node) {
  PlanNode& above = *user.inputs[input];
  remove_user(above, &user);
  user.inputs[input] = &node;
  node.users.push_back(&user);
  node.inputs = {&above};
  above.users.push_back(&node);
}

Plan PlanGraph::plan() const {
  std::unordered_map<const PlanNode*, OperatorPtr> made;
  for (const PlanNode* node : in_order()) {
    Operator op = node->op;
    for (const PlanNode* input : node->inputs) op.inputs.push_back(made.at(input));
    made.emplace(node, std::make_shared<const Operator>(std::move(op)));
  }
  Plan plan;
  for (const Sink& sink : sinks_) {
    // What is exported goes into no table here; it was only checked.
    if (!sink.exports) plan.sinks.push_back({sink.table, made.at(sink.input), sink.streams});
  }
  return plan;
}

}  // namespace pxq::local
