#include "local/exec/plan_check.h"

#include <algorithm>
#include <span>

namespace pxq::local {
namespace {

/// Whether one kind of operator is sound for the relations of its inputs.
struct Sound {
  const Operator& node;

  const std::vector<ColumnInfo>& relation(size_t input) const {
    return node.inputs[input]->relation;
  }
  bool has(size_t input, std::span<const size_t> columns) const {
    return std::ranges::all_of(columns,
                               [&](size_t column) { return column < relation(input).size(); });
  }

  bool comes_from_inputs(const Operator::Join& join) const {
    const size_t all = relation(0).size() + relation(1).size();
    if (!join.output) return node.relation.size() == all;
    return join.output->size() == node.relation.size() &&
           std::ranges::all_of(*join.output, [all](size_t column) { return column < all; });
  }

  bool operator()(const Operator::Source&) const { return node.inputs.empty(); }
  bool operator()(const Operator::Map& map) const {
    return node.inputs.size() == 1 && !std::ranges::count(map.columns, nullptr);
  }
  bool operator()(const Operator::Filter& filter) const {
    return node.inputs.size() == 1 && filter.condition != nullptr;
  }
  bool operator()(const Operator::Limit&) const { return node.inputs.size() == 1; }
  bool operator()(const Operator::Aggregate& aggregate) const {
    if (node.inputs.size() != 1 || (aggregate.ungrouped && !aggregate.groups.empty())) return false;
    const auto fits = [this](const Operator::Aggregate::Item& item) {
      return item.function != nullptr && item.column < relation(0).size() &&
             relation(0)[item.column].type == item.function->argument;
    };
    return has(0, aggregate.groups) && std::ranges::all_of(aggregate.values, fits);
  }
  bool operator()(const Operator::Join& join) const {
    if (node.inputs.size() != 2 || join.left_keys.size() != join.right_keys.size()) return false;
    if (join.driving > 1 || !comes_from_inputs(join)) return false;
    if (!has(0, join.left_keys) || !has(1, join.right_keys)) return false;
    return std::ranges::equal(join.left_keys, join.right_keys, [this](size_t left, size_t right) {
      return relation(0)[left].type == relation(1)[right].type;
    });
  }
  bool operator()(const Operator::Union& all) const {
    if (node.inputs.empty() || all.columns.size() != node.inputs.size()) return false;
    for (size_t i = 0; i < all.columns.size(); ++i) {
      if (all.columns[i].size() != node.relation.size() || !has(i, all.columns[i])) return false;
    }
    return !all.time_column || *all.time_column < node.relation.size();
  }
};

}  // namespace

Status check_operator(const Operator& node) {
  const bool whole = !std::ranges::count(node.inputs, nullptr);
  if (whole && std::visit(Sound{node}, node.node)) return {};
  return {Code::kInternal, "the script's plan contradicts itself"};
}

}  // namespace pxq::local
