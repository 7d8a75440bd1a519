#include "script/row_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/number_text.h"
#include "script/tokens.h"

namespace pxq {
namespace {

constexpr uint64_t kDefaultHead = 5;  // of head() without a number
// A smaller number is hardly a count of rows, unless its name goes into a head().
constexpr uint64_t kLeastArgument = 10;

std::optional<uint64_t> number(std::string_view text) { return number_from<uint64_t>(text); }

// What stands in the brackets of a head() at `i`: head(N), head(n=N), head().
std::string_view head_argument(const std::vector<Token>& tokens, size_t i) {
  size_t at = i + 2;
  if (at + 2 < tokens.size() && tokens[at + 1].text == "=") at += 2;
  return at < tokens.size() ? tokens[at].text : std::string_view{};
}

bool is_head(const std::vector<Token>& tokens, size_t i) {
  return i > 0 && i + 1 < tokens.size() && tokens[i].is_name && tokens[i].text == "head" &&
         tokens[i - 1].text == "." && tokens[i + 1].text == "(";
}

// Names that go into a head().
std::set<std::string> head_names(std::string_view script) {
  const std::vector<Token> tokens = tokenize(script);
  std::set<std::string> names;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (is_head(tokens, i)) names.emplace(head_argument(tokens, i));
  }
  return names;
}

}  // namespace

std::vector<RowLimit> literal_heads(std::string_view script) {
  const std::vector<Token> tokens = tokenize(script);
  std::vector<RowLimit> limits;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!is_head(tokens, i)) continue;
    const std::string_view argument = head_argument(tokens, i);
    const auto rows = argument == ")" ? std::optional(kDefaultHead) : number(argument);
    if (!rows) continue;
    limits.push_back({.rows = *rows,
                      .what = fmt::format("head({}) in line {}", *rows, tokens[i].line),
                      .remedy = "leave head() out of a script that is exported",
                      .line = tokens[i].line});
  }
  return limits;
}

std::vector<RowLimit> row_limits(const ScriptRequest& request, const Vis& vis) {
  std::vector<RowLimit> limits = literal_heads(request.text);
  for (RowLimit& limit : limits) {
    limit.line -= std::min(limit.line, request.lines_before);
    limit.what = fmt::format("head({}) in line {}", limit.rows, limit.line);
  }
  const std::set<std::string> names = head_names(request.text);
  for (const FunctionCall& call : request.functions) {
    for (const auto& argument : call.arguments) {
      const std::string& name = argument.first;
      const std::string& value = argument.second;
      const auto rows = number(value);
      if (!rows || *rows == 0) continue;
      // A widget calls its function's parameter by another name than the variable.
      const bool known = std::ranges::any_of(
          limits, [&](const RowLimit& limit) { return limit.rows == *rows && limit.line == 0; });
      if (known || (*rows < kLeastArgument && !names.contains(name))) continue;
      const auto variable = std::ranges::find_if(vis.variables, [&](const Variable& one) {
        return one.name == name || (one.type == PxType::kInt64 && one.default_value == value);
      });
      const std::string shown = variable == vis.variables.end() ? name : variable->name;
      limits.push_back({.rows = *rows,
                        .what = fmt::format("the argument {}={}", shown, value),
                        .remedy = fmt::format("-a {}=N raises it, a nearer --start makes the first "
                                              "window small; pxq/export/... have no limit",
                                              shown),
                        .line = 0});
    }
  }
  return limits;
}

}  // namespace pxq
