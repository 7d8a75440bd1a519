#include "local/plan/combine_maps.h"

#include <algorithm>
#include <string>
#include <unordered_set>

namespace pxq::local {
namespace {

using Names = std::unordered_set<std::string>;

/// Looks for columns of the given names. Metadata is none, even where it will be made from one of
/// them: Pixie gives ctx[] its meaning only afterwards.
class ColumnSearch final {
 public:
  explicit ColumnSearch(const Names& names) : names_(names) {}

  bool finds(const DraftExpression& expression) {
    if (const auto* column = expression.as<DraftExpression::Column>()) {
      return names_.contains(column->name);
    }
    const auto* call = expression.as<DraftExpression::Call>();
    if (call == nullptr || !visited_.insert(&expression).second) return false;
    return std::any_of(call->arguments.begin(), call->arguments.end(),
                       [this](const DraftExpressionPtr& argument) { return finds(*argument); });
  }

 private:
  const Names& names_;
  std::unordered_set<const DraftExpression*> visited_;
};

void absorb(const DraftOperator::Map& child, DraftOperator::Map& parent, Names& names) {
  for (const auto& [name, value] : child.columns) {
    if (names.insert(name).second) {
      parent.columns.emplace_back(name, value);
      continue;
    }
    for (auto& column : parent.columns) {
      if (column.first == name) column.second = value;
    }
  }
}

bool uses_any(const DraftOperator::Map& child, const Names& names) {
  ColumnSearch search(names);
  return std::any_of(child.columns.begin(), child.columns.end(),
                     [&](const auto& column) { return search.finds(*column.second); });
}

Names names_of(const DraftOperator::Map& map) {
  Names names;
  for (const auto& column : map.columns) names.insert(column.first);
  return names;
}

/// How many operators and outputs read the rows of each operator.
std::vector<size_t> count_users(const Draft& draft) {
  std::vector<size_t> users(draft.operators.size());
  for (const DraftOperator& op : draft.operators) {
    for (const DraftOperator* input : op.inputs) ++users[input->id];
  }
  for (const Draft::Sink& sink : draft.sinks) ++users[sink.input->id];
  return users;
}

}  // namespace

void combine_maps(Draft& draft) {
  std::vector<size_t> users = count_users(draft);
  std::vector<Names> names(draft.operators.size());
  std::vector<const DraftOperator*> became(draft.operators.size());
  // Inputs come before their users, so that one walk sees each chain from its start.
  for (DraftOperator& child : draft.operators) {
    became[child.id] = &child;
    for (const DraftOperator*& input : child.inputs) input = became[input->id];
    auto* map = std::get_if<DraftOperator::Map>(&child.node);
    if (map == nullptr) continue;
    DraftOperator& parent = draft.operators[child.inputs.front()->id];
    auto* before = std::get_if<DraftOperator::Map>(&parent.node);
    const bool joins = before != nullptr && map->keeps_input && users[parent.id] == 1 &&
                       !uses_any(*map, names[parent.id]);
    if (!joins) {
      names[child.id] = names_of(*map);
      continue;
    }
    absorb(*map, *before, names[parent.id]);
    users[parent.id] = users[child.id];
    child.absorbed = true;
    became[child.id] = &parent;
  }
  for (Draft::Sink& sink : draft.sinks) sink.input = became[sink.input->id];
}

}  // namespace pxq::local
