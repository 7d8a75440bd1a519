#include "result/promised_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "base/suggest.h"

namespace pxq {
namespace {

// A function that returns several tables names them `NAME[0]`, `NAME[1]` ...
bool can_come(const std::vector<std::string>& promised, std::string_view name) {
  const std::string_view base = name.substr(0, name.find('['));
  return name_meant(name, promised) || name_meant(base, promised);
}

std::string hint_for(const std::vector<std::string>& promised, const std::string& name) {
  std::string hint = did_you_mean(name, promised);
  return hint.empty() ? fmt::format("its tables are {}", fmt::join(promised, ", ")) : hint;
}

}  // namespace

std::vector<std::string> promised_tables(const ScriptRequest& request) {
  std::vector<std::string> names;
  // What the script displays besides has a name of its own.
  if (request.text.find("display") != std::string::npos) return names;
  for (const FunctionCall& call : request.functions) {
    if (call.output_prefix.empty()) return {};
    names.push_back(call.output_prefix);
  }
  return names;
}

Status check_promised(const std::vector<std::string>& promised, const Selection& selection,
                      const std::vector<Assertion>& assertions) {
  if (promised.empty()) return {};
  for (const std::string& name : selection.tables) {
    if (can_come(promised, name)) continue;
    return {Code::kUsage, fmt::format("the script has no table '{}'", name),
            hint_for(promised, name)};
  }
  for (const Assertion& assertion : assertions) {
    if (assertion.table.empty() || can_come(promised, assertion.table)) continue;
    return {
        Code::kUsage,
        fmt::format("--fail-if '{}': no table '{}' in the result", assertion.text, assertion.table),
        hint_for(promised, assertion.table)};
  }
  return {};
}

}  // namespace pxq
