#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "local/pxl/ast.h"
#include "local/pxl/syntax_error.h"

namespace pxq::pxl {

/// More errors than these are not kept: the reference repeats itself exponentially.
inline constexpr size_t kMaxSyntaxErrors = 64;

/// The tree of a script, or why there is none: `module` is null exactly when `errors` is not empty.
struct ParseResult {
  std::unique_ptr<Module> module;
  std::vector<SyntaxError> errors;
};

/// Parses PxL as the reference parser does, quirks and error positions included. Any bytes may be
/// given; time and memory grow with the length of the text, the stack does not. An empty text is an
/// empty module here; refusing it is the compiler's part.
ParseResult parse(std::string_view text);

}  // namespace pxq::pxl
