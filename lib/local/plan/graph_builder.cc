#include "local/plan/graph_builder.h"

#include <set>
#include <utility>

#include <fmt/format.h>

namespace pxq::local {
namespace {

/// Operators that give their input's rows unchanged; the graph does without them.
bool passes_input(const DraftOperator& op) {
  return op.as<DraftOperator::GroupBy>() != nullptr || op.as<DraftOperator::Stream>() != nullptr ||
         op.as<DraftOperator::Export>() != nullptr;
}

/// Which operators feed an output; inputs have smaller numbers than their users.
std::vector<bool> connected(const Draft& draft) {
  std::vector<bool> used(draft.operators.size());
  for (const Draft::Sink& sink : draft.sinks) used[sink.input->id] = true;
  for (const DraftOperator& op : draft.operators) {
    if (op.as<DraftOperator::Export>() != nullptr) used[op.id] = true;
  }
  for (size_t i = draft.operators.size(); i-- > 0;) {
    if (!used[i]) continue;
    for (const DraftOperator* input : draft.operators[i].inputs) used[input->id] = true;
  }
  return used;
}

std::string unique_name(const std::string& name, std::set<std::string>& taken) {
  std::string unique = name;
  for (int i = 1; !taken.insert(unique).second; ++i) unique = fmt::format("{}_{}", name, i);
  return unique;
}

/// The rows that may leave: a larger head() just before is lowered, as Pixie does.
PlanNode* limited(PlanGraph& graph, PlanNode* input, int64_t max_rows) {
  if (max_rows <= 0) return input;
  const auto* limit = std::get_if<Operator::Limit>(&input->op.node);
  if (limit != nullptr && limit->rows <= max_rows) return input;
  Operator op;
  op.relation = input->op.relation;
  op.open = input->op.open;
  op.node = Operator::Limit{max_rows};
  return &graph.add(input->place, std::move(op),
                    {limit == nullptr ? input : input->inputs.front()});
}

/// The same operators for a stream alone: others of the script that read their rows see an end.
/// REQUIRES: each has at most one input, as all have that do not wait for all rows.
PlanNode* streaming(PlanGraph& graph, const PlanNode& from) {
  std::vector<PlanNode*> inputs;
  for (const PlanNode* input : from.inputs) inputs.push_back(streaming(graph, *input));
  Operator op = from.op;
  if (auto* source = std::get_if<Operator::Source>(&op.node)) source->streams = true;
  PlanNode& node = graph.add(from.place, std::move(op), std::move(inputs));
  node.on_agents = from.on_agents;
  return &node;
}

PlanNode& add_node(PlanGraph& graph, const DraftOperator& draft, const OperatorTypes& types,
                   std::vector<PlanNode*> inputs) {
  PlanNode& node = graph.add(draft.place, *types.at(draft), std::move(inputs));
  const auto* limit = draft.as<DraftOperator::Limit>();
  node.on_agents = limit != nullptr && limit->on_agents;
  return node;
}

}  // namespace

void build_graph(const Draft& draft, const OperatorTypes& types, const QueryFlags& flags,
                 PlanGraph& graph) {
  const std::vector<bool> used = connected(draft);
  std::vector<PlanNode*> nodes(draft.operators.size());
  for (const DraftOperator& op : draft.operators) {
    if (!used[op.id]) continue;
    std::vector<PlanNode*> inputs;
    for (const DraftOperator* input : op.inputs) inputs.push_back(nodes[input->id]);
    if (op.as<DraftOperator::Export>() != nullptr) {
      graph.add_sink({{}, inputs.front(), types.columns_of(op), true});
    }
    nodes[op.id] =
        passes_input(op) ? inputs.front() : &add_node(graph, op, types, std::move(inputs));
  }
  std::set<std::string> taken;
  for (const Draft::Sink& sink : draft.sinks) {
    PlanNode* input = nodes[sink.input->id];
    const bool streams = sink.input->as<DraftOperator::Stream>() != nullptr;
    // A stream has no limit, as in Pixie.
    input =
        streams ? streaming(graph, *input) : limited(graph, input, flags.max_output_rows_per_table);
    graph.add_sink({unique_name(sink.name, taken), input, {}, false, streams});
  }
}

}  // namespace pxq::local
