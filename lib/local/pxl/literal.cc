#include "local/pxl/literal.h"

#include <charconv>
#include <limits>
#include <system_error>

#include "base/number_text.h"

namespace pxq::pxl {
namespace {

/// 0 to 15, or -1.
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// Reads the escapes of one literal; `rest` is what is still to be read.
class Escapes {
 public:
  explicit Escapes(std::string_view text) : rest_(text) {}

  std::string decode() {
    std::string result;
    while (!rest_.empty()) {
      const char c = take();
      if (c != '\\' || rest_.empty()) {
        result.push_back(c);
      } else {
        escape(result);
      }
    }
    return result;
  }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void escape(std::string& result) {
    constexpr std::string_view kLetters = "\\'\"bftnrva";
    constexpr std::string_view kMeanings = "\\'\"\b\f\t\n\r\v\a";
    const char c = rest_.front();
    if (const size_t known = kLetters.find(c); known != std::string_view::npos) {
      rest_.remove_prefix(1);
      result.push_back(kMeanings[known]);
    } else if (c == '\n') {
      rest_.remove_prefix(1);
    } else if (c == '\r') {
      rest_.remove_prefix(rest_.size() > 1 ? 2 : 1);
    } else if (c == 'x') {
      rest_.remove_prefix(1);
      hexadecimal(result);
    } else if (is_octal(c)) {
      octal(result);
    } else {
      result.push_back('\\');
    }
  }

  /// Two digits make a byte; one alone vanishes with its `\x`.
  void hexadecimal(std::string& result) {
    const int high = rest_.empty() ? -1 : hex_digit(rest_[0]);
    const int low = rest_.size() < 2 ? -1 : hex_digit(rest_[1]);
    if (high >= 0 && low >= 0) result.push_back(static_cast<char>(high * 16 + low));
    if (high >= 0) rest_.remove_prefix(low >= 0 ? 2 : 1);
  }

  void octal(std::string& result) {
    unsigned value = 0;
    for (int digits = 0; digits < 3 && !rest_.empty() && is_octal(rest_.front()); ++digits) {
      value = value * 8 + static_cast<unsigned>(take() - '0');
    }
    result.push_back(static_cast<char>(value & 0xff));
  }

  std::string_view rest_;
};

}  // namespace

std::string string_value(std::string_view token, bool& unicode) {
  const size_t quote = token.find_first_of("'\"");
  if (quote == std::string_view::npos) return {};
  const std::string_view prefix = token.substr(0, quote);
  if (prefix.find_first_of("uU") != std::string_view::npos) unicode = true;
  const bool raw = unicode || prefix.find_first_of("rR") != std::string_view::npos;

  // Quotes at the start of the text count as the literal's own, and so do as many at its end.
  const size_t begin = token.find_first_not_of(token[quote], quote);
  if (begin == std::string_view::npos || token.size() < 2 * begin - quote) return {};
  const std::string_view text = token.substr(begin, token.size() - 2 * begin + quote);
  return raw ? std::string(text) : Escapes(text).decode();
}

std::string_view integer_digits(std::string_view token) {
  const bool based = token.size() >= 2 && token[0] == '0' && (token[1] < '0' || token[1] > '9');
  return based ? token.substr(2) : token;
}

std::optional<int64_t> integer_value(std::string_view digits) {
  return number_from<int64_t>(digits);
}

std::optional<double> float_value(std::string_view token) {
  double value = 0;
  const char* end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, value);
  if (stop != end) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    const bool tiny = token.find('-') != std::string_view::npos || token.starts_with("0.") ||
                      token.starts_with(".");
    return tiny ? 0.0 : std::numeric_limits<double>::infinity();
  }
  if (error != std::errc()) return std::nullopt;
  return value;
}

}  // namespace pxq::pxl
