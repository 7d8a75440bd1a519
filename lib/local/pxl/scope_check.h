#pragma once

#include "local/pxl/ast.h"
#include "local/pxl/token_stream.h"

namespace pxq::pxl {

/// Reports what only the whole tree shows: `break` and `continue` outside a loop, a parameter given
/// twice, `return value` in a generator. Errors come as often as the reference repeats them.
void check_scopes(const Module& module, TokenStream& errors);

}  // namespace pxq::pxl
