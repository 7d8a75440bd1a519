#include <algorithm>

#include "local/data/table_source.h"

namespace pxq::local {

TimeWindow TimeWindow::hull(const TimeWindow& other) const {
  return {std::min(start_ns, other.start_ns), std::max(end_ns, other.end_ns)};
}

const TableSource* TableSet::find(std::string_view name) const {
  for (const auto* list : {&tables_, &listers_}) {
    const auto found =
        std::ranges::find(*list, name, [](const auto& table) { return table->name(); });
    if (found != list->end()) return found->get();
  }
  return nullptr;
}

}  // namespace pxq::local
