#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "local/pxl/characters.h"
#include "local/pxl/token.h"

namespace pxq::pxl {

/// Cuts a text, which must outlive it, into tokens; behind the last one come kEnd tokens for ever.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : characters_(text) {}

  Token next();

 private:
  struct Indentation {
    uint32_t width = 0;       // a tab goes to the next multiple of 8
    uint32_t characters = 0;  // a tab is one
  };

  Token token_at(int first, Token token, size_t begin);
  Token finish(Token token, TokenKind kind, size_t begin) const;

  int skip_blank();
  int skip_comment();
  bool new_line(bool continuation);
  bool indentation(bool continuation);
  bool change_indentation(Indentation now);
  void queue(TokenKind kind, uint32_t column, std::string_view text);
  bool wrong_indentation(std::string_view text);

  TokenKind string(int first, bool prefixed);
  TokenKind number(int first);
  TokenKind digits_behind_zero(int first);
  TokenKind octal(int first);
  TokenKind fraction(int first);
  TokenKind exponent();
  int digits();

  Characters characters_;
  std::deque<Token> queued_;
  std::vector<Indentation> indents_{{}};
  int64_t brackets_ = 0;
};

}  // namespace pxq::pxl
