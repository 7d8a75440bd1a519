#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chart/page_plan.h"
#include "format/names.h"
#include "live/table_rows.h"
#include "live/table_view.h"

namespace pxq::live {

/// The tables of one run as far as they have come, in the order of vis.json, then by name.
class RunTables final {
 public:
  struct Tab {
    Tab(Schema schema, std::string name, const TimeZone& zone, const chart::PagePlan& plan,
        const Surface& surface)
        : rows(std::move(schema), std::move(name), zone), view(rows, plan, surface) {}

    TableRows rows;
    TableView view;
  };

  /// The latter two outlive it.
  RunTables(std::shared_ptr<const chart::PagePlan> plan, const TimeZone& zone,
            const Surface& surface);

  /// `id` tells the run's tables apart; `states` are the views of tables before, by name.
  void begin(size_t id, const Schema& schema, const std::map<std::string, ViewState>& states);
  void rows(size_t id, RowBatch batch);

  bool empty() const { return tabs_.empty(); }
  size_t size() const { return tabs_.size(); }
  Tab& operator[](size_t index) { return *tabs_[index]; }
  const Tab& operator[](size_t index) const { return *tabs_[index]; }
  /// size() where there is none.
  size_t find(const std::string& name) const;
  uint64_t total_rows() const;

 private:
  bool before(const std::string& a, const std::string& b) const;

  const std::shared_ptr<const chart::PagePlan> plan_;
  const TimeZone& zone_;
  const Surface& surface_;
  TableNames names_;
  std::vector<std::unique_ptr<Tab>> tabs_;
  std::map<size_t, Tab*> by_id_;
};

}  // namespace pxq::live
