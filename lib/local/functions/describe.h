#pragma once

#include <string>

#include "local/functions/function.h"

namespace pxq::local {

/// Types as error texts and listings write them: "INT64,FLOAT64".
std::string type_list(std::span<const DataType> types);

/// An overload as a reader of the documentation sees it: "bin(TIME64NS,INT64) -> TIME64NS".
std::string describe(const ScalarFunction& function);
std::string describe(const AggregateFunction& function);

}  // namespace pxq::local
