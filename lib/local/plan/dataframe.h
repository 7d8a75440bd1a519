#pragma once

#include <string>
#include <string_view>

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

/// A reference to a column by name.
DraftExpressionPtr make_column(pxl::Place place, std::string name);

}  // namespace pxq::local
