#include <limits>
#include <optional>
#include <utility>

#include "local/functions/families.h"
#include "local/functions/grouped.h"
#include "local/functions/integer.h"
#include "local/functions/json_text.h"
#include "local/functions/tdigest.h"

namespace pxq::local {
namespace {

template <typename Cell>
struct Count {
  using Argument = Cell;
  void add(const Cell&) { ++rows; }
  int64_t result() const { return rows; }
  int64_t rows = 0;
};

template <typename Cell>
struct Sum {
  using Argument = Cell;
  using Total = std::conditional_t<std::is_same_v<Cell, double>, double, int64_t>;
  void add(Cell value) {
    if constexpr (std::is_same_v<Cell, double>) {
      total += value;
    } else {
      total = wrapping_add(total, static_cast<int64_t>(value));
    }
  }
  Total result() const { return total; }
  Total total = 0;
};

// In doubles from the start, as Pixie adds; NaN when there are no rows.
template <typename Cell>
struct Mean {
  using Argument = Cell;
  void add(Cell value) {
    total += static_cast<double>(value);
    ++rows;
  }
  double result() const {
    if (rows == 0) return std::numeric_limits<double>::quiet_NaN();
    return total / static_cast<double>(rows);
  }
  double total = 0;
  int64_t rows = 0;
};

template <typename Cell>
struct Limits : std::numeric_limits<Cell> {};
template <>
struct Limits<Time64> {
  static constexpr Time64 min() { return {std::numeric_limits<int64_t>::min()}; }
  static constexpr Time64 max() { return {std::numeric_limits<int64_t>::max()}; }
};

// Starts from numeric_limits::min(), which for doubles is the least positive one: Pixie's maximum
// of negative floats is 2.2e-308.
template <typename Cell>
struct Max {
  using Argument = Cell;
  void add(Cell value) {
    if (best < value) best = value;
  }
  Cell result() const { return best; }
  Cell best = Limits<Cell>::min();
};

template <typename Cell>
struct Min {
  using Argument = Cell;
  void add(Cell value) {
    if (value < best) best = value;
  }
  Cell result() const { return best; }
  Cell best = Limits<Cell>::max();
};

// The first one seen; the type's default when there is none. Batches come and go, so a string is
// copied.
template <typename Cell>
struct Any {
  using Argument = Cell;
  using Kept = std::conditional_t<std::is_same_v<Cell, std::string_view>, std::string, Cell>;
  void add(const Cell& value) {
    if (!first) first.emplace(value);
  }
  Kept result() { return std::move(first).value_or(Kept{}); }
  std::optional<Kept> first;
};

// A JSON object of seven percentiles; null when there are no values.
template <typename Cell>
struct Quantiles {
  using Argument = Cell;
  void add(Cell value) { digest.add(static_cast<double>(value)); }
  std::string result() {
    static constexpr std::pair<std::string_view, double> kKeys[] = {
        {"p01", 0.01}, {"p10", 0.10}, {"p25", 0.25}, {"p50", 0.50},
        {"p75", 0.75}, {"p90", 0.90}, {"p99", 0.99}};
    std::string json;
    for (const auto& [key, share] : kKeys) {
      json += json.empty() ? '{' : ',';
      append_json_string(json, key);
      json += ':';
      append_json_number(json, digest.quantile(share));
    }
    return json += '}';
  }
  TDigest digest;
};

SemanticType any_semantic(std::span<const SemanticType> arguments) {
  if (arguments.size() != 1 || arguments[0] == SemanticType::kUnspecified) {
    return SemanticType::kNone;
  }
  return arguments[0];
}

SemanticType quantiles_semantic(std::span<const SemanticType> arguments) {
  const bool duration = arguments.size() == 1 && arguments[0] == SemanticType::kDurationNs;
  return duration ? SemanticType::kDurationNsQuantiles : SemanticType::kQuantiles;
}

// Not durations: Pixie leaves them out here.
constexpr SemanticRule kInheritTotal =
    inherit<SemanticType::kBytes, SemanticType::kThroughputPerNs,
            SemanticType::kThroughputBytesPerNs, SemanticType::kPercent>;

template <template <typename> typename State, typename... Cells>
void add(std::vector<AggregateFunction>& functions, std::string_view name, SemanticRule semantic) {
  (functions.push_back(aggregate<State<Cells>>(name, semantic)), ...);
}

}  // namespace

std::vector<AggregateFunction> all_aggregates() {
  using Text = std::string_view;
  std::vector<AggregateFunction> functions;
  add<Count, double, int64_t, Time64, bool, Text, Uint128>(functions, "count", no_semantic);
  add<Sum, double, int64_t, bool>(functions, "sum", kInheritTotal);
  add<Mean, double, int64_t, bool>(functions, "mean", kInheritMeasure);
  add<Max, double, int64_t, Time64>(functions, "max", kInheritMeasure);
  add<Min, double, int64_t, Time64>(functions, "min", kInheritMeasure);
  add<Any, bool, int64_t, double, Time64, Text, Uint128>(functions, "any", any_semantic);
  add<Quantiles, int64_t, double>(functions, "quantiles", quantiles_semantic);
  for (AggregateFunction& function : request_path_aggregates()) functions.push_back(function);
  return functions;
}

}  // namespace pxq::local
