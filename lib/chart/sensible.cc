#include "chart/sensible.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "chart/columns.h"

namespace pxq::chart {
namespace {

using nlohmann::json;

constexpr size_t kMostValues = 4;

// Numbers that name things rather than measure them.
bool is_label(const ColumnInfo& column) {
  switch (column.semantic) {
    case SemanticType::kTimeNs:
    case SemanticType::kAsid:
    case SemanticType::kPort:
    case SemanticType::kHttpRespStatus: return true;
    default: break;
  }
  static constexpr std::string_view kEndings[] = {"_port", "_version", "_type", "_code", "_role",
                                                  "pid",   "_id",      "asid",  "status"};
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return column.name.ends_with(ending); });
}

// Lower is better; latencies before all.
int rank(const ColumnInfo& column) {
  if (column.semantic == SemanticType::kDurationNs) {
    return column.name.starts_with("latency") ? 0 : 1;
  }
  if (quantity_of(column.semantic)) return 2;
  return column.type == DataType::kFloat64 ? 3 : 4;
}

std::vector<std::string> value_columns(const Schema& schema) {
  const ColumnInfo* best = nullptr;
  for (const ColumnInfo& column : schema.columns) {
    const bool number = column.type == DataType::kInt64 || column.type == DataType::kFloat64;
    if (!number || is_label(column)) continue;
    if (best == nullptr || rank(column) < rank(*best)) best = &column;
  }
  std::vector<std::string> names;
  if (best == nullptr) return names;
  for (const ColumnInfo& column : schema.columns) {
    const bool number = column.type == DataType::kInt64 || column.type == DataType::kFloat64;
    if (!number || is_label(column) || rank(column) != rank(*best)) continue;
    if (column.semantic == best->semantic && names.size() < kMostValues)
      names.push_back(column.name);
  }
  return names;
}

std::string series_column(const Schema& schema) {
  static constexpr SemanticType kOrder[] = {SemanticType::kServiceName, SemanticType::kPodName,
                                            SemanticType::kContainerName, SemanticType::kNodeName,
                                            SemanticType::kNamespaceName};
  for (const SemanticType wanted : kOrder) {
    for (const ColumnInfo& column : schema.columns) {
      if (column.semantic == wanted && column.type == DataType::kString) return column.name;
    }
  }
  for (const char* name : {"service", "pod", "container", "node", "namespace"}) {
    const auto column = find_column(schema, name);
    if (column && schema.columns[*column].type == DataType::kString) return name;
  }
  return {};
}

// A row an event has points and no line between them.
bool is_of_events(const Schema& schema) {
  return std::any_of(schema.columns.begin(), schema.columns.end(), [](const ColumnInfo& column) {
    return column.semantic == SemanticType::kHttpReqMethod ||
           column.semantic == SemanticType::kHttpRespStatus || column.name.starts_with("req_") ||
           column.name.starts_with("resp_");
  });
}

std::optional<Suggestion> over_time(const Schema& schema) {
  const auto time = time_column(schema);
  if (!time || !is_time(schema.columns[*time])) return std::nullopt;
  const std::vector<std::string> values = value_columns(schema);
  if (values.empty()) return std::nullopt;
  const std::string series = series_column(schema);
  json spec = {{"keepEnds", true}, {"timeseries", json::array()}};
  for (const std::string& value : values) {
    json each = {{"value", value}, {"mode", is_of_events(schema) ? "MODE_POINT" : "MODE_LINE"}};
    if (!series.empty()) each["series"] = series;
    spec["timeseries"].push_back(std::move(each));
    // A chart by names has one value only: TimeseriesChart refuses more.
    if (!series.empty()) break;
  }
  return Suggestion{"TimeseriesChart", spec.dump(-1, ' ', true, json::error_handler_t::replace)};
}

}  // namespace

std::optional<Suggestion> suggest_display(const Schema& schema) {
  if (auto lines = over_time(schema)) return lines;
  for (const ColumnInfo& column : schema.columns) {
    if (column.semantic == SemanticType::kQuantiles ||
        column.semantic == SemanticType::kDurationNsQuantiles) {
      return Suggestion{"Quantiles", "{}"};
    }
  }
  return std::nullopt;
}

}  // namespace pxq::chart
