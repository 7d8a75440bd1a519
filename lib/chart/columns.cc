#include "chart/columns.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "text/number.h"

namespace pxq::chart {
namespace {

template <size_t kSize, typename Write, typename Value>
std::string written(Write write, Value value) {
  char text[kSize];
  return {text, static_cast<size_t>(write(text, value) - text)};
}

}  // namespace

std::optional<size_t> find_column(const Schema& schema, std::string_view name) {
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    if (schema.columns[i].name == name) return i;
  }
  return std::nullopt;
}

Result<size_t> need_column(const Schema& schema, std::string_view display, std::string_view field,
                           const std::string& name) {
  if (name.empty()) {
    return Status(Code::kUsage, fmt::format("{} in vis.json has no {}", display, field));
  }
  if (const auto found = find_column(schema, name)) return *found;
  return Status(
      Code::kUsage,
      fmt::format("{} in vis.json draws column '{}', which the table has not", display, name));
}

Result<size_t> need_numbers(const Schema& schema, std::string_view display, std::string_view field,
                            const std::string& name) {
  Result<size_t> column = need_column(schema, display, field, name);
  if (!column.ok() || is_number(schema.columns[*column])) return column;
  return Status(
      Code::kUsage,
      fmt::format("{} in vis.json draws column '{}', which holds no numbers", display, name));
}

bool is_number(const ColumnInfo& column) {
  return column.type == DataType::kInt64 || column.type == DataType::kFloat64 ||
         column.type == DataType::kBoolean || column.type == DataType::kUnknown;
}

bool is_time(const ColumnInfo& column) {
  return column.type == DataType::kTime64Ns ||
         (column.type == DataType::kInt64 && column.semantic == SemanticType::kTimeNs);
}

std::optional<size_t> time_column(const Schema& schema) {
  const auto found = find_column(schema, "time_");
  return found && (is_time(schema.columns[*found]) || is_number(schema.columns[*found]))
             ? found
             : std::nullopt;
}

double number_at(const Column& column, size_t row) {
  if (const auto* real = std::get_if<Float64Column>(&column)) return (*real)[row];
  if (const auto* whole = std::get_if<Int64Column>(&column)) {
    return static_cast<double>((*whole)[row]);
  }
  if (const auto* truth = std::get_if<BooleanColumn>(&column)) return (*truth)[row];
  if (const auto* time = std::get_if<Time64Column>(&column)) {
    return static_cast<double>((*time)[row].ns);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

int64_t time_at(const Column& column, size_t row) {
  if (const auto* time = std::get_if<Time64Column>(&column)) return (*time)[row].ns;
  if (const auto* whole = std::get_if<Int64Column>(&column)) return (*whole)[row];
  return 0;
}

std::string text_at(const Column& column, size_t row) {
  if (const auto* text = std::get_if<StringColumn>(&column)) return std::string((*text)[row]);
  if (const auto* wide = std::get_if<Uint128Column>(&column)) {
    return written<kUpidSize>(write_upid, (*wide)[row]);
  }
  if (const auto* truth = std::get_if<BooleanColumn>(&column))
    return (*truth)[row] ? "true" : "false";
  if (const auto* real = std::get_if<Float64Column>(&column)) {
    return written<kDoubleSize>(write_double, (*real)[row]);
  }
  return written<kInt64Size>(write_int64, time_at(column, row));
}

Axis axis_of(const ColumnInfo& column, std::string label) {
  return {.label = label.empty() ? column.name : std::move(label),
          .quantity = quantity_of(column.semantic)};
}

}  // namespace pxq::chart
