#pragma once

#include <string>
#include <string_view>

namespace pxq {

/// A value as one word of a command line, for hints that are pasted: as it is where a shell takes
/// it so, else in single quotes.
std::string shell_word(std::string_view value);

}  // namespace pxq
