#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "local/plan/builtin.h"

namespace pxq::local {

/// A function of px that runs while the script is compiled: outputs, times, values. nullptr where
/// there is none of the name.
const Builtin* find_px_function(std::string_view name);

std::vector<std::string> px_function_names();

}  // namespace pxq::local
