#include "format/names.h"

#include <map>

namespace pxq {
namespace {

std::string numbered(std::string_view name, size_t number) {
  return std::string(name).append("#").append(std::to_string(number));
}

}  // namespace

std::string TableNames::unique(std::string_view name) {
  std::string candidate(name);
  for (size_t number = 2; !used_.insert(candidate).second; ++number) {
    candidate = numbered(name, number);
  }
  return candidate;
}

std::vector<std::string> unique_column_names(const Schema& schema, bool reserve_table_key) {
  std::set<std::string, std::less<>> taken;
  std::map<std::string_view, size_t> last_number;
  for (const ColumnInfo& column : schema.columns) taken.insert(column.name);
  if (reserve_table_key) last_number.emplace(kTableKey, 1);

  std::vector<std::string> names;
  names.reserve(schema.columns.size());
  for (const ColumnInfo& column : schema.columns) {
    const auto [entry, first] = last_number.try_emplace(column.name, 1);
    std::string name = column.name;
    if (!first) {
      do name = numbered(column.name, ++entry->second);
      while (!taken.insert(name).second);
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace pxq
