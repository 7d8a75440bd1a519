#include <algorithm>

#include "local/data/table_source.h"

namespace pxq::local {

TimeWindow TimeWindow::hull(const TimeWindow& other) const {
  return {std::min(start_ns, other.start_ns), std::max(end_ns, other.end_ns)};
}

const TableSource* TableSet::find(std::string_view name) const {
  const auto found = std::ranges::find_if(
      tables_, [name](const std::unique_ptr<TableSource>& table) { return table->name() == name; });
  return found == tables_.end() ? nullptr : found->get();
}

}  // namespace pxq::local
