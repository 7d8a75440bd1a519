#include "scripts/script_hint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <vector>

#include "base/suggest.h"
#include "local/data/catalogue.h"
#include "local/functions/function.h"
#include "local/plan/names.h"
#include "script/tokens.h"

namespace pxq {
namespace {

using Names = std::vector<std::string>;

constexpr std::string_view kFullData = "demo";  // has every table of a cluster
constexpr size_t kMostOverloads = 6;
constexpr size_t kLongestName = 200;

// What stands between the two parts of a message that is exactly that long.
std::optional<std::string> between(std::string_view message, std::string_view before,
                                   std::string_view after) {
  if (!message.starts_with(before)) return std::nullopt;
  message.remove_prefix(before.size());
  const size_t end = message.find(after);
  if (end == std::string_view::npos || end == 0 || end > kLongestName) return std::nullopt;
  return std::string(message.substr(0, end));
}

std::string_view between_quotes(std::string_view text) {
  const size_t first = text.find_first_of("'\"");
  const size_t last = text.find_last_of("'\"");
  return first == last ? std::string_view() : text.substr(first + 1, last - first - 1);
}

// Names and short strings that the script uses.
Names words_of(std::string_view script) {
  Names words;
  for (const Token& token : tokenize(script)) {
    const std::string_view text = token.is_string ? between_quotes(token.text) : token.text;
    if ((token.is_name || token.is_string) && text.size() <= kLongestName) words.emplace_back(text);
  }
  return words;
}

local::Vocabulary vocabulary_of(const HintScope& scope) {
  return scope.local_tables ? local::Vocabulary::kLocal : local::Vocabulary::kCluster;
}

std::vector<HintScope::Table> tables_of_clusters() {
  std::vector<HintScope::Table> tables;
  const local::TableSet all = local::catalogue_tables();
  for (const std::string_view name : local::catalogue_names()) {
    HintScope::Table& table = tables.emplace_back();
    table.name = name;
    for (const ColumnInfo& column : all.find(name)->relation()) {
      table.columns.push_back(column.name);
    }
  }
  return tables;
}

std::vector<HintScope::Table> tables_in(const HintScope& scope) {
  return scope.local_tables ? *scope.local_tables : tables_of_clusters();
}

Names table_names(const HintScope& scope) {
  Names names;
  for (const HintScope::Table& table : tables_in(scope)) names.push_back(table.name);
  return names;
}

// Columns of the tables that the script names, then all words that may be columns of its own.
Names columns_for(std::string_view script, const HintScope& scope) {
  if (!scope.columns.empty()) return scope.columns;
  const Names words = words_of(script);
  Names columns;
  for (const HintScope::Table& table : tables_in(scope)) {
    if (std::find(words.begin(), words.end(), table.name) == words.end()) continue;
    columns.insert(columns.end(), table.columns.begin(), table.columns.end());
  }
  columns.insert(columns.end(), words.begin(), words.end());
  return columns;
}

template <typename Range>
std::string nearest(const std::string& wanted, const Range& names) {
  Suggestion suggestion(wanted);
  for (const auto& name : names) {
    if (name != wanted) suggestion.offer(name);  // the script's own wrong word is no help
  }
  return suggestion.question();
}

std::string overloads_of(const std::string& function, const HintScope& scope) {
  Names all = local::overloads(function, vocabulary_of(scope));
  if (all.empty()) return {};
  const size_t more = all.size() - std::min(all.size(), kMostOverloads);
  all.resize(all.size() - more);
  return fmt::format("there is {}{}", fmt::join(all, ", "),
                     more == 0 ? "" : fmt::format(" and {} more", more));
}

struct Idiom {
  std::string_view message;  // the whole of it
  std::string_view hint;
};

// What people bring from other languages, and what PxL has instead.
constexpr Idiom kIdioms[] = {
    {"'px' object has no attribute 'avg'", "px.mean is the average"},
    {"'px' object has no attribute 'average'", "px.mean is the average"},
    {"'px' object has no attribute 'percentile'",
     "px.quantiles in agg(), then px.pluck_float64(df.q, 'p99')"},
    {"'px' object has no attribute 'quantile'",
     "px.quantiles in agg(), then px.pluck_float64(df.q, 'p99')"},
    {"'px' object has no attribute 'median'",
     "px.quantiles in agg(), then px.pluck_float64(df.q, 'p50')"},
    {"dataframe has no method 'sort'",
     "PxL does not sort: do it with the rows, as by -o jsonl | jq -s 'sort_by(.NAME)'"},
    {"dataframe has no method 'sort_values'",
     "PxL does not sort: do it with the rows, as by -o jsonl | jq -s 'sort_by(.NAME)'"},
    {"dataframe has no method 'order_by'",
     "PxL does not sort: do it with the rows, as by -o jsonl | jq -s 'sort_by(.NAME)'"},
    {"dataframe has no method 'tail'", "head(n) takes the first rows; there is no other limit"},
    {"dataframe has no method 'limit'", "head(n) limits rows"},
    {"Operator '&' not handled", "write 'and', with parentheses"},
    {"Operator '|' not handled", "write 'or', with parentheses"},
    {"Operator '//' not handled", "px.floor(a / b)"},
    {"Operator '**' not handled", "px.pow(a, b)"},
    {"Expected two arguments to 'or'.", "two at a time: (a or b) or c"},
    {"Expected two arguments to 'and'.", "two at a time: (a and b) and c"},
    {"Can't parse expression of type For", "PxL has no loops; columns are computed for all rows"},
    {"Can't parse expression of type While", "PxL has no loops; columns are computed for all rows"},
    {"Can't parse expression of type If", "px.select(condition, then, otherwise) chooses by row"},
    {"Can't parse expression of type AugAssign", "write x = x + 1"},
    {"Expression node 'Lambda' not defined", "define a function with def"},
    {"Expression node 'IfExpr' not defined", "px.select(condition, then, otherwise)"},
    {"default values not supported in function definitions", "give the value at each call"},
    {"No plugin config found. Make sure the script is run in a plugin context.",
     "--since gives a window"},
};

constexpr std::string_view kMacro = "a macro of the Grafana plugin: give a time such as '-5m'";

std::string idiom_hint(std::string_view message) {
  for (const Idiom& idiom : kIdioms) {
    if (idiom.message == message) return std::string(idiom.hint);
  }
  if (message.starts_with("Expected arg 'by") && message.ends_with("received 'Func'")) {
    return "assign it to a column first, and group by its name";
  }
  if (message.starts_with("Time string is in wrong format")) {
    return "such as '-5m', '-1h' or '2026-01-31 12:00:00 +0000'";
  }
  for (const std::string_view macro : {"__time_from", "__time_to", "__interval"}) {
    if (message == fmt::format("name '{}' is not defined", macro)) {
      return std::string(kMacro);
    }
  }
  return {};
}

// A column that only df.ctx has.
std::string metadata_hint(const std::string& column, const HintScope& scope) {
  const Names keys = local::metadata_key_names();
  if (std::find(keys.begin(), keys.end(), column) == keys.end()) return {};
  const Names sources = local::metadata_sources(column);
  const auto is_there = [&](const std::string& name) {
    return std::find(scope.columns.begin(), scope.columns.end(), name) != scope.columns.end();
  };
  if (!scope.columns.empty() && std::none_of(sources.begin(), sources.end(), is_there)) return {};
  for (const char* key : {"service", "pod", "namespace", "node", "container", "cmdline"}) {
    if (column == key) return fmt::format("df.ctx['{}'] has it", column);
  }
  return {};
}

std::string_view line_of(std::string_view script, uint64_t number) {
  for (uint64_t line = 1; line < number && !script.empty(); ++line) {
    const size_t end = script.find('\n');
    script.remove_prefix(end == std::string_view::npos ? script.size() : end + 1);
  }
  return script.substr(0, script.find('\n'));
}

bool is_word(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; }

// f'...' as Python 3 has it: an f by itself before a quote.
bool has_formatted_string(std::string_view line) {
  for (size_t i = 0; i + 1 < line.size(); ++i) {
    const bool marked = (line[i] == 'f' || line[i] == 'F') && (i == 0 || !is_word(line[i - 1]));
    if (marked && (line[i + 1] == '\'' || line[i + 1] == '"')) return true;
  }
  return false;
}

// The parser stumbles over what PxL does not have without knowing what it is.
std::string syntax_hint(std::string_view line) {
  if (line.find("$__") != std::string_view::npos) return std::string(kMacro);
  if (has_formatted_string(line)) {
    return "PxL has no f-strings: join texts with +, whole numbers as px.itoa(n)";
  }
  return {};
}

// Of a script that asks for a table which only other data have.
std::string tables_there(const std::string& data, const Names& names) {
  const std::string has =
      fmt::format("--local={} has {}", data,
                  names.empty() ? "no tables" : fmt::format("{}", fmt::join(names, ", ")));
  return data == kFullData ? has : fmt::format("{}; --local={} has all of Pixie's", has, kFullData);
}

// The lines `#px:set name=value`.
std::string flag_hint(std::string_view message) {
  if (message.starts_with("strconv.ParseBool:")) return "explain and analyze take true or false";
  if (message.starts_with("strconv.ParseInt:")) {
    return "max_output_rows_per_table takes a whole number";
  }
  if (message == "Config setting is malformed") return "#px:set name=value, without blanks";
  if (!message.ends_with(" is not a valid flag")) return {};
  const Names flags = {"explain", "analyze", "max_output_rows_per_table"};
  const std::string wanted(message.substr(0, message.find(' ')));
  const std::string hint = nearest(wanted, flags);
  return hint.empty() ? fmt::format("there are {}", fmt::join(flags, ", ")) : hint;
}

}  // namespace

std::string script_hint(std::string_view message, std::string_view script, const HintScope& scope,
                        const Position& where) {
  const local::Vocabulary vocabulary = vocabulary_of(scope);
  const std::string_view line = where.line == 0 ? std::string_view() : line_of(script, where.line);
  if (message.starts_with("Time string") && line.find("$__") != std::string_view::npos) {
    return std::string(kMacro);
  }
  if (std::string hint = idiom_hint(message); !hint.empty()) return hint;
  if (std::string hint = flag_hint(message); !hint.empty()) return hint;
  if (message.starts_with("SyntaxError: ")) return syntax_hint(line);
  if (const auto name = between(message, "Column '", "' not found")) {
    if (std::string hint = metadata_hint(*name, scope); !hint.empty()) return hint;
    return nearest(*name, columns_for(script, scope));
  }
  if (const auto name = between(message, "cannot find column ", " in table")) {
    return nearest(*name, columns_for(script, scope));
  }
  if (const auto name = between(message, "Table '", "' not found")) {
    const Names names = table_names(scope);
    if (std::string hint = nearest(*name, names); !hint.empty() || !scope.local_tables) return hint;
    return tables_there(scope.data, names);
  }
  if (const auto name = between(message, "'px' object has no attribute '", "'")) {
    return nearest(*name, local::px_names(vocabulary));
  }
  if (const auto name = between(message, "dataframe has no method '", "'")) {
    return nearest(*name, local::dataframe_method_names(vocabulary));
  }
  if (const auto name = between(message, "name '", "' is not defined")) {
    return nearest(*name, words_of(script));
  }
  if (const auto name = between(message, "Could not find UDF '", "'")) {
    return overloads_of(*name, scope);
  }
  if (message.ends_with("unavailable metadata key.")) {
    if (const auto name = between(message, "'", "'")) {
      return nearest(*name, local::metadata_key_names());
    }
  }
  return {};
}

}  // namespace pxq
