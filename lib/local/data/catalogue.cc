#include "local/data/catalogue.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace pxq::local {
namespace {

struct Entry {
  std::string_view name;
  std::string_view description;
  std::vector<ColumnInfo> columns;
};

void add_connection(std::vector<ColumnInfo>& columns) {
  const std::vector<ColumnInfo> common = {
      {"time_", DataType::kTime64Ns, SemanticType::kNone, {}},
      {"upid", DataType::kUint128, SemanticType::kUpid, {}},
      {"remote_addr", DataType::kString, SemanticType::kIpAddress, {}},
      {"remote_port", DataType::kInt64, SemanticType::kPort, {}},
      {"local_addr", DataType::kString, SemanticType::kIpAddress, {}},
      {"local_port", DataType::kInt64, SemanticType::kPort, {}},
      {"trace_role", DataType::kInt64, SemanticType::kNone, {}},
      {"encrypted", DataType::kBoolean, SemanticType::kNone, {}},
  };
  columns.insert(columns.end(), common.begin(), common.end());
}

struct Field {
  std::string_view name;
  DataType type;
  SemanticType semantic;
};

void add_column(Entry& entry, const Field& field) {
  entry.columns.push_back({std::string(field.name), field.type, field.semantic, {}});
}

std::vector<Entry> read_entries() {
  std::vector<Entry> all;
#define PXQ_TABLE(name, description) all.push_back({name, description, {}});
#define PXQ_CONNECTION() add_connection(all.back().columns);
#define PXQ_COLUMN(name, type, semantic) \
  add_column(all.back(), {#name, DataType::type, SemanticType::semantic});
#include "local/data/catalogue.def"
#undef PXQ_COLUMN
#undef PXQ_CONNECTION
#undef PXQ_TABLE
  return all;
}

const std::vector<Entry>& entries() {
  static const std::vector<Entry> kEntries = read_entries();
  return kEntries;
}

class RelationOnly final : public TableSource {
 public:
  explicit RelationOnly(const Entry& entry) : entry_(entry) {}

  std::string_view name() const override { return entry_.name; }
  std::string_view description() const override { return entry_.description; }
  const std::vector<ColumnInfo>& relation() const override { return entry_.columns; }
  Status scan(const ScanRequest&, RowReceiver&) const override {
    return {Code::kUsage, "only a cluster has rows of '" + std::string(entry_.name) + "'"};
  }

 private:
  const Entry& entry_;  // lives for ever
};

}  // namespace

TableSet catalogue_tables() {
  TableSet tables;
  for (const Entry& entry : entries()) {
    auto table = std::make_unique<RelationOnly>(entry);
    if (entry.name.starts_with("px.")) {
      tables.add_lister(std::move(table));
    } else {
      tables.add(std::move(table));
    }
  }
  return tables;
}

std::vector<std::string_view> catalogue_names() {
  std::vector<std::string_view> names;
  for (const Entry& entry : entries()) {
    if (!is_of_function(entry.name)) names.push_back(entry.name);
  }
  return names;
}

const std::vector<ColumnInfo>& catalogue_relation(std::string_view name) {
  return std::ranges::find(entries(), name, &Entry::name)->columns;
}

std::string_view catalogue_description(std::string_view name) {
  return std::ranges::find(entries(), name, &Entry::name)->description;
}

std::string catalogue_function(std::string_view px_function) {
  std::string name = "px." + std::string(px_function) + "()";
  const bool known = std::any_of(entries().begin(), entries().end(),
                                 [&](const Entry& entry) { return entry.name == name; });
  return known ? name : std::string();
}

}  // namespace pxq::local
