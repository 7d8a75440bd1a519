#include "live/run_tables.h"

#include <algorithm>
#include <utility>

namespace pxq::live {
namespace {

std::shared_ptr<const chart::PagePlan> or_empty(std::shared_ptr<const chart::PagePlan> plan) {
  return plan != nullptr ? std::move(plan) : std::make_shared<const chart::PagePlan>();
}

}  // namespace

RunTables::RunTables(std::shared_ptr<const chart::PagePlan> plan, const TimeZone& zone,
                     const Surface& surface)
    : plan_(or_empty(std::move(plan))), zone_(zone), surface_(surface) {}

bool RunTables::before(const std::string& a, const std::string& b) const {
  const auto rank = [this](const std::string& name) {
    return std::ranges::find(plan_->widgets, name, &chart::WidgetPlan::table) -
           plan_->widgets.begin();
  };
  return std::pair(rank(a), std::string_view(a)) < std::pair(rank(b), std::string_view(b));
}

void RunTables::begin(size_t id, const Schema& schema,
                      const std::map<std::string, ViewState>& states) {
  const std::string name = names_.unique(schema.name);
  auto tab = std::make_unique<Tab>(schema, name, zone_, *plan_, surface_);
  if (const auto state = states.find(name); state != states.end()) tab->view.restore(state->second);
  by_id_[id] = tab.get();
  const auto place = std::ranges::find_if(
      tabs_, [&](const std::unique_ptr<Tab>& other) { return before(name, other->rows.name()); });
  tabs_.insert(place, std::move(tab));
}

void RunTables::rows(size_t id, RowBatch batch) {
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) found->second->rows.add(std::move(batch));
}

size_t RunTables::find(const std::string& name) const {
  const auto found = std::ranges::find_if(
      tabs_, [&](const std::unique_ptr<Tab>& tab) { return tab->rows.name() == name; });
  return static_cast<size_t>(found - tabs_.begin());
}

uint64_t RunTables::total_rows() const {
  uint64_t rows = 0;
  for (const auto& tab : tabs_) rows += tab->rows.total();
  return rows;
}

}  // namespace pxq::live
