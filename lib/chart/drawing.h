#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "chart/page_plan.h"
#include "model/schema.h"
#include "text/measure.h"

namespace pxq::chart {

// What is drawn, free of any surface: a terminal and a page make their marks from these alone.

/// What the numbers along one side of a picture mean.
struct Axis {
  std::string label = {};
  std::optional<Quantity> quantity = {};  // nothing: bare numbers
};

/// The rows themselves.
struct Rows {
  std::optional<size_t> gutter = {};  // a column of states that stands before the row, as a sign
};

struct Point {
  int64_t ns = 0;  // Unix
  double value = 0;
};

/// A result over time. Either one value column in many series, or several value columns, each a
/// series of its own.
struct Lines {
  enum class Mode { kLine, kPoint, kArea };
  struct Series {
    std::string name = {};  // a cell as it came, or a column's name
    size_t column = 0;
    Mode mode = Mode::kLine;
    double mean = 0;
    std::vector<Point> points = {};  // in the order of time
  };

  size_t time_column = 0;
  std::optional<size_t> series_column = {};
  bool stacked = false;  // in this order, the first at the bottom
  std::vector<Series> series = {};
  size_t series_left_out = 0;  // of the smallest mean
  bool thinned = false;        // neighbouring points were joined to their mean
  int64_t from = 0;  // of what is drawn, both included: Pixie leaves out the first and the
  int64_t to = 0;    // last step, of which the window holds only a part
  Axis y = {};
};

/// Bars side by side: a bar chart's, or a histogram's bins.
struct Bars {
  struct Bar {
    std::string label = {};
    std::string group = {};  // bars of one group stand together
    std::string stack = {};  // parts of one bar
    double value = 0;
    double from = 0;  // of a bin
    double to = 0;
  };

  bool bins = false;
  bool horizontal = true;
  std::vector<Bar> bars = {};
  size_t bars_left_out = 0;
  Axis across = {};  // of a histogram: what was binned
  Axis value = {};
};

/// Quantiles as boxes: one for each row and column of quantiles.
struct Boxes {
  struct Box {
    std::string label = {};
    std::string column = {};
    double low = 0;  // the whiskers: the lowest and the highest quantile there is
    double box_low = 0;
    double middle = 0;
    double box_high = 0;
    double high = 0;
  };

  std::vector<Box> boxes = {};
  size_t boxes_left_out = 0;
  Axis value = {};
};

/// Who talks to whom.
struct Network {
  enum class Level { kLow, kMedium, kHigh };
  struct Fact {
    std::string name = {};
    double value = 0;
    std::optional<Quantity> quantity = {};
    std::string text = {};  // instead of a value
  };
  struct Edge {
    size_t from = 0;
    size_t to = 0;
    double weight = 1;
    Level level = Level::kLow;
    std::vector<Fact> facts = {};
  };
  /// The same traffic told of other parties: of pods, of services.
  struct View {
    std::string name = {};
    std::vector<std::string> nodes = {};
    std::vector<Edge> edges = {};  // the heaviest first
    size_t edges_left_out = 0;
  };

  std::vector<View> views = {};  // one at least; the first is shown first
  bool hierarchy = false;        // from left to right
  Axis weight = {};
};

/// Stacks of calls, folded: each frame holds the samples of all below it.
struct Flame {
  enum class Family { kApplication, kKernel, kJava, kCluster };
  struct Frame {
    std::string name = {};
    double count = 0;
    double self = 0;
    double percent = 0;     // of the samples' own basis; 0: not known
    double difference = 0;  // of a differential graph, in the column's unit
    Family family = Family::kApplication;
    std::vector<Frame> children = {};  // the largest first
  };

  Frame root = {};
  std::string percent_label = {};
  bool has_percent = false;
  bool has_difference = false;
  uint64_t frames_left_out = 0;
};

using Drawing = std::variant<Rows, Lines, Bars, Boxes, Network, Flame>;

/// One widget as it is to be drawn. `note` says what could not be done as vis.json asks.
struct Picture {
  std::string title = {};
  std::string table = {};
  std::string kind = {};
  std::string note = {};
  Grid grid = {};
  Drawing drawing;
};

}  // namespace pxq::chart
