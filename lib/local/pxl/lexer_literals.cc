#include "local/pxl/lexer.h"

namespace pxq::pxl {
namespace {

bool is_decimal(int c) { return c >= '0' && c <= '9'; }

bool is_octal(int c) { return c >= '0' && c <= '7'; }

bool is_hex(int c) { return is_decimal(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'); }

bool ends_line(int c) { return c == '\n' || c == '\x0c' || c == '\r'; }

}  // namespace

/// Reads a string from its quote on, or from the second letter of its prefix.
TokenKind Lexer::string(int first, bool prefixed) {
  if (prefixed && (first == 'b' || first == 'r')) first = characters_.next();
  int quotes = 0;
  int c = first;
  for (; c == first && quotes < 3; ++quotes) c = characters_.next();
  characters_.put_back(c);
  if (quotes == 2) return TokenKind::kString;

  for (int closing = 0; closing != quotes;) {
    c = characters_.next();
    if (c == Characters::kEnd) return TokenKind::kInvalid;
    closing = c == first ? closing + 1 : 0;
    if (closing != 0) continue;
    if (quotes == 1 && ends_line(c)) {
      characters_.put_back(c);
      return TokenKind::kInvalid;
    }
    if (c == '\\' && characters_.next() == '\r') characters_.next();
  }
  return TokenKind::kString;
}

/// Skips digits; the byte behind them.
int Lexer::digits() {
  int c = characters_.next();
  while (is_decimal(c)) c = characters_.next();
  return c;
}

TokenKind Lexer::number(int first) {
  if (first == '.') return fraction(first);
  const int c = first == '0' ? characters_.next() : digits();
  if (c == 'j' || c == 'J') return TokenKind::kComplex;
  if (c == '.' || c == 'e' || c == 'E') return fraction(c);
  if (first == '0') return digits_behind_zero(c);
  characters_.put_back(c);
  return TokenKind::kInteger;
}

TokenKind Lexer::digits_behind_zero(int first) {
  const bool binary = first == 'b' || first == 'B';
  if (!binary && first != 'x' && first != 'X') return octal(first);
  size_t count = 0;
  int c = characters_.next();
  for (; binary ? c == '0' || c == '1' : is_hex(c); ++count) c = characters_.next();
  characters_.put_back(c);
  return count == 0 ? TokenKind::kInvalid : TokenKind::kInteger;
}

TokenKind Lexer::octal(int first) {
  if (first != 'o' && first != 'O' && !is_octal(first)) {
    characters_.put_back(first);
    return TokenKind::kInteger;
  }
  int c = characters_.next();
  while (is_octal(c)) c = characters_.next();
  const bool decimal = is_decimal(c);
  if (decimal) c = digits();
  if (c == '.' || c == 'e' || c == 'E') return fraction(c);
  if (c == 'j' || c == 'J') return TokenKind::kComplex;
  characters_.put_back(c);
  return decimal ? TokenKind::kInvalid : TokenKind::kInteger;
}

/// Reads a number on from its `.` or `e`.
TokenKind Lexer::fraction(int first) {
  if (first != '.') return exponent();
  const int c = digits();
  if (c == 'j') return TokenKind::kComplex;
  if (c == 'e' || c == 'E') return exponent();
  characters_.put_back(c);
  return TokenKind::kFloat;
}

TokenKind Lexer::exponent() {
  int c = characters_.next();
  if (is_decimal(c) || c == '-' || c == '+')
    c = digits();
  else {
    characters_.put_back(c);
    return TokenKind::kFloat;
  }
  if (c == 'j' || c == 'J') return TokenKind::kComplex;
  characters_.put_back(c);
  return TokenKind::kFloat;
}

}  // namespace pxq::pxl
