#include "scripts/table_catalogue.h"

#include <algorithm>
#include <map>

#include "local/data/catalogue.h"
#include "wire/script_call.h"

namespace pxq {
namespace {

constexpr std::string_view kScript =
    "import px\n"
    "px.display(px.GetTables()[['table_name', 'table_desc']], 'tables')\n"
    "px.display(px.GetSchemas()[['table_name', 'column_name', 'column_type', 'column_desc']], "
    "'columns')\n";

using Row = std::vector<std::string>;

/// Keeps rows of text by table.
class Gatherer final : public ResultSink {
 public:
  void begin(const Schema& schema) override { rows_[schema.name]; }

  void rows(const Schema& schema, const RowBatch& batch) override {
    std::vector<Row>& rows = rows_[schema.name];
    for (size_t i = 0; i < batch.num_rows; ++i) {
      Row& row = rows.emplace_back();
      for (const Column& column : batch.columns) {
        const auto* texts = std::get_if<StringColumn>(&column);
        row.emplace_back(texts == nullptr ? std::string_view() : (*texts)[i]);
      }
      row.resize(std::max<size_t>(row.size(), 4));
    }
  }

  void end(const Summary&) override {}

  const std::vector<Row>& of(const std::string& table) { return rows_[table]; }

 private:
  std::map<std::string, std::vector<Row>> rows_;
};

DataType type_named(std::string_view name) {
  for (const DataType type : {DataType::kBoolean, DataType::kInt64, DataType::kUint128,
                              DataType::kFloat64, DataType::kString, DataType::kTime64Ns}) {
    if (data_type_name(type) == name) return type;
  }
  return DataType::kUnknown;
}

SemanticType known_meaning(const local::TableSet& known, const std::string& table,
                           const std::string& column) {
  const local::TableSource* source = known.find(table);
  if (source == nullptr) return SemanticType::kNone;
  for (const ColumnInfo& info : source->relation()) {
    if (info.name == column) return info.semantic;
  }
  return SemanticType::kNone;
}

std::vector<CatalogueTable> assemble(Gatherer& gathered) {
  std::map<std::string, CatalogueTable> by_name;
  for (const Row& row : gathered.of("tables")) by_name[row[0]] = {row[0], row[1], {}};
  const local::TableSet known = local::catalogue_tables();
  for (const Row& row : gathered.of("columns")) {
    CatalogueTable& table = by_name[row[0]];
    table.name = row[0];
    table.columns.push_back(
        {row[1], type_named(row[2]), known_meaning(known, row[0], row[1]), row[3]});
  }
  std::vector<CatalogueTable> tables;
  for (auto& [name, table] : by_name) tables.push_back(std::move(table));
  return tables;
}

}  // namespace

std::vector<CatalogueTable> tables_of(const local::TableSet& tables) {
  std::vector<CatalogueTable> all;
  for (const auto& table : tables.all()) {
    if (local::is_of_function(table->name())) continue;
    all.push_back({std::string(table->name()), std::string(table->description()), table->relation(),
                   table->extent()});
  }
  return all;
}

Result<std::vector<CatalogueTable>> tables_of(const Connection& connection) {
  ScriptRequest request;
  request.text = kScript;
  request.source = "<tables>";
  request.cluster_id = connection.cluster_id;
  Gatherer gathered;
  const Summary summary = wire::run_script(connection.peer, request, connection.run, gathered);
  if (!summary.status.ok()) return summary.status;
  return assemble(gathered);
}

}  // namespace pxq
