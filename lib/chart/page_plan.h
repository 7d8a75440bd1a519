#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pxq::chart {

/// Where a widget stands on a page that is twelve columns wide; rows count from the top.
struct Grid {
  int x = 0;
  int y = 0;
  int width = 0;  // 0: vis.json gives it no place
  int height = 0;

  bool operator==(const Grid&) const = default;
};

/// One widget as a script's vis.json asks for it; `spec` is its displaySpec, a JSON object.
struct WidgetPlan {
  std::string title = {};  // may be empty
  std::string table = {};  // whose rows it shows
  std::string kind = {};   // Table, TimeseriesChart ...; empty: a table
  std::string spec = {};
  Grid grid = {};
};

/// What is known of a result before its first row: how its script wants it shown and what stands at
/// the head of a page.
struct PagePlan {
  std::vector<WidgetPlan> widgets = {};  // empty: each table is shown as its columns suggest
  std::string script = {};
  std::string cluster = {};
  std::vector<std::pair<std::string, std::string>> arguments = {};
  int64_t started_ns = 0;       // Unix; 0: not known
  int64_t window_start_ns = 0;  // of an export, whose end is not in it; 0: there is none
  int64_t window_end_ns = 0;
};

}  // namespace pxq::chart
