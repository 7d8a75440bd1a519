#pragma once

#include <string>
#include <string_view>

#include "cli/flag_types.h"

namespace pxq {

/// The topic of `pxq help` that prints it.
inline constexpr std::string_view kManual = "man";

/// The manual page as roff for man(1): every command, flag, variable, file and exit code, each with
/// an example, from the declarations that the command line itself is read by.
std::string manual_page(const CLI::App& root);

}  // namespace pxq
