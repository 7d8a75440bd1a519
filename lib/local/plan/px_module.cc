#include "local/plan/px_module.h"

#include <array>

#include <fmt/format.h>

#include "local/data/catalogue.h"
#include "local/functions/function.h"
#include "local/plan/builtin.h"
#include "local/plan/dataframe.h"
#include "local/plan/px_functions.h"

namespace pxq::local {
namespace {

const Cast* find_type(std::string_view name) {
  struct Entry {
    std::string_view name;
    Cast cast;
  };
  static constexpr auto kTypes = std::to_array<Entry>({
      {"Time", {DataType::kTime64Ns, SemanticType::kNone}},
      {"Service", {DataType::kString, SemanticType::kServiceName}},
      {"Pod", {DataType::kString, SemanticType::kPodName}},
      {"Node", {DataType::kString, SemanticType::kNodeName}},
      {"Namespace", {DataType::kString, SemanticType::kNamespaceName}},
      {"Container", {DataType::kString, SemanticType::kContainerName}},
      {"UPID", {DataType::kUint128, SemanticType::kUpid}},
      {"Bytes", {DataType::kInt64, SemanticType::kBytes}},
      {"DurationNanos", {DataType::kInt64, SemanticType::kDurationNs}},
      {"Percent", {DataType::kFloat64, SemanticType::kPercent}},
  });
  for (const Entry& entry : kTypes) {
    if (entry.name == name) return &entry.cast;
  }
  return nullptr;
}

/// Names of px that answer from a cluster or send elsewhere; false for all others.
bool is_refused(std::string_view name) {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"export", "strptime", "GetAgentStatus", "GetCronScriptHistory", "GetLinuxHeadersStatus",
       "GetProfilerSamplingPeriodMS", "GetSchemas", "GetTables", "GetTracepointStatus",
       "GetUDAList", "GetUDFList", "GetUDTFList", "Version"});
  for (const std::string_view refused : kNames) {
    if (refused == name) return true;
  }
  return name.starts_with("_Heap") || name.starts_with("_Debug") ||
         is_scalar_name(name, Vocabulary::kCluster) ||
         is_aggregate_name(name, Vocabulary::kCluster);
}

bool is_module(std::string_view name) {
  return name == "otel" || name == "vis" || name == "plugin";
}

/// A function that lists the cluster's own state: a dataframe of the catalogue's relation.
ObjectPtr make_lister(Session& session, pxl::Place place, std::string_view name,
                      std::string table) {
  Function function;
  function.name = name;
  function.takes_keywords = true;
  function.body = [&session, table = std::move(table)](const BoundCall& call) -> ObjectPtr {
    return session.add_operator(call.place, {}, DraftOperator::Source{table, {}, {}, {}});
  };
  return make_function(place, std::move(function));
}

/// A function of the registry: any number of expressions, nothing by keyword.
ObjectPtr make_registered(Session& session, pxl::Place place, std::string_view name) {
  Function function;
  function.name = name;
  function.takes_rest = true;
  function.body = [&session, name = std::string(name)](const BoundCall& call) -> ObjectPtr {
    std::vector<DraftExpressionPtr> arguments;
    for (const ObjectPtr& argument : call.rest) {
      const auto* expression = argument->as<DraftExpressionPtr>();
      if (expression == nullptr) {
        return session.fail(call.place,
                            fmt::format("Argument to udf '{}' must be an expression", name));
      }
      arguments.push_back(*expression);
    }
    DraftExpressionPtr expression = session.add_call(call.place, name, std::move(arguments));
    return expression == nullptr ? nullptr : make_expression(std::move(expression));
  };
  return make_function(place, std::move(function));
}

}  // namespace

ObjectPtr find_in_px(Session& session, pxl::Place place, std::string_view name) {
  if (const Builtin* builtin = find_px_function(name)) {
    return make_builtin(session, place, *builtin, nullptr);
  }
  if (name == "DataFrame") return make_object(place, Object::FrameType());
  if (const Cast* cast = find_type(name)) return make_object(place, Object::Type{*cast});
  const Vocabulary vocabulary = session.vocabulary();
  if (is_scalar_name(name, vocabulary) || is_aggregate_name(name, vocabulary)) {
    return make_registered(session, place, name);
  }
  if (vocabulary == Vocabulary::kCluster) {
    if (std::string table = catalogue_function(name); !table.empty()) {
      return make_lister(session, place, name, std::move(table));
    }
  }
  if (is_module(name)) return make_object(place, Object::Module{fmt::format("px.{}", name)});
  if (is_refused(name)) {
    return make_refused(session, place, name,
                        fmt::format("px.{}() is not available in the local Vizier.", name));
  }
  return nullptr;
}

ObjectPtr find_in_submodule(Session& session, pxl::Place place, const std::string& module,
                            const std::string& name) {
  if (module != "px.plugin") {
    return session.fail(place, fmt::format("{} is not available in the local Vizier.", module));
  }
  const auto& window = session.plugin_window();
  if (!window) {
    return session.errors().fail_nowhere(
        "No plugin config found. Make sure the script is run in a plugin context.");
  }
  if (name == "start_time") return make_literal(place, window->start_ns);
  if (name == "end_time") return make_literal(place, window->end_ns);
  return session.fail(place, fmt::format("'plugin' object has no attribute '{}'", name));
}

ObjectPtr make_cast(Session& session, pxl::Place place, const Cast& cast) {
  Function function;
  function.name =
      fmt::format("{}_ST_{}_cast", data_type_name(cast.type), semantic_type_name(cast.semantic));
  function.parameters.push_back({"expr", nullptr, nullptr});
  function.body = [&session, cast](const BoundCall& call) -> ObjectPtr {
    const DraftExpressionPtr expression = expression_argument(session, *call.values[0], "expr");
    if (expression == nullptr) return nullptr;
    DraftExpression copy = *expression;
    copy.cast = cast;
    return make_expression(std::make_shared<const DraftExpression>(std::move(copy)));
  };
  return make_function(place, std::move(function));
}

}  // namespace pxq::local
