#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "chart/columns.h"
#include "chart/display.h"

namespace pxq::chart {
namespace {

constexpr std::string_view kName = "TimeseriesChart";

constexpr size_t kMostPoints = 1u << 19;  // kept of all series together
constexpr size_t kMostNames = 2000;       // series that are looked at
constexpr size_t kMostSeries = 60;        // series that are drawn

/// The times at both ends: of a window cut into steps, the first and the last hold only a part.
class Ends {
 public:
  void add(int64_t time) {
    if (time < first_)
      second_ = std::exchange(first_, time);
    else if (time > first_ && time < second_)
      second_ = time;
    if (time > last_)
      last_but_one_ = std::exchange(last_, time);
    else if (time < last_ && time > last_but_one_)
      last_but_one_ = time;
  }

  /// Without the first and the last step, where that leaves a line to draw.
  std::pair<int64_t, int64_t> inner() const {
    return second_ < last_but_one_ ? std::pair(second_, last_but_one_) : all();
  }
  std::pair<int64_t, int64_t> all() const { return {first_, last_}; }

 private:
  static constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  static constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  int64_t first_ = kMost;
  int64_t second_ = kMost;
  int64_t last_ = kLeast;
  int64_t last_but_one_ = kLeast;
};

constexpr int64_t kLastNs = std::numeric_limits<int64_t>::max();

/// Joins the points of each `step` to their mean, in the order of time.
std::vector<Point> joined(std::vector<Point> points, int64_t start, int64_t step) {
  std::stable_sort(points.begin(), points.end(),
                   [](const Point& a, const Point& b) { return a.ns < b.ns; });
  std::vector<Point> means;
  for (size_t i = 0; i < points.size();) {
    const int64_t bucket = (points[i].ns - start) / step;
    double sum = 0;
    size_t count = 0;
    for (; i < points.size() && (points[i].ns - start) / step == bucket; ++i, ++count) {
      sum += points[i].value;
    }
    const int64_t begin = start + bucket * step;  // the last step may end beyond all moments
    means.push_back({std::midpoint(begin, begin > kLastNs - step ? kLastNs : begin + step),
                     sum / static_cast<double>(count)});
  }
  return means;
}

class Timeseries final : public Chart {
 public:
  Timeseries(Lines empty, bool keep_ends) : lines_(std::move(empty)), keep_ends_(keep_ends) {
    if (!lines_.series_column) {
      sums_.resize(lines_.series.size());
      return;
    }
    pattern_ = lines_.series.front();
    lines_.series.clear();
  }

  void rows(const RowBatch& batch) override {
    for (size_t row = 0; row < batch.num_rows; ++row) {
      const int64_t time = time_at(batch.columns[lines_.time_column], row);
      ends_.add(time);
      if (lines_.series_column) {
        add_to_named(batch, row, time);
      } else {
        for (size_t i = 0; i < lines_.series.size(); ++i) add(i, batch, row, time);
      }
    }
    if (count_ > kMostPoints) thin();
  }

  Drawing finish() override {
    std::tie(lines_.from, lines_.to) = keep_ends_ ? ends_.all() : ends_.inner();
    for (size_t i = 0; i < lines_.series.size(); ++i) settle(i);
    if (lines_.series_column) choose_series();
    return std::move(lines_);
  }

 private:
  struct Sum {
    double total = 0;
    size_t count = 0;
  };

  void add_to_named(const RowBatch& batch, size_t row, int64_t time) {
    std::string name = text_at(batch.columns[*lines_.series_column], row);
    const auto known = by_name_.find(name);
    if (known != by_name_.end()) return add(known->second, batch, row, time);
    if (by_name_.size() >= kMostNames) {
      ++lines_.series_left_out;
      return;
    }
    const size_t index = lines_.series.size();
    lines_.series.push_back(pattern_);
    lines_.series.back().name = name;
    sums_.emplace_back();
    by_name_.emplace(std::move(name), index);
    add(index, batch, row, time);
  }

  void add(size_t index, const RowBatch& batch, size_t row, int64_t time) {
    Lines::Series& series = lines_.series[index];
    const double value = number_at(batch.columns[series.column], row);
    if (!std::isfinite(value)) return;
    series.points.push_back({time, value});
    sums_[index].total += value;
    ++sums_[index].count;
    ++count_;
  }

