#include "report/schema_file.h"

#include <nlohmann/json.hpp>

#include "text/json_bytes.h"

namespace pxq {
namespace {

using Json = nlohmann::ordered_json;

Json column_json(const ColumnInfo& column) {
  return {{"name", json_text(column.name)},
          {"type", data_type_name(column.type)},
          {"semantic_type", semantic_type_name(column.semantic)},
          {"unit", unit_of(column)},
          {"description", json_text(column.description)}};
}

}  // namespace

std::string_view unit_of(const ColumnInfo& column) {
  if (column.type == DataType::kTime64Ns) return "ns since 1970-01-01T00:00:00Z";
  switch (column.semantic) {
    case SemanticType::kTimeNs: return "ns since 1970-01-01T00:00:00Z";
    case SemanticType::kBytes: return "bytes";
    case SemanticType::kPercent: return "fraction";
    case SemanticType::kDurationNs:
    case SemanticType::kDurationNsQuantiles: return "ns";
    case SemanticType::kThroughputPerNs: return "1/ns";
    case SemanticType::kThroughputBytesPerNs: return "bytes/ns";
    default: return "";
  }
}

void SchemaFile::begin(const Schema& schema) {
  schemas_.push_back(schema);
  next_.begin(schema);
}

std::string SchemaFile::text() const {
  Json tables = Json::array();
  for (const Schema& schema : schemas_) {
    Json columns = Json::array();
    for (const ColumnInfo& column : schema.columns) columns.push_back(column_json(column));
    tables.push_back({{"name", json_text(schema.name)}, {"columns", std::move(columns)}});
  }
  return document_text({{"version", 1}, {"tables", std::move(tables)}});
}

}  // namespace pxq
