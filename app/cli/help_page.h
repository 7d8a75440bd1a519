#pragma once

#include <cstddef>
#include <string>

#include "cli/flag_types.h"
#include "process/terminal.h"

namespace pxq {

/// What --help prints of a command, or of pxq itself: what it does, two examples, how it is called,
/// its flags by what they are for, on a page of `width` columns.
std::string help_page(const CLI::App& app, size_t width);

/// The terminal's width; 80 where there is none.
size_t help_width(const Terminal& terminal);

}  // namespace pxq
