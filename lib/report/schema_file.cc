#include "report/schema_file.h"

#include <nlohmann/json.hpp>

#include "text/json_bytes.h"
#include "text/schema_json.h"

namespace pxq {
void SchemaFile::begin(const Schema& schema) {
  schemas_.push_back(schema);
  next_.begin(schema);
}

std::string SchemaFile::text() const {
  nlohmann::ordered_json tables = nlohmann::ordered_json::array();
  for (const Schema& schema : schemas_) {
    tables.push_back({{"name", json_text(schema.name)}, {"columns", columns_json(schema)}});
  }
  return document_text({{"version", 1}, {"tables", std::move(tables)}});
}

}  // namespace pxq
