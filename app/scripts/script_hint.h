#pragma once

#include <string>
#include <string_view>

namespace pxq {

/// What to try when a compiler, the local one or a cluster's, gave this message for this script:
/// the nearest column, table, function, method, metadata key or name, or the overloads there are.
/// Empty where nothing is known. Columns are those of Pixie's tables and the words of the script.
std::string script_hint(std::string_view message, std::string_view script);

}  // namespace pxq
