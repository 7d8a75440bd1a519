#pragma once

#include <string_view>

namespace pxq {

/// The shells' functions. Each asks the program itself, `pxq __complete WORD...`, what may stand at
/// the cursor, so that all three offer the same.
std::string_view bash_completion();
std::string_view zsh_completion();
std::string_view fish_completion();

/// The word that asks for completion_lines().
inline constexpr std::string_view kCompleteCommand = "__complete";

}  // namespace pxq
