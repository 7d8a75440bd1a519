#include "local/pxl/token_stream.h"

#include <string>

#include "local/pxl/parser.h"

namespace pxq::pxl {
namespace {

// Of one statement at the top level; all of them are held.
constexpr size_t kMaxTokens = 4'000'000;

}  // namespace

void TokenStream::advance_to(size_t index) {
  at_ = index;
  if (at_ == tokens_.size()) {
    if (at_ == kMaxTokens) {
      --at_;
      return stop("statement is too long");
    }
    tokens_.push_back(lexer_.next());
  }
  current_ = tokens_[at_];
}

void TokenStream::forget() {
  tokens_.assign(1, current_);
  at_ = 0;
}

void TokenStream::error_at(Place place, std::string_view prefix, std::string_view message) {
  if (stopped_) return;
  std::string text(prefix);
  // A message may quote a token, and that may be as long as the text.
  text.append(message.substr(0, 1000));
  errors_.push_back({.line = place.line, .column = place.column, .message = std::move(text)});
  stopped_ = errors_.size() == kMaxSyntaxErrors;
}

void TokenStream::stop(std::string_view message) {
  error(message);
  stopped_ = true;
}

}  // namespace pxq::pxl
