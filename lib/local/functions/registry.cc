#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "local/functions/describe.h"
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
        uri_functions, process_functions, upid_functions, pod_functions, workload_functions,
        address_functions, protocol_functions, sql_functions, privacy_functions,
        request_path_functions}) {
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

const Registry<AggregateFunction>& aggregates_of_clusters() {
  static const Registry<AggregateFunction> registry(cluster_aggregates());
  return registry;
}

const AggregateFunction* find(const Registry<AggregateFunction>& registry, std::string_view name,
                              DataType argument) {
  for (const AggregateFunction* function : registry.overloads(name)) {
    if (function->argument == argument && function->more_arguments.empty()) return function;
  }
  return nullptr;
}

template <typename Function>
void add_descriptions(const Registry<Function>& registry, std::string_view name,
                      std::vector<std::string>& texts) {
  for (const Function* function : registry.overloads(name)) texts.push_back(describe(*function));
}

template <typename Function>
void add_names(const Registry<Function>& registry, std::vector<std::string_view>& names) {
  for (const auto& [name, functions] : registry.by_name) names.push_back(name);
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

const AggregateFunction* find_aggregate(std::string_view name, DataType argument,
                                        Vocabulary vocabulary) {
  const AggregateFunction* function = find(aggregates(), name, argument);
  if (function != nullptr || vocabulary == Vocabulary::kLocal) return function;
  return find(aggregates_of_clusters(), name, argument);
}

bool is_scalar_name(std::string_view name) { return !scalars().overloads(name).empty(); }

bool is_aggregate_name(std::string_view name, Vocabulary vocabulary) {
  if (!aggregates().overloads(name).empty()) return true;
  return vocabulary == Vocabulary::kCluster && !aggregates_of_clusters().overloads(name).empty();
}

std::vector<const ScalarFunction*> scalar_overloads(std::string_view name) {
  return scalars().overloads(name);
}

std::vector<const AggregateFunction*> aggregate_overloads(std::string_view name) {
  std::vector<const AggregateFunction*> all = aggregates().overloads(name);
  const auto& more = aggregates_of_clusters().overloads(name);
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> names;
  add_names(scalars(), names);
  add_names(aggregates(), names);
  add_names(aggregates_of_clusters(), names);
  return names;
}

std::vector<std::string> overloads(std::string_view name, Vocabulary vocabulary) {
  const bool of_clusters = vocabulary == Vocabulary::kCluster;
  std::vector<std::string> texts;
  add_descriptions(scalars(), name, texts);
  add_descriptions(aggregates(), name, texts);
  if (of_clusters) add_descriptions(aggregates_of_clusters(), name, texts);
  return texts;
}

}  // namespace pxq::local
