#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "chart/columns.h"
#include "chart/display.h"

namespace pxq::chart {
namespace {

constexpr std::string_view kName = "BarChart";
// More are kept than drawn, since any of them may still grow. The bound keeps a column of ids from
// filling the memory.
constexpr size_t kMostKept = 20'000;
constexpr size_t kMostDrawn = 200;

class BarChart final : public Chart {
 public:
  struct Columns {
    size_t value = 0;
    size_t label = 0;
    std::optional<size_t> stack;
    std::optional<size_t> group;
  };

  BarChart(Columns columns, Bars empty) : columns_(columns), bars_(std::move(empty)) {}

  void rows(const RowBatch& batch) override {
    for (size_t row = 0; row < batch.num_rows; ++row) {
      const double value = number_at(batch.columns[columns_.value], row);
      if (!std::isfinite(value)) continue;
      Key key{cell(batch, columns_.group, row), cell(batch, columns_.label, row),
              cell(batch, columns_.stack, row)};
      const auto known = sums_.find(key);
      if (known != sums_.end()) {
        known->second += value;
      } else if (sums_.size() < kMostKept) {
        sums_.emplace(std::move(key), value);
      } else {
        ++bars_.bars_left_out;
      }
    }
  }

  // The largest are kept; they stand in the order of their labels, as Pixie sorts them.
  Drawing finish() override {
    for (const auto& [key, value] : sums_) {
      const auto& [group, label, stack] = key;
      bars_.bars.push_back({.label = label, .group = group, .stack = stack, .value = value});
    }
    if (bars_.bars.size() > kMostDrawn) {
      std::stable_sort(bars_.bars.begin(), bars_.bars.end(),
                       [](const auto& a, const auto& b) { return a.value > b.value; });
      bars_.bars_left_out += bars_.bars.size() - kMostDrawn;
      bars_.bars.resize(kMostDrawn);
      std::stable_sort(bars_.bars.begin(), bars_.bars.end(), [](const auto& a, const auto& b) {
        return std::tie(a.group, a.label, a.stack) < std::tie(b.group, b.label, b.stack);
      });
    }
    return std::move(bars_);
  }

 private:
  using Key = std::tuple<std::string, std::string, std::string>;

  static std::string cell(const RowBatch& batch, std::optional<size_t> column, size_t row) {
    return column ? text_at(batch.columns[*column], row) : std::string();
  }

  const Columns columns_;
  Bars bars_;
  std::map<Key, double> sums_;
};

Status find_optional(const Schema& schema, const Spec& bar, std::string_view field,
                     std::optional<size_t>& column) {
  const std::string name = bar.column(field);
  if (name.empty()) return {};
  const Result<size_t> found = need_column(schema, kName, field, name);
  if (found.ok()) column = *found;
  return found.status();
}

}  // namespace

Result<std::unique_ptr<Chart>> make_bars(const Spec& spec, const Schema& schema) {
  const Spec bar = spec.part("bar");
  const Result<size_t> value = need_numbers(schema, kName, "value", bar.column("value"));
  if (!value.ok()) return value.status();
  const Result<size_t> label = need_column(schema, kName, "label", bar.column("label"));
  if (!label.ok()) return label.status();
  BarChart::Columns columns{.value = *value, .label = *label, .stack = {}, .group = {}};
  for (auto [field, column] : {std::pair("stackBy", &columns.stack), {"groupBy", &columns.group}}) {
    if (Status found = find_optional(schema, bar, field, *column); !found.ok()) return found;
  }
  Bars bars{.bins = false, .horizontal = bar.flag("horizontal").value_or(true)};
  const std::string x = spec.part("xAxis").text("label");
  const std::string y = spec.part("yAxis").text("label");
  bars.across.label = bars.horizontal ? y : x;
  if (bars.across.label.empty()) bars.across.label = schema.columns[*label].name;
  bars.value = axis_of(schema.columns[*value], bars.horizontal ? x : y);
  return std::unique_ptr<Chart>(std::make_unique<BarChart>(columns, std::move(bars)));
}

}  // namespace pxq::chart
