#pragma once

#include <unordered_map>
#include <vector>

#include "local/plan/draft.h"
#include "local/plan/first_error.h"
#include "local/plan/plan.h"
#include "model/schema.h"

namespace pxq::local {

/// Gives the expressions of one operator their meaning over its input's relation: columns found,
/// overloads chosen by exact types, metadata keys turned into functions, semantic types inferred.
class ExpressionTypes final {
 public:
  ExpressionTypes(const Operator& input, FirstError& errors)
      : relation_(input.relation), open_(input.open), errors_(errors) {}

  /// Null after an error. An expression that several share is resolved once.
  ExpressionPtr resolve(const DraftExpressionPtr& draft);

 private:
  ExpressionPtr resolve_node(const DraftExpression& draft);
  ExpressionPtr resolve_column(pxl::Place place, const std::string& name);
  ExpressionPtr resolve_metadata(pxl::Place place, const std::string& key);
  /// Whether rows tell at which address of their process they were seen, and when.
  bool has_local_address() const;
  ExpressionPtr resolve_call(pxl::Place place, const std::string& function,
                             std::vector<ExpressionPtr> arguments);
  ExpressionPtr apply_cast(const DraftExpression& draft, ExpressionPtr expression);

  const std::vector<ColumnInfo>& relation_;
  const bool open_;
  FirstError& errors_;
  std::unordered_map<const DraftExpression*, ExpressionPtr> resolved_;
};

/// The index of a column, or the number of columns where there is none of the name.
size_t column_index(const std::vector<ColumnInfo>& relation, std::string_view name);

/// Whether two types may be the same one; those that only a cluster knows may be any.
bool may_agree(DataType a, DataType b);

/// Reports that an operator's input has no such column.
std::nullptr_t fail_missing_column(FirstError& errors, pxl::Place place, std::string_view name,
                                   const std::vector<ColumnInfo>& relation);

}  // namespace pxq::local
