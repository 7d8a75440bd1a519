#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "chart/bins.h"
#include "chart/columns.h"
#include "chart/display.h"

namespace pxq::chart {
namespace {

constexpr std::string_view kName = "HistogramChart";
constexpr size_t kMostBins = 10;          // where vis.json does not say
constexpr size_t kMostValues = 1u << 16;  // kept apart; more are joined to their neighbours

class Histogram final : public Chart {
 public:
  struct Asked {
    size_t value = 0;
    std::optional<size_t> count;  // the rows are counts of bins already
    size_t most = kMostBins;
    double least_step = 0;
  };

  Histogram(Asked asked, Bars empty) : asked_(asked), bars_(std::move(empty)) {}

  void rows(const RowBatch& batch) override {
    for (size_t row = 0; row < batch.num_rows; ++row) {
      const double value = number_at(batch.columns[asked_.value], row);
      const double count = asked_.count ? number_at(batch.columns[*asked_.count], row) : 1;
      if (std::isfinite(value) && std::isfinite(count)) counts_[joined(value)] += count;
      if (counts_.size() > kMostValues) coarsen();
    }
  }

  Drawing finish() override {
    if (counts_.empty()) return std::move(bars_);
    const Bins bins =
        nice_bins(counts_.begin()->first, counts_.rbegin()->first, asked_.most, asked_.least_step);
    for (size_t i = 0; i < bins.count; ++i) {
      const double from = bins.start + bins.step * static_cast<double>(i);
      bars_.bars.push_back({.label = {}, .value = 0, .from = from, .to = from + bins.step});
    }
    for (const auto& [value, count] : counts_) {
      const double place = std::floor((value - bins.start) / bins.step + 1e-12);
      const auto last = static_cast<double>(bins.count - 1);
      bars_.bars[static_cast<size_t>(std::clamp(place, 0.0, last))].value += count;
    }
    return std::move(bars_);
  }

 private:
  double joined(double value) const {
    return step_ == 0 ? value : std::floor(value / step_) * step_;
  }

  // Bins are a hundredth of the range at the finest, so that values this near may be told as one.
  void coarsen() {
    const double span = counts_.rbegin()->first - counts_.begin()->first;
    step_ = std::max(step_ * 2, span / static_cast<double>(kMostValues / 4));
    std::map<double, double> coarse;
    for (const auto& [value, count] : counts_) coarse[joined(value)] += count;
    counts_ = std::move(coarse);
  }

  const Asked asked_;
  Bars bars_;
  std::map<double, double> counts_;
  double step_ = 0;
};

}  // namespace

Result<std::unique_ptr<Chart>> make_histogram(const Spec& spec, const Schema& schema) {
  const Spec asked = spec.part("histogram");
  const Result<size_t> value = need_numbers(schema, kName, "value", asked.column("value"));
  if (!value.ok()) return value.status();
  Histogram::Asked how{.value = *value, .count = {}};
  if (const std::string name = asked.column("prebinCount"); !name.empty()) {
    const Result<size_t> count = need_numbers(schema, kName, "prebinCount", name);
    if (!count.ok()) return count.status();
    how.count = *count;
  }
  if (const auto most = asked.number("maxbins"); most && *most >= 1) {
    how.most = static_cast<size_t>(std::min(*most, 1000.0));
  }
  how.least_step = asked.number("minstep").value_or(0);
  Bars bars{.bins = true, .horizontal = asked.flag("horizontal").value_or(false)};
  bars.across = axis_of(schema.columns[*value], spec.part("xAxis").text("label"));
  bars.value.label = spec.part("yAxis").text("label");
  if (bars.value.label.empty()) bars.value.label = "count";
  return std::unique_ptr<Chart>(std::make_unique<Histogram>(how, std::move(bars)));
}

}  // namespace pxq::chart
