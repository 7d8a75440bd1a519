// Statements without their literals, so that equal ones can be grouped. Pixie parses the whole SQL
// grammar for that; ours looks at tokens only, so it never fails on a dialect it does not know.

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "local/functions/families.h"
#include "local/functions/json_text.h"
#include "local/functions/kernel.h"

namespace pxq::local {
namespace {

enum class Dialect { kMysql, kPostgres };

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// A statement while its literals are taken out.
class Normalizer {
 public:
  Normalizer(std::string_view sql, Dialect dialect) : sql_(sql), dialect_(dialect) {
    if (dialect_ == Dialect::kPostgres) number_from_placeholders();
  }

  void run() {
    while (at_ < sql_.size()) step();
  }

  std::string query;
  std::vector<std::string> literals;

 private:
  void step() {
    const char c = sql_[at_];
    if (starts("--") || (c == '#' && dialect_ == Dialect::kMysql)) return skip_to("\n");
    if (starts("/*")) return skip_past("*/");
    if (c == '\'' || (c == '"' && dialect_ == Dialect::kMysql)) return take_string(c, at_);
    if (c == '"' || c == '`') return copy_quoted(c);
    if (is_digit(c) || (c == '.' && at_ + 1 < sql_.size() && is_digit(sql_[at_ + 1]))) {
      return take_number();
    }
    if (is_word(c)) return copy_word();
    query += c;
    ++at_;
  }

  bool starts(std::string_view text) const { return sql_.substr(at_).starts_with(text); }

  void skip_to(std::string_view end) {
    const size_t found = sql_.find(end, at_);
    at_ = found == std::string_view::npos ? sql_.size() : found;
  }
  void skip_past(std::string_view end) {
    skip_to(end);
    at_ = std::min(sql_.size(), at_ + end.size());
  }

  /// The place after a quoted text that begins at `begin`; a doubled quote does not end it.
  size_t end_of_quoted(char quote, size_t begin) const {
    size_t i = begin + 1;
    while (i < sql_.size()) {
      if (sql_[i] == '\\' && dialect_ == Dialect::kMysql) {
        i += 2;
      } else if (sql_[i] != quote) {
        ++i;
      } else if (i + 1 < sql_.size() && sql_[i + 1] == quote) {
        i += 2;
      } else {
        return i + 1;
      }
    }
    return sql_.size();
  }

  void copy_quoted(char quote) {
    const size_t end = end_of_quoted(quote, at_);
    query += sql_.substr(at_, end - at_);
    at_ = end;
  }

  void take_string(char quote, size_t begin) {
    at_ = end_of_quoted(quote, begin);
    take(sql_.substr(begin, at_ - begin));
  }

  void take_number() {
    const size_t begin = at_;
    while (at_ < sql_.size()) {
      const char c = sql_[at_];
      const bool sign = (c == '+' || c == '-') && at_ > begin &&
                        (sql_[at_ - 1] == 'e' || sql_[at_ - 1] == 'E') &&
                        !sql_.substr(begin).starts_with("0x");
      if (!is_word(c) && c != '.' && !sign) break;
      ++at_;
    }
    take(sql_.substr(begin, at_ - begin));
  }

  void copy_word() {
    const size_t begin = at_;
    while (at_ < sql_.size() && is_word(sql_[at_])) ++at_;
    const std::string_view word = sql_.substr(begin, at_ - begin);
    // A prefix belongs to its string: N'..', x'..', E'..'.
    const bool prefix = word.size() == 1 && at_ < sql_.size() && sql_[at_] == '\'' &&
                        std::string_view("nNxXbBeE").find(word[0]) != std::string_view::npos;
    if (prefix) {
      at_ = end_of_quoted('\'', at_);
      return take(sql_.substr(begin, at_ - begin));
    }
    std::string upper(word);
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (upper == "TRUE" || upper == "FALSE") return take(word);
    query += word;
  }

  void take(std::string_view literal) {
    literals.emplace_back(literal);
    query += dialect_ == Dialect::kMysql ? "?" : "$" + std::to_string(++placeholders_);
  }

  /// New placeholders count on from those of the statement itself.
  void number_from_placeholders() {
    for (size_t i = 0; i + 1 < sql_.size(); ++i) {
      if (sql_[i] != '$' || !is_digit(sql_[i + 1])) continue;
      size_t number = 0;
      for (size_t j = i + 1; j < sql_.size() && is_digit(sql_[j]) && number < 100000; ++j) {
        number = number * 10 + static_cast<size_t>(sql_[j] - '0');
      }
      placeholders_ = std::max(placeholders_, number);
    }
  }

  const std::string_view sql_;
  const Dialect dialect_;
  size_t at_ = 0;
  size_t placeholders_ = 0;
};

/// What Pixie's tables hold of a prepared statement that is executed: query=[..] params=[..].
struct Prepared {
  std::string_view query;
  std::string_view parameters;
};

Prepared split(std::string_view request) {
  constexpr std::string_view kQuery = "query=[";
  constexpr std::string_view kParameters = "] params=[";
  const size_t middle = request.rfind(kParameters);
  if (!request.starts_with(kQuery) || middle == std::string_view::npos) return {request, {}};
  std::string_view parameters = request.substr(middle + kParameters.size());
  if (parameters.ends_with(']')) parameters.remove_suffix(1);
  return {request.substr(kQuery.size(), middle - kQuery.size()), parameters};
}

std::string normalize(std::string_view request, bool is_statement, Dialect dialect) {
  std::string json = "{\"query\":";
  std::vector<std::string> parameters;
  if (is_statement) {
    const Prepared prepared = split(request);
    Normalizer normalizer(prepared.query, dialect);
    normalizer.run();
    append_json_string(json, normalizer.query);
    parameters = std::move(normalizer.literals);
    for (std::string_view rest = prepared.parameters; !rest.empty();) {
      const size_t comma = rest.find(", ");
      parameters.emplace_back(rest.substr(0, comma));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 2);
    }
  } else {
    append_json_string(json, request);
  }
  json += ",\"params\":[";
  for (const std::string& parameter : parameters) {
    if (json.back() != '[') json += ',';
    append_json_string(json, parameter);
  }
  return json + "],\"error\":\"\"}";
}

constexpr auto kMysql = [](std::string_view sql, int64_t command) {
  constexpr int64_t kQuery = 0x03;
  constexpr int64_t kPrepare = 0x16;
  constexpr int64_t kExecute = 0x17;
  const bool statement = command == kQuery || command == kPrepare || command == kExecute;
  return normalize(sql, statement, Dialect::kMysql);
};

constexpr auto kPostgres = [](std::string_view sql, std::string_view command) {
  const bool statement = command == "Query" || command == "Parse" || command == "Execute";
  return normalize(sql, statement, Dialect::kPostgres);
};

}  // namespace

std::vector<ScalarFunction> sql_functions() {
  using Text = std::string_view;
  return {
      scalar<kMysql, Text, int64_t>("normalize_mysql"),
      scalar<kPostgres, Text, Text>("normalize_pgsql"),
  };
}

}  // namespace pxq::local
