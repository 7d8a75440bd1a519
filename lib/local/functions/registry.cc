#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "local/functions/families.h"

namespace pxq::local {
namespace {

// The overloads of a name, by their place in the list.
template <typename Function>
struct Registry {
  explicit Registry(std::vector<Function> all) : functions(std::move(all)) {
    for (const Function& function : functions) by_name[function.name].push_back(&function);
  }

  const std::vector<const Function*>& overloads(std::string_view name) const {
    static const std::vector<const Function*> kNone;
    const auto entry = by_name.find(name);
    return entry == by_name.end() ? kNone : entry->second;
  }

  std::vector<Function> functions;
  std::unordered_map<std::string_view, std::vector<const Function*>> by_name;
};

std::vector<ScalarFunction> gather() {
  std::vector<ScalarFunction> all;
  for (const auto family :
       {arithmetic_functions, comparison_functions, boolean_functions, math_functions,
        time_functions, conditional_functions, string_functions, regex_functions, json_functions,
        uri_functions, process_functions, protocol_functions}) {
    auto functions = family();
    std::move(functions.begin(), functions.end(), std::back_inserter(all));
  }
  return all;
}

const Registry<ScalarFunction>& scalars() {
  static const Registry<ScalarFunction> registry(gather());
  return registry;
}

const Registry<AggregateFunction>& aggregates() {
  static const Registry<AggregateFunction> registry(all_aggregates());
  return registry;
}

}  // namespace

std::span<const ScalarFunction> scalar_functions() { return scalars().functions; }
std::span<const AggregateFunction> aggregate_functions() { return aggregates().functions; }

const ScalarFunction* find_scalar(std::string_view name, std::span<const DataType> arguments) {
  for (const ScalarFunction* function : scalars().overloads(name)) {
    if (std::ranges::equal(function->arguments, arguments)) return function;
  }
  return nullptr;
}

const AggregateFunction* find_aggregate(std::string_view name, DataType argument) {
  for (const AggregateFunction* function : aggregates().overloads(name)) {
    if (function->argument == argument) return function;
  }
  return nullptr;
}

bool is_scalar_name(std::string_view name) { return !scalars().overloads(name).empty(); }
bool is_aggregate_name(std::string_view name) { return !aggregates().overloads(name).empty(); }

}  // namespace pxq::local
