#pragma once

#include <string_view>

#include "local/plan/builtin.h"

namespace pxq::local {

/// A method of a dataframe such as head(); nullptr where there is none of the name.
const Builtin* find_dataframe_method(std::string_view name);

}  // namespace pxq::local
