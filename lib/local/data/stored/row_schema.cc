#include "local/data/stored/row_schema.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "text/json.h"

namespace pxq::local {

DataType type_named(std::string_view name) {
  for (const DataType type : {DataType::kBoolean, DataType::kInt64, DataType::kUint128,
                              DataType::kFloat64, DataType::kString, DataType::kTime64Ns}) {
    if (data_type_name(type) == name) return type;
  }
  return DataType::kUnknown;
}

SemanticType semantic_named(std::string_view name) {
  constexpr int32_t kGreatest = 3000;
  static const std::map<std::string_view, SemanticType> kNames = [] {
    std::map<std::string_view, SemanticType> names;
    for (int32_t number = kGreatest; number >= 0; --number) {
      const auto type = static_cast<SemanticType>(number);
      names.emplace(semantic_type_name(type), type);
    }
    names["NONE"] = SemanticType::kNone;  // also what numbers that are not listed are called
    return names;
  }();
  const auto found = kNames.find(name);
  return found == kNames.end() ? SemanticType::kNone : found->second;
}

Result<std::vector<ColumnInfo>> columns_from(const nlohmann::json& document) {
  std::vector<ColumnInfo> columns;
  try {
    for (const nlohmann::json& column : document) {
      ColumnInfo info;
      info.name = original_bytes(column.at("name").get<std::string>());
      info.type = type_named(column.at("type").get<std::string>());
      info.semantic = semantic_named(column.value("semantic_type", "NONE"));
      info.description = original_bytes(column.value("description", ""));
      if (info.type == DataType::kUnknown) {
        return Status(Code::kUsage,
                      fmt::format("column '{}' has no type that is known", info.name));
      }
      columns.push_back(std::move(info));
    }
  } catch (const nlohmann::json::exception&) {
    return Status(Code::kUsage, "a column of it has no name or no type");
  }
  return columns;
}

}  // namespace pxq::local
