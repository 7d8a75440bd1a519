#include "local/plan/prune_columns.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "local/plan/column_use.h"

namespace pxq::local {
namespace {

using Flags = std::vector<bool>;

template <typename Item>
std::vector<Item> kept(std::vector<Item> items, const Flags& keep) {
  std::vector<Item> result;
  for (size_t i = 0; i < items.size(); ++i) {
    if (keep[i]) result.push_back(std::move(items[i]));
  }
  return result;
}

/// What each operator's users need of its columns, filled from the outputs upwards.
class Needs final {
 public:
  explicit Needs(const std::vector<PlanNode*>& order) {
    for (const PlanNode* node : order) of_[node].resize(node->op.relation.size());
  }

  Flags& of(const PlanNode* node) { return of_.at(node); }

  void add(const PlanNode* node, const ColumnUse& use) {
    Flags& flags = of(node);
    for (size_t i = 0; i < flags.size(); ++i) flags[i] = flags[i] || use.used()[i];
  }
  void add_all(const PlanNode* node) { std::fill(of(node).begin(), of(node).end(), true); }

 private:
  std::unordered_map<const PlanNode*, Flags> of_;
};

/// Tells the inputs of one operator what it needs of them, given what its own users need.
struct Asker {
  const PlanNode& node;
  const Flags& wanted;
  Needs& needs;

  ColumnUse use(size_t input) const { return ColumnUse(node.inputs[input]->op.relation.size()); }
  void same(size_t input, ColumnUse& used) const {
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i]) used.add(i);
    }
    needs.add(node.inputs[input], used);
  }

  void operator()(const Operator::Source&) const {}
  void operator()(const Operator::Map& map) const {
    ColumnUse used = use(0);
    for (size_t i = 0; i < map.columns.size(); ++i) {
      if (wanted[i]) used.add(*map.columns[i]);
    }
    needs.add(node.inputs[0], used);
  }
  void operator()(const Operator::Filter& filter) const {
    ColumnUse used = use(0);
    used.add(*filter.condition);
    same(0, used);
  }
  void operator()(const Operator::Limit&) const {
    ColumnUse used = use(0);
    same(0, used);
  }
  void operator()(const Operator::Aggregate& aggregate) const {
    ColumnUse used = use(0);
    for (const size_t group : aggregate.groups) used.add(group);
    for (size_t i = 0; i < aggregate.values.size(); ++i) {
      if (wanted[aggregate.groups.size() + i]) used.add(aggregate.values[i].column);
    }
    needs.add(node.inputs[0], used);
  }
  void operator()(const Operator::Join& join) const {
    const size_t left_size = node.inputs[0]->op.relation.size();
    ColumnUse left = use(0);
    ColumnUse right = use(1);
    for (const size_t key : join.left_keys) left.add(key);
    for (const size_t key : join.right_keys) right.add(key);
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (!wanted[i]) continue;
      const size_t from = join.output ? (*join.output)[i] : i;
      from < left_size ? left.add(from) : right.add(from - left_size);
    }
    needs.add(node.inputs[0], left);
    needs.add(node.inputs[1], right);
  }
  void operator()(const Operator::Union& all) const {
    for (size_t input = 0; input < node.inputs.size(); ++input) {
      ColumnUse used = use(input);
      for (size_t i = 0; i < all.columns[input].size(); ++i) {
        if (wanted[i]) used.add(all.columns[input][i]);
      }
      needs.add(node.inputs[input], used);
      if (all.columns[input].empty()) needs.add_all(node.inputs[input]);
    }
  }
};

/// Which columns an operator's output will have: what is needed, and more where it cannot choose.
struct Chooser {
  const PlanNode& node;
  Flags wanted;
  const std::unordered_map<const PlanNode*, Flags>& kept_of;

  // An operator that makes rows makes at least one column, or there would be no rows to count.
  Flags at_least_one() const {
    Flags keep = wanted;
    if (std::find(keep.begin(), keep.end(), true) == keep.end() && !keep.empty()) keep[0] = true;
    return keep;
  }

  Flags operator()(const Operator::Source&) const { return at_least_one(); }
  Flags operator()(const Operator::Map&) const { return at_least_one(); }
  Flags operator()(const Operator::Filter&) const { return kept_of.at(node.inputs[0]); }
  Flags operator()(const Operator::Limit&) const { return kept_of.at(node.inputs[0]); }
  Flags operator()(const Operator::Aggregate& aggregate) const {
    Flags keep = wanted;
    std::fill_n(keep.begin(), aggregate.groups.size(), true);
    if (aggregate.groups.empty()) return at_least_one();
    return keep;
  }
  Flags operator()(const Operator::Join&) const { return at_least_one(); }
  Flags operator()(const Operator::Union&) const { return at_least_one(); }
};

