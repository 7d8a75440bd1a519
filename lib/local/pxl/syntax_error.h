#pragma once

#include <cstdint>
#include <string>

namespace pxq::pxl {

/// One complaint about a text, as it goes into a compiler's error details: 1-based line, 1-based
/// byte column (0 stands for the end of a line), and a message that starts with "SyntaxError: ",
/// "IndentationError: " or "SyntaxWarning: ".
struct SyntaxError {
  uint64_t line = 0;
  uint64_t column = 0;
  std::string message;

  bool operator==(const SyntaxError&) const = default;
};

}  // namespace pxq::pxl
