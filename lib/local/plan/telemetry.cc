// px.otel, which says how rows become OpenTelemetry data, px.export, which sends them, and px.vis.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "local/plan/arguments.h"
#include "local/plan/builtin.h"
#include "local/plan/dataframe.h"
#include "local/plan/modules.h"

namespace pxq::local {
namespace {

using Columns = DraftOperator::Export;

std::shared_ptr<const Columns> shared(Columns columns) {
  return std::make_shared<const Columns>(std::move(columns));
}

bool is_column(const Object& object) {
  const auto* expression = object.as<DraftExpressionPtr>();
  return expression != nullptr && ((*expression)->as<DraftExpression::Column>() != nullptr ||
                                   (*expression)->as<DraftExpression::Metadata>() != nullptr);
}

/// Adds the column that an argument is.
bool add_column(Session& session, const Object& object, std::string_view name,
                std::string_view role, std::vector<DataType> types, Columns& columns) {
  const DraftExpressionPtr expression = expression_argument(session, object, name);
  if (expression == nullptr) return false;
  if (!is_column(object)) {
    session.fail(object.place, fmt::format("Expected arg '{}' as type 'Column', received '{}'",
                                           name, expression_kind(*expression)));
    return false;
  }
  columns.columns.push_back({expression, role, std::move(types)});
  return true;
}

void add_time(pxl::Place place, Columns& columns) {
  columns.columns.push_back({make_column(place, "time_"), "time", {DataType::kTime64Ns}});
}

const Object::Dict* dict_argument(Session& session, const Object& object, std::string_view name) {
  if (const auto* dict = object.as<Object::Dict>()) return dict;
  return session.fail(object.place, fmt::format("Expected {} to be a dictionary, received {}", name,
                                                object_name(object)));
}

bool add_attributes(Session& session, const Object& object, std::string_view name,
                    Columns& columns) {
  const Object::Dict* attributes = dict_argument(session, object, name);
  if (attributes == nullptr) return false;
  for (size_t i = 0; i < attributes->keys.size(); ++i) {
    const std::string* key = string_argument(session, *attributes->keys[i], "attribute");
    if (key == nullptr) return false;
    if (key->empty()) {
      session.fail(attributes->keys[i]->place, "Attribute key must be a non-empty string");
      return false;
    }
    const Object& value = *attributes->values[i];
    const Value* literal = literal_of(value);
    if (literal != nullptr && std::holds_alternative<std::string>(*literal)) continue;
    if (!add_column(session, value, "attribute value column", "attribute", {}, columns)) {
      return false;
    }
  }
  return true;
}

bool is_metric_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (name.empty() || !letter(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  });
}

bool check_metric(Session& session, const Object& name, const Object& description,
                  const Object& unit) {
  const std::string* text = string_argument(session, name, "name");
  if (text == nullptr) return false;
  if (!is_metric_name(*text)) {
    session.fail(name.place,
                 "Metric name is invalid. Please follow the naming conventions here: "
                 "https://opentelemetry.io/docs/reference/specification/metrics/api/#instrument");
    return false;
  }
  if (string_argument(session, description, "description") == nullptr) return false;
  return unit.as<Object::None>() != nullptr || string_argument(session, unit, "unit") != nullptr;
}

ObjectPtr gauge(Session& session, const DraftOperator*, const BoundCall& call) {
  if (!check_metric(session, *call.values[0], *call.values[2], *call.values[4])) return nullptr;
  Columns columns;
  add_time(call.place, columns);
  if (!add_column(session, *call.values[1], "value", "value",
                  {DataType::kInt64, DataType::kFloat64}, columns)) {
    return nullptr;
  }
  if (!add_attributes(session, *call.values[3], "attributes", columns)) return nullptr;
  return make_object(call.place, Object::Telemetry{shared(std::move(columns))});
}

bool add_quantiles(Session& session, const Object& object, Columns& columns) {
  const Object::Dict* quantiles = dict_argument(session, object, "quantile_values");
  if (quantiles == nullptr) return false;
  if (quantiles->keys.empty()) {
    session.fail(object.place, "Summary must have at least one quantile value specified");
    return false;
  }
  for (size_t i = 0; i < quantiles->keys.size(); ++i) {
    const Object& key = *quantiles->keys[i];
    const Value* value = literal_of(key);
    if (value == nullptr || !std::holds_alternative<double>(*value)) {
      session.fail(key.place, fmt::format("Expected arg 'quantile' as type 'Float', received '{}'",
                                          object_name(key)));
      return false;
    }
    if (!add_column(session, *quantiles->values[i], "quantile value column", "quantile",
                    {DataType::kFloat64}, columns)) {
      return false;
    }
  }
  return true;
}

ObjectPtr summary(Session& session, const DraftOperator*, const BoundCall& call) {
  if (!check_metric(session, *call.values[0], *call.values[4], *call.values[6])) return nullptr;
  Columns columns;
  add_time(call.place, columns);
  if (!add_column(session, *call.values[1], "count", "count", {DataType::kInt64}, columns) ||
      !add_column(session, *call.values[2], "sum", "sum", {DataType::kFloat64}, columns) ||
      !add_quantiles(session, *call.values[3], columns) ||
      !add_attributes(session, *call.values[5], "attributes", columns)) {
    return nullptr;
  }
  return make_object(call.place, Object::Telemetry{shared(std::move(columns))});
}

bool add_span_name(Session& session, const Object& name, Columns& columns) {
  const Value* literal = literal_of(name);
  if (literal != nullptr && std::holds_alternative<std::string>(*literal)) return true;
  if (is_column(name)) {
    columns.columns.push_back({*name.as<DraftExpressionPtr>(), "name", {DataType::kString}});
    return true;
  }
  session.fail(name.place,
               fmt::format("Expected string or column for 'name' '{}'", object_name(name)));
  return false;
}

ObjectPtr span(Session& session, const DraftOperator*, const BoundCall& call) {
  Columns columns;
  if (!add_span_name(session, *call.values[0], columns)) return nullptr;
  const auto add = [&](size_t i, std::string_view name, std::string_view role, DataType type) {
    return add_column(session, *call.values[i], name, role, {type}, columns);
  };
  if (!add(1, "start_time", "time", DataType::kTime64Ns)) return nullptr;
  if (!add(2, "end_time", "time", DataType::kTime64Ns)) return nullptr;
  constexpr std::string_view kIds[] = {"trace_id", "span_id", "parent_span_id"};
  for (size_t i = 0; i < std::size(kIds); ++i) {
    if (call.values[3 + i]->as<Object::None>() != nullptr) continue;
    if (!add(3 + i, kIds[i], kIds[i], DataType::kString)) return nullptr;
  }
  if (!add_attributes(session, *call.values[6], "attributes", columns)) return nullptr;
  if (int_argument(session, *call.values[7], "kind") == nullptr) return nullptr;
  return make_object(call.place, Object::Telemetry{shared(std::move(columns))});
}

ObjectPtr endpoint(Session& session, const DraftOperator*, const BoundCall& call) {
  if (string_argument(session, *call.values[0], "url") == nullptr) return nullptr;
  const Object::Dict* headers = dict_argument(session, *call.values[1], "headers");
  if (headers == nullptr) return nullptr;
  for (size_t i = 0; i < headers->keys.size(); ++i) {
    if (string_argument(session, *headers->keys[i], "header key") == nullptr) return nullptr;
    if (string_argument(session, *headers->values[i], "header value") == nullptr) return nullptr;
  }
  const Value* insecure = literal_of(*call.values[2]);
  if (insecure == nullptr || !std::holds_alternative<bool>(*insecure)) {
    return session.fail(call.values[2]->place,
                        fmt::format("Expected arg 'insecure' as type 'Bool', received '{}'",
                                    object_name(*call.values[2])));
  }
  if (int_argument(session, *call.values[3], "timeout") == nullptr) return nullptr;
  return make_object(call.place, Object::Endpoint());
}

bool has_service_name(const Object::Dict& resource) {
  for (const ObjectPtr& key : resource.keys) {
    const Value* value = literal_of(*key);
    const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
    if (text != nullptr && *text == "service.name") return true;
  }
  return false;
}

bool add_data(Session& session, const Object& data, Columns& columns) {
  const auto* items = data.as<Object::Collection>();
  if (items == nullptr) {
    session.fail(data.place,
                 fmt::format("Expected data to be a collection, received {}", object_name(data)));
    return false;
  }
  if (items->items.empty()) {
    session.fail(data.place, "Must specify at least 1 data configuration");
    return false;
  }
  for (const ObjectPtr& item : items->items) {
    const auto* container = item->as<Object::Telemetry>();
    if (container == nullptr) {
      session.fail(item->place,
                   fmt::format("Expected an OTelDataContainer, received {}", object_name(*item)));
      return false;
    }
    const auto& more = container->columns->columns;
    columns.columns.insert(columns.columns.end(), more.begin(), more.end());
  }
  return true;
}

ObjectPtr data(Session& session, const DraftOperator*, const BoundCall& call) {
  const Object& where = *call.values[2];
  if (where.as<Object::None>() == nullptr && where.as<Object::Endpoint>() == nullptr) {
    return session.fail(
        where.place,
        fmt::format("expected Endpoint type for 'endpoint' arg, received {}", object_name(where)));
  }
  Columns columns;
  if (!add_data(session, *call.values[1], columns)) return nullptr;
  const Object& resource = *call.values[0];
  if (!add_attributes(session, resource, "resource", columns)) return nullptr;
  if (!has_service_name(*resource.as<Object::Dict>())) {
    return session.fail(resource.place, "'service.name' must be specified in resource");
  }
  return make_object(call.place, Object::Exporter{shared(std::move(columns))});
}

ObjectPtr export_rows(Session& session, const DraftOperator*, const BoundCall& call) {
  const auto* frame = call.values[0]->as<Object::Frame>();
  if (frame == nullptr) {
    return session.fail(call.values[0]->place, fmt::format("Expected DataFrame, received {}",
                                                           object_name(*call.values[0])));
  }
  const auto* exporter = call.values[1]->as<Object::Exporter>();
  if (exporter == nullptr) {
    return session.fail(call.values[1]->place, fmt::format("Expected Exporter, received {}",
                                                           object_name(*call.values[1])));
  }
  if (!session.add_export(call.place, frame->op, *exporter->columns)) return nullptr;
  return make_object(call.place, Object::None());
}

// What @px.vis.vega(...) makes of a function: the function.
ObjectPtr undecorated(Session& session, const DraftOperator*, const BoundCall& call) {
  if (call.values[0]->as<FunctionPtr>() != nullptr) return call.values[0];
  return session.fail(call.place,
                      fmt::format("'{}' object is not callable", object_name(*call.values[0])));
}

ObjectPtr vega(Session& session, const DraftOperator*, const BoundCall& call) {
  static const Builtin kDecorator = {"vega", {{"fn", nullptr}}, undecorated};
  if (string_argument(session, *call.values[0], "vega_spec") == nullptr) return nullptr;
  return make_builtin(session, call.place, kDecorator, nullptr);
}

struct TelemetryMember {
  std::string_view module;
  Builtin function;
};

const std::vector<TelemetryMember>& telemetry_members() {
  static const ObjectPtr kNone = make_object({}, Object::None());
  static const ObjectPtr kNoText = make_literal({}, std::string());
  static const ObjectPtr kNoDict = make_object({}, Object::Dict());
  static const ObjectPtr kServer = make_literal({}, int64_t{2});
  static const std::vector<TelemetryMember> kMembers = {
      {"px.otel", {"Data", {{"resource", nullptr}, {"data", nullptr}, {"endpoint", kNone}}, data}},
      {"px.otel",
       {"Endpoint",
        {{"url", nullptr},
         {"headers", kNoDict},
         {"insecure", make_literal({}, false)},
         {"timeout", make_literal({}, int64_t{5})}},
        endpoint}},
      {"px.otel.metric",
       {"Gauge",
        {{"name", nullptr},
         {"value", nullptr},
         {"description", kNoText},
         {"attributes", kNoDict},
         {"unit", kNone}},
        gauge}},
      {"px.otel.metric",
       {"Summary",
        {{"name", nullptr},
         {"count", nullptr},
         {"sum", nullptr},
         {"quantile_values", nullptr},
         {"description", kNoText},
         {"attributes", kNoDict},
         {"unit", kNone}},
        summary}},
      {"px.otel.trace",
       {"Span",
        {{"name", nullptr},
         {"start_time", nullptr},
         {"end_time", nullptr},
         {"trace_id", kNone},
         {"span_id", kNone},
         {"parent_span_id", kNone},
         {"attributes", kNoDict},
         {"kind", kServer}},
        span}},
  };
  return kMembers;
}

/// px.otel.trace's names for kinds of spans are numbers.
ObjectPtr span_kind(pxl::Place place, std::string_view name) {
  constexpr std::string_view kKinds[] = {"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL",
                                         "SPAN_KIND_SERVER",      "SPAN_KIND_CLIENT",
                                         "SPAN_KIND_PRODUCER",    "SPAN_KIND_CONSUMER"};
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    if (kKinds[i] == name) return make_literal(place, static_cast<int64_t>(i));
  }
  return nullptr;
}

}  // namespace

ObjectPtr find_in_otel(Session& session, pxl::Place place, std::string_view module,
                       std::string_view name) {
  for (const TelemetryMember& member : telemetry_members()) {
    if (member.module == module && member.function.name == name) {
      return make_builtin(session, place, member.function, nullptr);
    }
  }
  if (module == "px.otel" && (name == "metric" || name == "trace")) {
    return make_object(place, Object::Module{fmt::format("px.otel.{}", name)});
  }
  return module == "px.otel.trace" ? span_kind(place, name) : nullptr;
}

ObjectPtr export_function(Session& session, pxl::Place place) {
  static const Builtin kExport = {"export", {{"out", nullptr}, {"spec", nullptr}}, export_rows};
  return make_builtin(session, place, kExport, nullptr);
}

ObjectPtr find_in_vis(Session& session, pxl::Place place, std::string_view name) {
  static const Builtin kVega = {"vega", {{"vega_spec", nullptr}}, vega};
  return name == kVega.name ? make_builtin(session, place, kVega, nullptr) : nullptr;
}

}  // namespace pxq::local
