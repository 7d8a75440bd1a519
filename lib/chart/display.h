#pragma once

#include <memory>
#include <string_view>

#include "base/status.h"
#include "chart/drawing.h"
#include "chart/spec.h"
#include "model/row_batch.h"

namespace pxq::chart {

/// Gathers one widget's drawing from the rows of its table, in memory that does not grow with them.
class Chart {
 public:
  Chart() = default;
  Chart(const Chart&) = delete;
  Chart& operator=(const Chart&) = delete;
  virtual ~Chart() = default;

  virtual void rows(const RowBatch& batch) = 0;

  /// After the last row, once.
  virtual Drawing finish() = 0;
};

/// A way to show a table, by the name that vis.json gives it.
struct Display {
  std::string_view name;
  /// kUsage where the spec or the table's columns do not make such a picture; the message says why.
  Result<std::unique_ptr<Chart>> (*make)(const Spec& spec, const Schema& schema);
};

/// nullptr where pxq draws no such thing.
const Display* find_display(std::string_view name);

// One maker for each line of displays.def; it stands in the file that bears the display's name.
#define PXQ_DISPLAY(name, maker) \
  Result<std::unique_ptr<Chart>> maker(const Spec& spec, const Schema& schema);
#include "chart/displays.def"
#undef PXQ_DISPLAY

}  // namespace pxq::chart
