#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "local/pxl/lexer.h"
#include "local/pxl/syntax_error.h"
#include "local/pxl/token.h"

namespace pxq::pxl {

/// The tokens of a text with a place among them that can be set back, and the errors found so far.
/// Once stopped (too many errors, a limit passed) no token matches any more, so that whoever reads
/// soon ends, and no error is added.
class TokenStream {
 public:
  explicit TokenStream(std::string_view text) : lexer_(text) { advance_to(0); }

  const Token& current() const { return current_; }
  Place place() const { return current_.place; }
  bool is(TokenKind kind) const { return !stopped_ && current_.kind == kind; }
  bool stopped() const { return stopped_; }

  void pop() { advance_to(at_ + 1); }
  bool accept(TokenKind kind) {
    if (!is(kind)) return false;
    pop();
    return true;
  }

  size_t mark() const { return at_; }
  void rewind(size_t mark) {
    if (mark != at_) advance_to(mark);
  }
  /// Forgets the tokens before the current one: marks taken so far are void.
  void forget();

  void error(std::string_view message) { error_at(place(), "SyntaxError: ", message); }
  void error_at(Place place, std::string_view prefix, std::string_view message);
  /// Adds a last error and stops.
  void stop(std::string_view message);

  const std::vector<SyntaxError>& errors() const { return errors_; }
  std::vector<SyntaxError> take_errors() { return std::move(errors_); }

 private:
  void advance_to(size_t index);

  Lexer lexer_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  Token current_;
  std::vector<SyntaxError> errors_;
  bool stopped_ = false;
};

/// Sets a stream back when it goes out of scope, unless keep() was given a result.
class Rewind {
 public:
  explicit Rewind(TokenStream& tokens) : tokens_(tokens), mark_(tokens.mark()) {}
  ~Rewind() {
    if (!kept_) tokens_.rewind(mark_);
  }
  Rewind(const Rewind&) = delete;
  Rewind& operator=(const Rewind&) = delete;

  /// Passes a result on; a null one or false keeps nothing.
  template <typename Value>
  Value keep(Value result) {
    kept_ = static_cast<bool>(result);
    return result;
  }

 private:
  TokenStream& tokens_;
  size_t mark_;
  bool kept_ = false;
};

}  // namespace pxq::pxl
