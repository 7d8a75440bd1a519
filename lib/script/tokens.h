#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace pxq {

/// A word or sign of a PxL text, for questions that need no parser. A view into the text.
struct Token {
  std::string_view text;
  uint64_t line = 1;
  bool is_name = false;    // a name or a keyword
  bool is_string = false;  // quotes and prefix included
  bool starts_statement = false;
};

/// Cuts PxL into tokens; comments and blanks are dropped. Never fails: a text that does not lex,
/// such as one with an unclosed string, gives tokens up to its end.
std::vector<Token> tokenize(std::string_view script);

/// The text of the docstring that the script begins with, unquoted and as written; empty if none.
std::string_view docstring(std::string_view script);

}  // namespace pxq
