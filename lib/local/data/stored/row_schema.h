#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/schema.h"

namespace pxq::local {

// What pxq writes about columns (text/schema_json.h), read again.

/// kUnknown for what is none.
DataType type_named(std::string_view name);
/// kNone for what is none.
SemanticType semantic_named(std::string_view name);

/// kUsage for what is no such array.
Result<std::vector<ColumnInfo>> columns_from(const nlohmann::json& document);

}  // namespace pxq::local
