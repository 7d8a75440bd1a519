#include "local/pxl/lexer.h"

#include <algorithm>

namespace pxq::pxl {
namespace {

constexpr int kFormFeed = '\x0c';
constexpr uint32_t kTabWidth = 8;
// A run of blank lines could queue a token a byte; none behind so many makes a difference.
constexpr size_t kMaxQueued = 1000;

bool is_digit(int c) { return c >= '0' && c <= '9'; }

bool is_name_start(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_quote(int c) { return c == '\'' || c == '"'; }

bool is_one_of(int c, std::string_view set) {
  return c != Characters::kEnd && set.find(static_cast<char>(c)) != std::string_view::npos;
}

/// Whether `c0` starts a string prefix: one of r, b, u, or u or b followed by r.
bool starts_prefixed_string(int c0, int c1, int c2) {
  if (!is_one_of(c0, "rbuRBU")) return false;
  const bool two_letters = is_one_of(c1, "rR") && is_one_of(c0, "ubUB");
  return is_quote(two_letters ? c2 : c1);
}

bool matches(std::string_view text, int c0, int c1, int c2) {
  const int characters[] = {c0, c1, c2};
  for (size_t i = 0; i < text.size(); ++i) {
    if (characters[i] != text[i]) return false;
  }
  return true;
}

const Spelling* find_operator(int c0, int c1, int c2) {
  if (c0 == '.' && is_digit(c1)) return nullptr;
  const auto* found =
      std::find_if(std::begin(kOperators), std::end(kOperators),
                   [&](const Spelling& entry) { return matches(entry.text, c0, c1, c2); });
  return found == std::end(kOperators) ? nullptr : found;
}

TokenKind name_kind(std::string_view text) {
  for (const Spelling& entry : kKeywords) {
    if (entry.text == text) return entry.kind;
  }
  return TokenKind::kName;
}

}  // namespace

Token Lexer::next() {
  const int first = skip_blank();
  if (!queued_.empty()) {
    characters_.put_back(first);
    const Token token = queued_.front();
    queued_.pop_front();
    return token;
  }
  // On the last line an unknown byte ends the text; elsewhere it is an error.
  const TokenKind unknown = characters_.in_last_line() ? TokenKind::kEnd : TokenKind::kInvalid;
  const Place place{characters_.line(), characters_.column()};
  const size_t begin = characters_.position() - (first == Characters::kEnd ? 0 : 1);
  return token_at(first, {.kind = unknown, .place = place, .text = {}}, begin);
}

Token Lexer::token_at(int first, Token token, size_t begin) {
  const int c1 = characters_.next();
  const int c2 = characters_.next();
  characters_.put_back(c2);
  characters_.put_back(c1);

  if (is_quote(first)) return finish(token, string(first, false), begin);
  if (starts_prefixed_string(first, c1, c2)) {
    return finish(token, string(characters_.next(), true), begin);
  }
  if (is_name_start(first)) {
    int c = first;
    while (is_name_start(c) || is_digit(c)) c = characters_.next();
    characters_.put_back(c);
    return finish(token, name_kind(characters_.slice(begin)), begin);
  }
  if (const Spelling* found = find_operator(first, c1, c2)) {
    for (size_t i = 1; i < found->text.size(); ++i) characters_.next();
    if (is_one_of(first, "([{")) ++brackets_;
    if (is_one_of(first, ")]}")) --brackets_;
    return finish(token, found->kind, begin);
  }
  if (is_digit(first) || first == '.') return finish(token, number(first), begin);
  return token;
}

Token Lexer::finish(Token token, TokenKind kind, size_t begin) const {
  token.kind = kind;
  token.text = characters_.slice(begin);
  return token;
}

/// The first byte of the next token. Tokens that no byte stands for are queued on the way.
int Lexer::skip_blank() {
  bool continuation = false;
  for (;;) {
    int c = characters_.next();
    switch (c) {
      case '#':
        c = skip_comment();
        if (characters_.in_last_line()) return c;
        characters_.put_back(c);
        break;
      case '\\':
        c = characters_.next();
        continuation = true;
        if (c == '\r') c = characters_.next();
        if (c != '\n' && c != kFormFeed) {
          queue(TokenKind::kInvalid, characters_.column(), "LineContinationError");
          return c;
        }
        characters_.put_back(c);
        break;
      case '`':
        queue(TokenKind::kBackQuote, characters_.column(), "BackQuote");
        return characters_.next();
      case ' ':
      case '\t': {
        const bool at_start = characters_.column() == 1;
        if (c == '\t') characters_.widen(kTabWidth - 1);
        if (!at_start) break;
        characters_.put_back(c);
        if (!indentation(false)) return characters_.next();
        break;
      }
      case kFormFeed:
      case '\n':
        if (!new_line(continuation)) return characters_.next();
        continuation = false;
        break;
      case '\r': break;
      default: return c;
    }
  }
}

/// What ended the comment. In a last line without its newline that is the byte behind the `#`, and
/// the rest is read as code.
int Lexer::skip_comment() {
  int c = characters_.next();
  while (!characters_.in_last_line() && c != '\n') c = characters_.next();
  return c;
}

bool Lexer::new_line(bool continuation) {
  characters_.start_line();
  if (!continuation && brackets_ == 0) {
    if (queued_.size() >= kMaxQueued && queued_.back().kind == TokenKind::kNewLine) {
      queued_.pop_back();
    }
    queue(TokenKind::kNewLine, 0, "NewLine");
  }
  return indentation(continuation);
}

/// Reads the blanks at the start of a line; false where they are wrong, which is queued as a token.
bool Lexer::indentation(bool continuation) {
  Indentation now;
  int c = characters_.next();
  for (; c == ' ' || c == '\t'; c = characters_.next()) {
    now.width = c == ' ' ? now.width + 1 : (now.width / kTabWidth + 1) * kTabWidth;
    ++now.characters;
  }
  characters_.put_back(c);
  if (c == '#' || c == '\n') {
    // Of an empty line and the one before, only one newline counts.
    if (!queued_.empty() && queued_.back().kind == TokenKind::kNewLine) queued_.pop_back();
    return true;
  }
  if (continuation || brackets_ != 0 || c == '\r' || c == kFormFeed) return true;
  return change_indentation(now);
}

bool Lexer::change_indentation(Indentation now) {
  constexpr std::string_view kMixed = "inconsistent use of tabs and spaces in indentation";
  const Indentation before = indents_.back();
  if (now.width > before.width) {
    if (now.characters <= before.characters) return wrong_indentation(kMixed);
    indents_.push_back(now);
    queue(TokenKind::kIndent, 1, "Indent");
    return true;
  }
  size_t dedents = 0;
  for (; now.width < indents_.back().width; ++dedents) indents_.pop_back();
  if (now.width != indents_.back().width) {
    return wrong_indentation("unindent does not match any outer indentation level");
  }
  if (now.characters != indents_.back().characters) return wrong_indentation(kMixed);
  for (; dedents != 0; --dedents) queue(TokenKind::kDedent, 1, "Dedent");
  return true;
}

bool Lexer::wrong_indentation(std::string_view text) {
  queue(TokenKind::kInvalid, characters_.column(), text);
  return false;
}

void Lexer::queue(TokenKind kind, uint32_t column, std::string_view text) {
  queued_.push_back({.kind = kind, .place = {characters_.line(), column}, .text = text});
}

}  // namespace pxq::pxl
