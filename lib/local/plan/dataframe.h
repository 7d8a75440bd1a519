#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "local/plan/object.h"
#include "local/plan/session.h"

namespace pxq::local {

/// px.DataFrame as a function.
ObjectPtr dataframe_constructor(Session& session, pxl::Place place);

/// df.name: a method, df.ctx, or else a column. Never null.
ObjectPtr dataframe_attribute(Session& session, const DraftOperator& op, pxl::Place place,
                              std::string_view name);

/// df[key]: a column, the columns of a list, or the rows where an expression holds.
ObjectPtr dataframe_subscript(Session& session, const DraftOperator& op, pxl::Place place,
                              const Object& key);

/// The dataframe that has `column` computed by `value` and all other columns of `op`.
ObjectPtr assign_column(Session& session, const DraftOperator& op, pxl::Place place,
                        std::string column, DraftExpressionPtr value);

/// False, and reported, when a column is named twice: what Pixie does then is not defined.
bool are_distinct(Session& session, pxl::Place place, const std::vector<std::string>& columns,
                  std::string_view where);

/// A reference to a column by name.
DraftExpressionPtr make_column(pxl::Place place, std::string name);

}  // namespace pxq::local
