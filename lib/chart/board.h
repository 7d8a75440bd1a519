#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chart/display.h"
#include "chart/drawing.h"
#include "chart/page_plan.h"

namespace pxq::chart {

/// How tables are shown that no widget of vis.json asks for.
enum class Besides {
  kPictures,         // by the picture that suits them, or their rows
  kPicturesAndRows,  // by both
};

/// All widgets of a result while its rows come: which table feeds which, and what each will draw.
/// Widgets come in vis.json's order; after them, by name, tables that none of them shows.
class Board {
 public:
  /// `plan` may be null. It outlives the board.
  Board(const PagePlan* plan, Besides besides) : plan_(plan), besides_(besides) {}

  /// `name` tells the table from others of its name.
  void begin(const Schema& schema, const std::string& name);
  void rows(const Schema& schema, const RowBatch& batch);

  /// Whether some widget shows the table's rows themselves.
  bool shows_rows(const Schema& schema) const;

  /// After the last row, once. Widgets whose table did not come are there too, with a note.
  std::vector<Picture> finish();

 private:
  struct Widget {
    Picture picture;
    std::unique_ptr<Chart> chart;  // none: its table did not come
    uint64_t rows = 0;
    size_t plan = 0;  // its place in vis.json; behind all for tables of no widget
  };

  void show(const Schema& schema, const std::string& name, const WidgetPlan& plan, size_t place);
  void show_besides(const Schema& schema, const std::string& name);
  void add_missing();
  void place_all();
  void pack();

  const PagePlan* plan_;
  const Besides besides_;
  std::list<Widget> widgets_;
  std::map<const Schema*, std::vector<Widget*>> by_schema_;
};

}  // namespace pxq::chart
