#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "local/plan/plan.h"

namespace pxq::local {

/// Collects the columns of its input that expressions read; those that only a cluster knows have
/// no number and are left out.
class ColumnUse final {
 public:
  explicit ColumnUse(size_t columns) : used_(columns) {}

  void add(const Expression& expression);
  void add(size_t column);

  const std::vector<bool>& used() const { return used_; }
  bool reads_unknown() const { return reads_unknown_; }

 private:
  std::vector<bool> used_;
  bool reads_unknown_ = false;
  std::unordered_set<const Expression*> visited_;
};

/// Expressions over the columns of another input: old column i is new column to[i].
class ColumnRenumbering final {
 public:
  explicit ColumnRenumbering(std::vector<size_t> to) : to_(std::move(to)) {}

  ExpressionPtr apply(const ExpressionPtr& expression);
  size_t apply(size_t column) const;

 private:
  std::vector<size_t> to_;
  std::unordered_map<const Expression*, ExpressionPtr> done_;
};

ExpressionPtr column_reference(const std::vector<ColumnInfo>& relation, size_t index);

}  // namespace pxq::local
