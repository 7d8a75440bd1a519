#include "chart/board.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "chart/sensible.h"

namespace pxq::chart {
namespace {

constexpr int kColumns = 12;
constexpr int kLeastHeight = 2;  // of a widget that vis.json gives no place
constexpr int kHeight = 4;
constexpr std::string_view kTable = "Table";

// A function that returns several tables names them `NAME[0]`, `NAME[1]` ...; a widget draws the
// first of them.
bool feeds(std::string_view table, const WidgetPlan& plan) {
  return table == plan.table || table == fmt::format("{}[0]", plan.table);
}

// Three rows and a little more stand in the least height, as many again in each further one.
int height_of(uint64_t rows) {
  constexpr uint64_t kRowsEach = 3;
  return kLeastHeight + static_cast<int>(std::min<uint64_t>(rows / (kRowsEach + 1), 3));
}

std::string other_kind(const std::string& kind) {
  return fmt::format("pxq draws no {}: these are its rows", kind);
}

}  // namespace

void Board::show(const Schema& schema, const std::string& name, const WidgetPlan& plan,
                 size_t place) {
  Widget widget{.picture = {.title = plan.title.empty() ? name : plan.title,
                            .table = name,
                            .kind = plan.kind.empty() ? std::string(kTable) : plan.kind,
                            .note = {},
                            .grid = plan.grid,
                            .drawing = Rows{}},
                .chart = nullptr,
                .plan = place};
  const Spec spec = Spec::parse(plan.spec);
  if (const std::string title = spec.text("title"); !title.empty()) widget.picture.title = title;
  const Display* display = find_display(widget.picture.kind);
  if (display == nullptr) {
    widget.picture.note = other_kind(widget.picture.kind);
  } else if (auto made = display->make(spec, schema); made.ok()) {
    widget.chart = *std::move(made);
  } else {
    widget.picture.note = made.status().message();
  }
  if (widget.chart == nullptr) {
    widget.picture.kind = kTable;
    widget.chart = *make_table_display(Spec(), schema);
  }
  widgets_.push_back(std::move(widget));
  by_schema_[&schema].push_back(&widgets_.back());
}

void Board::show_besides(const Schema& schema, const std::string& name) {
  const auto suggested = suggest_display(schema);
  if (suggested) {
    show(schema, name,
         {.title = name,
          .table = name,
          .kind = suggested->kind,
          .spec = suggested->spec,
          .grid = {}},
         SIZE_MAX);
  }
  if (suggested && besides_ == Besides::kPictures) return;
  show(schema, name, {.title = name, .table = name, .kind = {}, .spec = {}, .grid = {}}, SIZE_MAX);
}

void Board::begin(const Schema& schema, const std::string& name) {
  bool shown = false;
  for (size_t i = 0; plan_ != nullptr && i < plan_->widgets.size(); ++i) {
    if (!feeds(name, plan_->widgets[i])) continue;
    show(schema, name, plan_->widgets[i], i);
    shown = true;
  }
  if (!shown) show_besides(schema, name);
}

void Board::rows(const Schema& schema, const RowBatch& batch) {
  const auto found = by_schema_.find(&schema);
  if (found == by_schema_.end()) return;
  for (Widget* widget : found->second) {
    widget->chart->rows(batch);
    widget->rows += batch.num_rows;
  }
}

bool Board::shows_rows(const Schema& schema) const {
  const auto found = by_schema_.find(&schema);
  return found != by_schema_.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [](const Widget* widget) { return widget->picture.kind == kTable; });
}

// A widget is part of what the script shows although its table did not come.
void Board::add_missing() {
  for (size_t i = 0; plan_ != nullptr && i < plan_->widgets.size(); ++i) {
    const WidgetPlan& plan = plan_->widgets[i];
    const bool there = std::any_of(widgets_.begin(), widgets_.end(),
                                   [i](const Widget& widget) { return widget.plan == i; });
    if (there) continue;
    widgets_.push_back({.picture = {.title = plan.title.empty() ? plan.table : plan.title,
                                    .table = {},
                                    .kind = plan.kind,
                                    .note = fmt::format("the result has no table '{}'", plan.table),
                                    .grid = plan.grid,
                                    .drawing = Rows{}},
                        .chart = nullptr,
                        .plan = i});
  }
}

// Below those that have a place, one below the other.
void Board::place_all() {
  int below = 0;
  for (const Widget& widget : widgets_) {
    const Grid& grid = widget.picture.grid;
    if (grid.width > 0) below = std::max(below, grid.y + grid.height);
  }
  for (Widget& widget : widgets_) {
    Grid& grid = widget.picture.grid;
    if (grid.width > 0) continue;
    const bool rows = widget.picture.kind == kTable;
    const int height = rows ? height_of(widget.rows) : kHeight;
    grid = {.x = 0, .y = below, .width = kColumns, .height = height};
    below += height;
  }
}

// As Pixie's page does it: each widget moves up until it meets another, and none covers another.
void Board::pack() {
  std::vector<Grid*> grids;
  for (Widget& widget : widgets_) grids.push_back(&widget.picture.grid);
  std::stable_sort(grids.begin(), grids.end(), [](const Grid* a, const Grid* b) {
    return std::tie(a->y, a->x) < std::tie(b->y, b->x);
  });
  std::array<int, kColumns> heights{};
  for (Grid* grid : grids) {
    const auto first = heights.begin() + grid->x;
    const auto last = first + grid->width;
    grid->y = *std::max_element(first, last);
    std::fill(first, last, grid->y + grid->height);
  }
}

std::vector<Picture> Board::finish() {
  add_missing();
  widgets_.sort([](const Widget& a, const Widget& b) {
    return std::tie(a.plan, a.picture.table) < std::tie(b.plan, b.picture.table);
  });
  place_all();
  pack();
  std::vector<Picture> pictures;
  for (Widget& widget : widgets_) {
    if (widget.chart != nullptr) widget.picture.drawing = widget.chart->finish();
    pictures.push_back(std::move(widget.picture));
  }
  return pictures;
}

}  // namespace pxq::chart
