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

// What goes into the head()s of a script, as far as its text tells.
struct Heads {
  std::set<std::string, std::less<>> names;
  bool all_known = true;  // no other value of a caller's can go into one
};

// Whether a caller gives `name` to the function `function` of the script.
bool is_given(const ScriptRequest& request, std::string_view function, std::string_view name) {
  return std::ranges::any_of(request.functions, [&](const FunctionCall& call) {
    return call.function == function &&
           std::ranges::any_of(call.arguments, [&](const auto& one) { return one.first == name; });
  });
}

// A head() of a number, or of nothing but a parameter that the caller gave, tells all. What is
// computed, handed on to a helper, or in another module may hold any argument.
Heads find_heads(const ScriptRequest& request) {
  const std::vector<Token> tokens = tokenize(request.text);
  const auto text = [&](size_t i) {
    return i < tokens.size() ? tokens[i].text : std::string_view{};
  };
  Heads heads;
  std::set<std::string_view> defined;
  std::string_view function;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (text(i) == "def") {
      function = text(i + 1);
      defined.insert(function);
    }
    if (text(i) == "import" && text(i + 1) != "px") heads.all_known = false;
    if (i == 0 || text(i) != "head" || text(i - 1) != ".") continue;
    const std::string_view argument = is_head(tokens, i) ? head_argument(tokens, i) : "";
    heads.names.emplace(argument);
    if (argument == ")") continue;
    const bool alone = text(i + (text(i + 3) == "=" ? 5 : 3)) == ")";
    const bool known = number(argument) || is_given(request, function, argument);
    if (!alone || !known) heads.all_known = false;
  }
  for (size_t i = 0; i < tokens.size(); ++i) {
    const bool assigned = tokens[i].starts_statement && text(i + 1) == "=";
    if (assigned && heads.names.contains(text(i))) heads.all_known = false;
  }
  for (const FunctionCall& call : request.functions) {
    if (!defined.contains(call.function)) heads.all_known = false;
  }
  return heads;
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
  const Heads heads = find_heads(request);
  for (const FunctionCall& call : request.functions) {
    for (const auto& argument : call.arguments) {
      const std::string& name = argument.first;
      const std::string& value = argument.second;
      const auto rows = number(value);
      if (!rows || *rows == 0) continue;
      // A widget calls its function's parameter by another name than the variable.
      const bool known = std::ranges::any_of(
          limits, [&](const RowLimit& limit) { return limit.rows == *rows && limit.line == 0; });
      const bool other = heads.all_known || *rows < kLeastArgument;
      if (known || (other && !heads.names.contains(name))) continue;
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
