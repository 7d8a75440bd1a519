#include "local/plan/px_module.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "local/data/catalogue.h"
#include "local/functions/function.h"
#include "local/plan/arguments.h"
#include "local/plan/builtin.h"
#include "local/plan/dataframe.h"
#include "local/plan/modules.h"
#include "local/plan/names.h"
#include "local/plan/px_functions.h"

namespace pxq::local {
namespace {

struct NamedType {
  std::string_view name;
  Cast cast;
};

constexpr auto kTypes = std::to_array<NamedType>({
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

const Cast* find_type(std::string_view name) {
  for (const NamedType& entry : kTypes) {
    if (entry.name == name) return &entry.cast;
  }
  return nullptr;
}

/// Functions that list what agents and Viziers know of themselves.
constexpr auto kListers = std::to_array<std::string_view>(
    {"GetAgentStatus", "GetCronScriptHistory", "GetLinuxHeadersStatus",
     "GetProfilerSamplingPeriodMS", "GetSchemas", "GetTables", "GetTracepointStatus", "GetUDAList",
     "GetUDFList", "GetUDTFList", "Version"});

bool is_lister(std::string_view name) {
  return std::find(kListers.begin(), kListers.end(), name) != kListers.end() ||
         name.starts_with("_Heap") || name.starts_with("_Debug");
}

constexpr auto kSubmodules = std::to_array<std::string_view>({"otel", "vis", "plugin"});

bool is_module(std::string_view name) {
  return std::find(kSubmodules.begin(), kSubmodules.end(), name) != kSubmodules.end();
}

bool is_bool(const Object& object) {
  const Value* value = literal_of(object);
  return value != nullptr && std::holds_alternative<bool>(*value);
}

/// The table behind a call; without Kelvin it is another one.
std::string source_name(std::string_view name, bool without_kelvin) {
  std::string table = catalogue_function(name);
  if (without_kelvin) table.replace(table.size() - 1, 1, "include_kelvin=False)");
  return table;
}

/// A function that lists the cluster's own state: a dataframe of the catalogue's relation, or of
/// columns that only a cluster knows.
ObjectPtr make_lister(Session& session, pxl::Place place, std::string_view name) {
  Function function;
  function.name = name;
  function.takes_keywords = name.starts_with("_");
  if (name == "GetAgentStatus" || name == "GetLinuxHeadersStatus") {
    function.parameters.push_back({"include_kelvin", make_literal({}, true), nullptr});
  }
  function.body = [&session, name = std::string(name)](const BoundCall& call) -> ObjectPtr {
    if (!call.values.empty() && !is_bool(*call.values[0])) {
      return session.fail(call.values[0]->place,
                          fmt::format("Expected arg 'include_kelvin' as type 'Bool', received '{}'",
                                      object_name(*call.values[0])));
    }
    const bool some = !call.values.empty() && !std::get<bool>(*literal_of(*call.values[0]));
    DraftOperator::Source source{source_name(name, some), {}, {}, {}, false};
    if (source.table.empty()) {
      source.table = name;
      source.open = true;
      session.pass_over(call.place, fmt::format("the columns of px.{}()", name));
    }
    return session.add_operator(call.place, {}, std::move(source));
  };
  return make_function(place, std::move(function));
}

/// px.strptime: a time, but which one depends on a format language that is not ours.
ObjectPtr strptime(Session& session, const DraftOperator*, const BoundCall& call) {
  if (string_argument(session, *call.values[0], "date_str") == nullptr) return nullptr;
  if (string_argument(session, *call.values[1], "format") == nullptr) return nullptr;
  session.pass_over(call.place, "whether the text of px.strptime() fits its format");
  DraftExpression time;
  time.place = call.place;
  time.node = DraftExpression::Opaque{DataType::kTime64Ns};
  return make_expression(std::make_shared<const DraftExpression>(std::move(time)));
}

/// What only a script for clusters can use; null for other names.
ObjectPtr find_of_clusters(Session& session, pxl::Place place, std::string_view name) {
  static const Builtin kStrptime = {
      "strptime", {{"date_str", nullptr}, {"format", nullptr}}, strptime};
  if (is_lister(name)) return make_lister(session, place, name);
  if (name == "export") return export_function(session, place);
  if (name == kStrptime.name) return make_builtin(session, place, kStrptime, nullptr);
  return nullptr;
}

ObjectPtr find_in_plugin(Session& session, pxl::Place place, const std::string& name) {
  const auto& window = session.plugin_window();
  if (!window) {
    return session.errors().fail_nowhere(
        "No plugin config found. Make sure the script is run in a plugin context.", place);
  }
  if (name == "start_time") return make_literal(place, window->start_ns);
  if (name == "end_time") return make_literal(place, window->end_ns);
  return session.fail(place, fmt::format("plugin does not contain attribute '{}'", name));
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

bool is_px_function(std::string_view name) {
  if (find_px_function(name) != nullptr || is_lister(name)) return true;
  return name == "export" || name == "strptime" || is_scalar_name(name) ||
         is_aggregate_name(name, Vocabulary::kCluster);
}

ObjectPtr find_in_px(Session& session, pxl::Place place, std::string_view name) {
  if (const Builtin* builtin = find_px_function(name)) {
    return make_builtin(session, place, *builtin, nullptr);
  }
  if (name == "DataFrame") return make_object(place, Object::FrameType());
  if (const Cast* cast = find_type(name)) return make_object(place, Object::Type{*cast});
  if (is_scalar_name(name) || is_aggregate_name(name, session.vocabulary())) {
    return make_registered(session, place, name);
  }
  if (is_lister(name) && !catalogue_function(name).empty()) {
    return make_lister(session, place, name);
  }
  if (session.vocabulary() == Vocabulary::kCluster) {
    if (ObjectPtr found = find_of_clusters(session, place, name)) return found;
  }
  if (is_module(name)) return make_object(place, Object::Module{fmt::format("px.{}", name)});
  if (is_px_function(name)) {
    return make_refused(session, place, name,
                        fmt::format("px.{}() is not available in the local Vizier.", name));
  }
  return nullptr;
}

ObjectPtr find_in_submodule(Session& session, pxl::Place place, const std::string& module,
                            const std::string& name) {
  if (module == "px.plugin") return find_in_plugin(session, place, name);
  ObjectPtr found;
  if (module == "px.vis") {
    found = find_in_vis(session, place, name);
  } else if (session.vocabulary() == Vocabulary::kCluster) {
    found = find_in_otel(session, place, module, name);
  } else {
    return session.fail_absent(place,
                               fmt::format("{} is not available in the local Vizier.", module));
  }
  if (found != nullptr) return found;
  const std::string last = module.substr(module.rfind('.') + 1);
  return session.fail(place, fmt::format("'{}' object has no attribute '{}'", last, name));
}

std::vector<std::string> px_names(Vocabulary vocabulary) {
  std::vector<std::string> names = px_function_names();
  for (const NamedType& type : kTypes) names.emplace_back(type.name);
  for (const char* name : {"DataFrame", "plugin", "vis"}) names.emplace_back(name);
  const bool of_clusters = vocabulary == Vocabulary::kCluster;
  for (const std::string_view name : kListers) {
    if (of_clusters || !catalogue_function(name).empty()) names.emplace_back(name);
  }
  for (const char* name : {"export", "otel", "strptime"}) {
    if (of_clusters) names.emplace_back(name);
  }
  for (const std::string_view name : function_names()) {
    if (is_scalar_name(name) || is_aggregate_name(name, vocabulary)) {
      names.emplace_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
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
