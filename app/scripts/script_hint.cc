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

}  // namespace

std::string script_hint(std::string_view message, std::string_view script) {
  if (const auto name = between(message, "Column '", "' not found")) {
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
