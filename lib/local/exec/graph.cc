#include "local/exec/graph.h"

#include <algorithm>
#include <utility>

#include "local/exec/plan_check.h"

namespace pxq::local {
namespace {

Status check_output(const Operator& node, const Frame& output) {
  bool sound = output.columns.size() == node.relation.size();
  for (size_t i = 0; sound && i < output.columns.size(); ++i) {
    sound = column_type(*output.columns[i]) == node.relation[i].type &&
            column_size(*output.columns[i]) == output.rows;
  }
  if (sound) return {};
  return {Code::kInternal, "an operator's output differs from its relation"};
}

/// The operator's inputs in the order in which their rows are needed.
std::vector<const Operator*> inputs_in_order(const Operator& node) {
  std::vector<const Operator*> inputs;
  for (const OperatorPtr& input : node.inputs) inputs.push_back(input.get());
  const auto* join = std::get_if<Operator::Join>(&node.node);
  if (join != nullptr && held_input(*join) == 1) std::swap(inputs[0], inputs[1]);
  return inputs;
}

bool gives_rows_at_once(const Operator& node) {
  return !std::holds_alternative<Operator::Aggregate>(node.node);
}

}  // namespace

Graph::Graph(const Plan& plan, Execution& execution, BatchReceiver& receiver)
    : plan_(plan), execution_(execution), receiver_(receiver) {}

Status Graph::build() {
  for (size_t i = 0; i < plan_.sinks.size(); ++i) {
    if (Status status = add_below(plan_.sinks[i].input); !status.ok()) return status;
    Node& node = nodes_[numbers_.at(plan_.sinks[i].input.get())];
    node.consumers.push_back({i, 0, true});
    ++node.wanting;
    sinks_.emplace_back(i, execution_, receiver_);
  }
  sink_states_.assign(plan_.sinks.size(), SinkState::kOpen);
  for (size_t i = 0; i < nodes_.size(); ++i) {
    Node& node = nodes_[i];
    // A limit of no rows is satisfied before it starts.
    if (node.step == nullptr || !node.step->satisfied()) continue;
    if (Status status = end(i); !status.ok()) return status;
  }
  return drain();
}

/// By steps rather than by recursion: a script may chain any number of operators.
Status Graph::add_below(const OperatorPtr& root) {
  std::vector<const Operator*> todo{root.get()};
  while (!todo.empty()) {
    const Operator* node = todo.back();
    if (node == nullptr) return {Code::kInternal, "a sink has no input"};
    if (numbers_.contains(node)) {
      todo.pop_back();
      continue;
    }
    if (Status status = check_operator(*node); !status.ok()) return status;
    const size_t before = todo.size();
    const std::vector<const Operator*> inputs = inputs_in_order(*node);
    for (auto input = inputs.rbegin(); input != inputs.rend(); ++input) {
      if (!numbers_.contains(*input)) todo.push_back(*input);
    }
    if (todo.size() != before) continue;
    if (Status status = add(*node); !status.ok()) return status;
    todo.pop_back();
  }
  return {};
}

Status Graph::add(const Operator& op) {
  const size_t number = nodes_.size();
  Node node;
  node.op = &op;
  node.step = make_step(op);
  node.open_inputs.assign(op.inputs.size(), 1);
  for (size_t input = 0; input < op.inputs.size(); ++input) {
    const size_t from = numbers_.at(op.inputs[input].get());
    node.inputs.push_back(from);
    nodes_[from].consumers.push_back({number, input, false});
    ++nodes_[from].wanting;
  }
  if (node.step == nullptr) sources_.push_back(number);
  numbers_.emplace(&op, number);
  nodes_.push_back(std::move(node));
  return {};
}

std::unique_ptr<Step> Graph::make_step(const Operator& node) {
  struct Make {
    const Operator& node;
    Execution& execution;

    std::unique_ptr<Step> operator()(const Operator::Source&) const { return nullptr; }
    std::unique_ptr<Step> operator()(const Operator::Map& map) const {
      return make_map(map, execution);
    }
    std::unique_ptr<Step> operator()(const Operator::Filter& filter) const {
      return make_filter(filter, execution);
    }
    std::unique_ptr<Step> operator()(const Operator::Limit& limit) const {
      return make_limit(limit);
    }
    std::unique_ptr<Step> operator()(const Operator::Aggregate&) const {
      return make_aggregate(node, execution);
    }
    std::unique_ptr<Step> operator()(const Operator::Join&) const {
      return make_join(node, execution);
    }
    std::unique_ptr<Step> operator()(const Operator::Union&) const {
      return make_union(node, execution);
    }
  };
  return std::visit(Make{node, execution_}, node.node);
}

const Operator::Source& Graph::source(size_t number) const {
  return std::get<Operator::Source>(nodes_[number].op->node);
}

bool Graph::would_wait(size_t source) const {
  std::vector<size_t> todo{source};
  std::set<size_t> seen;
  while (!todo.empty()) {
    const Node& node = nodes_[todo.back()];
    todo.pop_back();
    for (const Consumer& consumer : node.consumers) {
      if (consumer.is_sink || !seen.insert(consumer.node).second) continue;
      const Node& user = nodes_[consumer.node];
      if (user.ended || !gives_rows_at_once(*user.op)) continue;
      if (const auto* join = std::get_if<Operator::Join>(&user.op->node)) {
        const size_t held = held_input(*join);
        if (consumer.input == held) continue;
        if (user.open_inputs[held] != 0) return true;
      }
      todo.push_back(consumer.node);
    }
  }
  return false;
}

Status Graph::take(size_t source, Frame frame) {
  std::vector<Frame> frames;
  frames.push_back(std::move(frame));
  if (Status status = give(source, frames); !status.ok()) return status;
  return drain();
}

Status Graph::finish(size_t source) {
  if (Status status = end(source); !status.ok()) return status;
  return drain();
}

/// Runs operators that have something to do, inputs before users.
Status Graph::drain() {
  while (!active_.empty()) {
    const size_t number = *active_.begin();
    active_.erase(active_.begin());
    if (nodes_[number].ended) continue;
    if (Status status = run(number); !status.ok()) return status;
  }
  return {};
}

Status Graph::run(size_t number) {
  Node& node = nodes_[number];
  std::vector<Frame> output;
  while (!node.waiting.empty() && !node.step->satisfied()) {
    if (Status status = execution_.check(); !status.ok()) return status;
    auto [input, frame] = std::move(node.waiting.front());
    node.waiting.pop_front();
    execution_.functions.strings = &frame.memory->arena;
    if (Status status = node.step->take(input, std::move(frame), output); !status.ok()) {
      return status;
    }
  }
  for (const size_t input : std::exchange(node.ending, {})) {
    node.open_inputs[input] = 0;
    if (Status status = node.step->finish(input, output); !status.ok()) return status;
  }
  if (Status status = give(number, output); !status.ok()) return status;
  const bool all_ended = std::ranges::count(node.open_inputs, 1) == 0;
  return all_ended || node.step->satisfied() ? end(number) : Status{};
}

Status Graph::give(size_t number, std::vector<Frame>& frames) {
  const Node& node = nodes_[number];
  for (const Frame& frame : frames) {
    if (Status status = check_output(*node.op, frame); !status.ok()) return status;
    for (const Consumer& consumer : node.consumers) {
      if (consumer.is_sink) {
        if (Status status = sinks_[consumer.node].take(frame); !status.ok()) return status;
        continue;
      }
      if (nodes_[consumer.node].ended) continue;
      nodes_[consumer.node].waiting.emplace_back(consumer.input, frame);
      active_.insert(consumer.node);
    }
  }
  frames.clear();
  return {};
}

/// No rows of this operator follow: tells those who use it, and those who feed it.
Status Graph::end(size_t number) {
  Node& node = nodes_[number];
  if (std::exchange(node.ended, true)) return {};
  node.waiting.clear();
  node.step.reset();
  for (const Consumer& consumer : node.consumers) {
    if (consumer.is_sink) {
      sink_states_[consumer.node] = SinkState::kEnded;
    } else if (!nodes_[consumer.node].ended) {
      nodes_[consumer.node].ending.push_back(consumer.input);
      active_.insert(consumer.node);
    }
  }
  forget_inputs(number);
  return end_sinks();
}

/// What nobody wants any more ends too, up to the sources.
void Graph::forget_inputs(size_t number) {
  std::vector<size_t> todo = nodes_[number].inputs;
  while (!todo.empty()) {
    Node& node = nodes_[todo.back()];
    todo.pop_back();
    if (node.wanting > 0) --node.wanting;
    if (node.wanting > 0 || std::exchange(node.ended, true)) continue;
    node.waiting.clear();
    node.step.reset();
    todo.insert(todo.end(), node.inputs.begin(), node.inputs.end());
  }
}

Status Graph::finish_sink(size_t number) {
  sink_states_[number] = SinkState::kFinished;
  return sinks_[number].finish(plan_.sinks[number].input->relation);
}

/// In the plan's order, but that nobody waits for a stream.
Status Graph::end_sinks() {
  for (; next_sink_ < sinks_.size(); ++next_sink_) {
    if (plan_.sinks[next_sink_].streams) continue;
    if (sink_states_[next_sink_] == SinkState::kOpen) break;
    if (Status status = finish_sink(next_sink_); !status.ok()) return status;
  }
  for (size_t i = 0; i < sinks_.size(); ++i) {
    if (!plan_.sinks[i].streams || sink_states_[i] != SinkState::kEnded) continue;
    if (Status status = finish_sink(i); !status.ok()) return status;
  }
  return {};
}

Status Graph::flush_streams() {
  for (size_t i = 0; i < sinks_.size(); ++i) {
    if (!plan_.sinks[i].streams || sink_states_[i] != SinkState::kOpen) continue;
    if (Status status = sinks_[i].flush(); !status.ok()) return status;
  }
  return {};
}

}  // namespace pxq::local
