#include "report/schema_file.h"

#include <nlohmann/json.hpp>

#include "text/json_bytes.h"
#include "text/unit.h"

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
