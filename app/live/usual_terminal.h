#pragma once

#include <string>

namespace pxq {

/// The name under which usual_terminal_entry() is found.
inline constexpr const char* kUsualTerminal = "pxq-usual";

/// What all terminals of today understand (ECMA-48 and the keys of an xterm), for machines whose
/// terminfo knows nothing of the one there is: as a value of the variable TERMINFO.
std::string usual_terminal_entry();

}  // namespace pxq