/// The operator over narrower inputs, with only the columns that it keeps.
struct Narrower {
  PlanNode& node;
  const Flags& keep;
  const std::unordered_map<const PlanNode*, Flags>& kept_of;
  std::vector<ColumnRenumbering>& inputs;

  void operator()(Operator::Source& source) const {
    if (!source.columns.empty()) source.columns = kept(std::move(source.columns), keep);
  }
  void operator()(Operator::Map& map) const {
    map.columns = kept(std::move(map.columns), keep);
    for (ExpressionPtr& column : map.columns) column = inputs[0].apply(column);
  }
  void operator()(Operator::Filter& filter) const {
    filter.condition = inputs[0].apply(filter.condition);
  }
  void operator()(Operator::Limit&) const {}
  void operator()(Operator::Aggregate& aggregate) const {
    std::vector<Operator::Aggregate::Item> values;
    for (size_t i = 0; i < aggregate.values.size(); ++i) {
      if (keep[aggregate.groups.size() + i]) values.push_back(aggregate.values[i]);
    }
    for (auto& value : values) value.column = inputs[0].apply(value.column);
    for (size_t& group : aggregate.groups) group = inputs[0].apply(group);
    aggregate.values = std::move(values);
  }
  void operator()(Operator::Join& join) const {
    for (size_t& key : join.left_keys) key = inputs[0].apply(key);
    for (size_t& key : join.right_keys) key = inputs[1].apply(key);
    const Flags& left = kept_of.at(node.inputs[0]);
    const auto left_size = static_cast<size_t>(std::count(left.begin(), left.end(), true));
    std::vector<size_t> output;
    for (size_t i = 0; i < keep.size(); ++i) {
      if (!keep[i]) continue;
      const size_t from = join.output ? (*join.output)[i] : i;
      output.push_back(from < left.size() ? inputs[0].apply(from)
                                          : left_size + inputs[1].apply(from - left.size()));
    }
    join.output = std::move(output);
  }
  void operator()(Operator::Union& all) const {
    for (size_t input = 0; input < inputs.size(); ++input) {
      if (all.columns[input].empty()) continue;
      all.columns[input] = kept(std::move(all.columns[input]), keep);
      for (size_t& column : all.columns[input]) column = inputs[input].apply(column);
    }
    if (!all.time_column) return;
    // Rows merge by their time whether anyone looks at it or not, so the column stays.
    all.time_column = static_cast<size_t>(
        std::count(keep.begin(), keep.begin() + static_cast<ptrdiff_t>(*all.time_column), true));
  }
};

/// Where each old column is now; those that went have no place.
std::vector<size_t> new_numbers(const Flags& keep) {
  std::vector<size_t> numbers;
  size_t next = 0;
  for (const bool flag : keep) {
    numbers.push_back(flag ? next++ : Expression::ColumnReference::kUnknown);
  }
  return numbers;
}

/// Rows of a union merge by time, so it needs that column whether its users do or not.
void add_own_needs(const PlanNode& node, Needs& needs) {
  if (node.op.open) needs.add_all(&node);
  const auto* all = std::get_if<Operator::Union>(&node.op.node);
  if (all != nullptr && all->time_column) needs.of(&node)[*all->time_column] = true;
}

}  // namespace

void prune_columns(PlanGraph& graph) {
  const std::vector<PlanNode*> order = graph.in_order();
  Needs needs(order);
  for (const PlanGraph::Sink& sink : graph.sinks()) {
    if (!sink.exports) {
      needs.add_all(sink.input);
      continue;
    }
    ColumnUse used(sink.input->op.relation.size());
    for (const ExpressionPtr& column : sink.columns) used.add(*column);
    needs.add(sink.input, used);
  }
  for (size_t i = order.size(); i-- > 0;) {
    add_own_needs(*order[i], needs);
    std::visit(Asker{*order[i], needs.of(order[i]), needs}, order[i]->op.node);
  }
  std::unordered_map<const PlanNode*, Flags> kept_of;
  for (PlanNode* node : order) {
    Flags keep = std::visit(Chooser{*node, needs.of(node), kept_of}, node->op.node);
    std::vector<ColumnRenumbering> inputs;
    for (const PlanNode* input : node->inputs) inputs.emplace_back(new_numbers(kept_of.at(input)));
    std::visit(Narrower{*node, keep, kept_of, inputs}, node->op.node);
    node->op.relation = kept(std::move(node->op.relation), keep);
    kept_of.emplace(node, std::move(keep));
  }
  for (PlanGraph::Sink& sink : graph.sinks()) {
    ColumnRenumbering numbers(new_numbers(kept_of.at(sink.input)));
    for (ExpressionPtr& column : sink.columns) column = numbers.apply(column);
  }
}

}  // namespace pxq::local
