#include "text/schema_json.h"

#include "text/json_bytes.h"
#include "text/unit.h"

namespace pxq {

nlohmann::ordered_json columns_json(const Schema& schema) {
  nlohmann::ordered_json columns = nlohmann::ordered_json::array();
  for (const ColumnInfo& column : schema.columns) {
    columns.push_back({{"name", json_text(column.name)},
                       {"type", data_type_name(column.type)},
                       {"semantic_type", semantic_type_name(column.semantic)},
                       {"unit", unit_of(column)},
                       {"description", json_text(column.description)}});
  }
  return columns;
}

}  // namespace pxq
