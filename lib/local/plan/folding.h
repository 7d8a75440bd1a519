#pragma once

#include <string_view>
#include <vector>

#include "local/plan/draft.h"
#include "local/plan/session.h"

namespace pxq::local {

/// The data type of a literal.
DataType value_type(const Value& value);

/// `arguments` under an operator's function such as "add": a literal where all arguments are
/// literals, computed by the function's own kernel, else a call. Null after an error.
DraftExpressionPtr apply_operator(Session& session, pxl::Place place, std::string_view function,
                                  std::vector<DraftExpressionPtr> arguments);

/// Pixie's refusal of arguments that no overload takes.
std::string no_overload(std::string_view function, const std::vector<DataType>& types);

}  // namespace pxq::local
