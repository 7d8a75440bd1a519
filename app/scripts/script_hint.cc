#include "scripts/script_hint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
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

std::string_view unquoted(std::string_view text) {
  const size_t first = text.find_first_of("'\"");
  const size_t last = text.find_last_of("'\"");
  return first == last ? std::string_view() : text.substr(first + 1, last - first - 1);
}

// Names and short strings that the script uses.
Names words_of(std::string_view script) {
  Names words;
  for (const Token& token : tokenize(script)) {
    const std::string_view text = token.is_string ? unquoted(token.text) : token.text;
    if ((token.is_name || token.is_string) && text.size() <= kLongestName) words.emplace_back(text);
  }
  return words;
}

// Columns of the tables that the script names, then all words that may be columns of its own.
Names columns_for(std::string_view script) {
  const Names words = words_of(script);
  Names columns;
  const local::TableSet tables = local::catalogue_tables();
  for (const auto& table : tables.all()) {
    if (std::find(words.begin(), words.end(), table->name()) == words.end()) continue;
    for (const ColumnInfo& column : table->relation()) columns.push_back(column.name);
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

std::string overloads_of(const std::string& function) {
  Names all = local::overloads(function);
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
    {"dataframe has no method 'sort'", "PxL does not sort; --sort of pxq does"},
    {"dataframe has no method 'sort_values'", "PxL does not sort; --sort of pxq does"},
    {"dataframe has no method 'order_by'", "PxL does not sort; --sort of pxq does"},
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

std::string idiom_hint(std::string_view message) {
  for (const Idiom& idiom : kIdioms) {
    if (idiom.message == message) return std::string(idiom.hint);
  }
  if (message.starts_with("Expected arg 'by") && message.ends_with("received 'Func'")) {
    return "assign it to a column first, and group by its name";
  }
  for (const std::string_view macro : {"__time_from", "__time_to", "__interval"}) {
    if (message == fmt::format("name '{}' is not defined", macro)) {
      return "a macro of the Grafana plugin: give a time such as '-5m'";
    }
  }
  return {};
}

// A column that only df.ctx has.
std::string metadata_hint(const std::string& column) {
  for (const char* key : {"service", "pod", "namespace", "node", "container", "cmdline"}) {
    if (column == key) return fmt::format("df.ctx['{}'] has it", column);
  }
  return {};
}

}  // namespace

std::string script_hint(std::string_view message, std::string_view script) {
  if (std::string hint = idiom_hint(message); !hint.empty()) return hint;
  if (const auto name = between(message, "Column '", "' not found")) {
    if (std::string hint = metadata_hint(*name); !hint.empty()) return hint;
    return nearest(*name, columns_for(script));
  }
  if (const auto name = between(message, "cannot find column ", " in table")) {
    return nearest(*name, columns_for(script));
  }
  if (const auto name = between(message, "Table '", "' not found")) {
    return nearest(*name, local::catalogue_names());
  }
  if (const auto name = between(message, "'px' object has no attribute '", "'")) {
    return nearest(*name, local::px_names());
  }
  if (const auto name = between(message, "dataframe has no method '", "'")) {
    return nearest(*name, local::dataframe_method_names());
  }
  if (const auto name = between(message, "name '", "' is not defined")) {
    return nearest(*name, words_of(script));
  }
  if (const auto name = between(message, "Could not find UDF '", "'")) {
    return overloads_of(*name);
  }
  if (message.ends_with("unavailable metadata key.")) {
    if (const auto name = between(message, "'", "'"))
      return nearest(*name, local::metadata_key_names());
  }
  return {};
}

}  // namespace pxq
