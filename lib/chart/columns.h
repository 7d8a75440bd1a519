#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "chart/drawing.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq::chart {

std::optional<size_t> find_column(const Schema& schema, std::string_view name);

/// The column that `field` of a display names; kUsage where it names none or one that is not there.
Result<size_t> need_column(const Schema& schema, std::string_view display, std::string_view field,
                           const std::string& name);
/// The same, and it holds numbers.
Result<size_t> need_numbers(const Schema& schema, std::string_view display, std::string_view field,
                            const std::string& name);

bool is_number(const ColumnInfo& column);
bool is_time(const ColumnInfo& column);

/// `time_`, where it holds times.
std::optional<size_t> time_column(const Schema& schema);

/// NaN of what is not a number.
double number_at(const Column& column, size_t row);
int64_t time_at(const Column& column, size_t row);
/// Any cell as text, as it came; of times and numbers their shortest form.
std::string text_at(const Column& column, size_t row);

Axis axis_of(const ColumnInfo& column, std::string label = {});

}  // namespace pxq::chart
