#include "script/tokens.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "text/byte_order_mark.h"

namespace pxq {
namespace {

bool is_name_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
         (byte >= '0' && byte <= '9') || static_cast<unsigned char>(byte) >= 0x80;
}

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {
    at_ = text_.size() - without_byte_order_mark(text_).size();
  }

  std::vector<Token> run() {
    while (at_ < text_.size()) step();
    return std::move(tokens_);
  }

 private:
  void step() {
    const char byte = text_[at_];
    if (byte == '\n' || byte == '\r') return newline();
    if (byte == '#') return skip_comment();
    if (byte == '\\' && line_end(at_ + 1)) return continue_line();
    if (byte == ' ' || byte == '\t' || byte == '\f' || byte == '\v' || byte == '\\') {
      ++at_;
    } else if (const size_t quote = string_quote(); quote != std::string_view::npos) {
      string(quote);
    } else if (is_name_byte(byte)) {
      word();
    } else {
      sign(byte);
    }
  }

  bool line_end(size_t at) const {
    return at < text_.size() && (text_[at] == '\n' || text_[at] == '\r');
  }

  void pass_line_end() {
    if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
    ++at_;
    ++line_;
  }

  void newline() {
    pass_line_end();
    if (depth_ == 0) fresh_ = true;
  }

  void continue_line() {
    ++at_;
    pass_line_end();
  }

  void skip_comment() { at_ = std::min(text_.find_first_of("\r\n", at_), text_.size()); }

  // The place of the quote of a string that begins here, behind prefixes such as r and u; npos
  // where no string begins.
  size_t string_quote() const {
    size_t at = at_;
    while (at < text_.size() && at - at_ < 2 &&
           std::string_view("rRuUbB").find(text_[at]) != std::string_view::npos) {
      ++at;
    }
    const bool quote = at < text_.size() && (text_[at] == '\'' || text_[at] == '"');
    return quote ? at : std::string_view::npos;
  }

  bool three_at(size_t at, char mark) const {
    return at + 3 <= text_.size() && text_[at] == mark && text_[at + 1] == mark &&
           text_[at + 2] == mark;
  }

  void string(size_t quote) {
    const size_t start = at_;
    const uint64_t line = line_;
    const char mark = text_[quote];
    const bool triple = three_at(quote, mark);
    at_ = quote + (triple ? 3 : 1);
    while (at_ < text_.size()) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        line_end(at_) ? pass_line_end() : void(++at_);
      } else if (line_end(at_)) {
        if (!triple) break;  // unclosed: the line's end ends it
        pass_line_end();
      } else if (text_[at_] == mark && (!triple || three_at(at_, mark))) {
        at_ += triple ? 3 : 1;
        break;
      } else {
        ++at_;
      }
    }
    push({text_.substr(start, at_ - start), line, false, true, false});
  }

  void word() {
    const size_t start = at_;
    const bool number = is_digit(text_[at_]);
    // A dot within a number is no access to a member.
    while (at_ < text_.size() && (is_name_byte(text_[at_]) || (number && text_[at_] == '.'))) ++at_;
    push({text_.substr(start, at_ - start), line_, !number, false, false});
  }

  void sign(char byte) {
    if (byte == '(' || byte == '[' || byte == '{') ++depth_;
    if ((byte == ')' || byte == ']' || byte == '}') && depth_ > 0) --depth_;
    push({text_.substr(at_, 1), line_, false, false, false});
    ++at_;
    if (depth_ == 0 && (byte == ';' || byte == ':')) fresh_ = true;
  }

  void push(Token token) {
    token.starts_statement = fresh_;
    fresh_ = false;
    tokens_.push_back(token);
  }

  std::string_view text_;
  size_t at_ = 0;
  uint64_t line_ = 1;
  size_t depth_ = 0;
  bool fresh_ = true;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view script) { return Lexer(script).run(); }

std::string_view docstring(std::string_view script) {
  const std::vector<Token> tokens = tokenize(script);
  if (tokens.empty() || !tokens[0].is_string) return {};
  std::string_view text = tokens[0].text;
  text.remove_prefix(text.find_first_of("'\""));
  const size_t quotes = text.starts_with("'''") || text.starts_with("\"\"\"") ? 3 : 1;
  if (text.size() < 2 * quotes || text.substr(text.size() - quotes) != text.substr(0, quotes)) {
    return {};
  }
  return text.substr(quotes, text.size() - 2 * quotes);
}

}  // namespace pxq