  void thin() {
    lines_.thinned = true;
    // Half of the bound leaves room until the next time; sixteen steps are the least that still has
    // a shape.
    const size_t buckets = std::max<size_t>(16, kMostPoints / 2 / lines_.series.size());
    const auto [from, to] = ends_.all();
    // Times of a hostile table may lie farther apart than the difference can hold.
    const double span = static_cast<double>(to) - static_cast<double>(from);
    const auto step = static_cast<int64_t>(
        std::min(span / static_cast<double>(buckets) + 1, 9e18 / static_cast<double>(buckets)));
    count_ = 0;
    for (Lines::Series& series : lines_.series) {
      series.points = joined(std::move(series.points), span < 9e18 ? from : 0, step);
      count_ += series.points.size();
    }
  }

  void settle(size_t index) {
    Lines::Series& series = lines_.series[index];
    if (sums_[index].count != 0) {
      series.mean = sums_[index].total / static_cast<double>(sums_[index].count);
    }
    std::erase_if(series.points, [this](const Point& point) {
      return point.ns < lines_.from || point.ns > lines_.to;
    });
    std::stable_sort(series.points.begin(), series.points.end(),
                     [](const Point& a, const Point& b) { return a.ns < b.ns; });
  }

  // The largest are drawn; of a stack, the largest stand on top.
  void choose_series() {
    std::stable_sort(lines_.series.begin(), lines_.series.end(), [](const auto& a, const auto& b) {
      return std::pair(-a.mean, std::string_view(a.name)) <
             std::pair(-b.mean, std::string_view(b.name));
    });
    if (lines_.series.size() > kMostSeries) {
      lines_.series_left_out += lines_.series.size() - kMostSeries;
      lines_.series.resize(kMostSeries);
    }
    if (lines_.stacked) std::reverse(lines_.series.begin(), lines_.series.end());
  }

  Lines lines_;
  const bool keep_ends_;
  Lines::Series pattern_ = {};  // of each series that a name makes
  std::map<std::string, size_t> by_name_;
  std::vector<Sum> sums_;
  Ends ends_;
  size_t count_ = 0;
};

Lines::Mode mode_of(const Spec& series) {
  const std::string mode = series.text("mode");
  if (mode == "MODE_AREA") return Lines::Mode::kArea;
  return mode == "MODE_POINT" ? Lines::Mode::kPoint : Lines::Mode::kLine;
}

Status add_series(const Spec& asked, const Schema& schema, Lines& lines) {
  const Result<size_t> value = need_numbers(schema, kName, "value", asked.column("value"));
  if (!value.ok()) return value.status();
  lines.series.push_back(
      {.name = schema.columns[*value].name, .column = *value, .mode = mode_of(asked)});
  const std::string name = asked.column("series");
  if (name.empty()) return {};
  const Result<size_t> series = need_column(schema, kName, "series", name);
  if (!series.ok()) return series.status();
  lines.series_column = *series;
  lines.stacked = asked.flag("stackBySeries").value_or(false);
  return {};
}

}  // namespace

Result<std::unique_ptr<Chart>> make_timeseries(const Spec& spec, const Schema& schema) {
  Lines lines;
  const auto time = time_column(schema);
  if (!time) return Status(Code::kUsage, "TimeseriesChart needs a column 'time_' with times");
  lines.time_column = *time;
  for (const Spec& each : spec.parts("timeseries")) {
    if (Status added = add_series(each, schema, lines); !added.ok()) return added;
  }
  if (lines.series.empty()) {
    return Status(Code::kUsage, "TimeseriesChart in vis.json has no timeseries");
  }
  if (lines.series_column && lines.series.size() > 1) {
    return Status(Code::kUsage,
                  "TimeseriesChart in vis.json has several timeseries, one by series");
  }
  const std::string label = spec.part("yAxis").text("label");
  lines.y = axis_of(schema.columns[lines.series.front().column], label);
  if (lines.series.size() > 1) lines.y.label = label;  // one column's name is not all of theirs
  return std::unique_ptr<Chart>(
      std::make_unique<Timeseries>(std::move(lines), spec.flag("keepEnds").value_or(false)));
}

}  // namespace pxq::chart
