#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "local/data/table_source.h"
#include "local/plan/draft.h"
#include "local/plan/first_error.h"
#include "local/plan/plan.h"

namespace pxq::local {

/// Turns the operators of a draft into those of a plan, in the order in which the script made them.
/// Operators that feed no output are checked too, as Pixie does.
class OperatorTypes final {
 public:
  OperatorTypes(const Draft& draft, const TableSet& tables, Vocabulary vocabulary,
                FirstError& errors)
      : draft_(draft), tables_(tables), vocabulary_(vocabulary), errors_(errors) {}

  /// False after an error.
  bool resolve();

  /// REQUIRES: resolve() was true.
  const OperatorPtr& at(const DraftOperator& draft) const { return resolved_[draft.id]; }
  /// What an export reads.
  const std::vector<ExpressionPtr>& columns_of(const DraftOperator& exported) const {
    return exported_.at(exported.id);
  }

 private:
  OperatorPtr resolve(const DraftOperator& draft);
  OperatorPtr resolve_node(const DraftOperator& draft, const DraftOperator::Source& source);
  OperatorPtr resolve_node(const DraftOperator& draft, const DraftOperator::Map& map);
  OperatorPtr resolve_node(const DraftOperator& draft, const DraftOperator::Drop& drop);
  OperatorPtr resolve_node(const DraftOperator& draft, const DraftOperator::Filter& filter);
  OperatorPtr resolve_node(const DraftOperator& draft, const DraftOperator::Limit& limit);
  OperatorPtr resolve_node(const DraftOperator& draft, const DraftOperator::GroupBy& groups);
  OperatorPtr resolve_node(const DraftOperator& draft, const DraftOperator::Aggregate& aggregate);
  OperatorPtr resolve_node(const DraftOperator& draft, const DraftOperator::Join& join);
  OperatorPtr resolve_node(const DraftOperator& draft, const DraftOperator::Union& append);
  OperatorPtr resolve_node(const DraftOperator& draft, const DraftOperator::Stream& stream);
  OperatorPtr resolve_node(const DraftOperator& draft, const DraftOperator::Export& node);

  bool add_groups(const DraftOperator& draft, Operator& op, Operator::Aggregate& aggregate);
  bool add_value(const DraftOperator& draft, const DraftOperator::Aggregate::Item& item,
                 Operator& op, Operator::Aggregate& aggregate);
  bool add_keys(const DraftOperator& draft, const DraftOperator::Join& join,
                Operator::Join& resolved);
  bool name_join_columns(const DraftOperator& draft, const DraftOperator::Join& join, Operator& op);
  bool match_columns(const DraftOperator& draft, size_t input, std::vector<size_t>& columns);
  bool check_groups_are_used();
  bool check_streams();

  const std::vector<ColumnInfo>& relation_of(const DraftOperator& draft) const {
    return at(draft)->relation;
  }

  const Draft& draft_;
  const TableSet& tables_;
  Vocabulary vocabulary_;
  FirstError& errors_;
  std::vector<OperatorPtr> resolved_;                                // by DraftOperator::id
  std::unordered_map<size_t, std::vector<ExpressionPtr>> exported_;  // likewise
};

}  // namespace pxq::local
