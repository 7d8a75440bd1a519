#include <cmath>
#include <cstdint>
#include <utility>

#include "chart/columns.h"
#include "chart/display.h"
#include "chart/edges.h"

namespace pxq::chart {
namespace {

constexpr std::string_view kName = "Graph";

/// Values past which an edge has another colour.
struct Thresholds {
  double medium = 100;
  double high = 200;

  Network::Level level(double value) const {
    if (value < medium) return Network::Level::kLow;
    return value > high ? Network::Level::kHigh : Network::Level::kMedium;
  }
};

/// Where the script names no thresholds and the colour is a latency: those of Pixie's cells.
Thresholds thresholds_for(const Spec& asked, const ColumnInfo* color) {
  Thresholds limits;
  const bool latency = color != nullptr && color->semantic == SemanticType::kDurationNs;
  if (latency) limits = {.medium = 150e6, .high = 300e6};
  limits.medium = asked.number("mediumThreshold").value_or(limits.medium);
  limits.high = asked.number("highThreshold").value_or(limits.high);
  return limits;
}

class Graph final : public Chart {
 public:
  struct Columns {
    size_t from = 0;
    size_t to = 0;
    std::optional<size_t> weight;
    std::optional<size_t> color;
    std::vector<size_t> facts;
  };

  Graph(Columns columns, Thresholds limits, const Schema& schema, Network empty)
      : columns_(std::move(columns)),
        limits_(limits),
        schema_(schema),
        network_(std::move(empty)) {}

  void rows(const RowBatch& batch) override {
    for (size_t row = 0; row < batch.num_rows; ++row) {
      const size_t index = edges_.add(text_at(batch.columns[columns_.from], row),
                                      text_at(batch.columns[columns_.to], row), false);
      if (index != SIZE_MAX) fill(edges_.all()[index], batch, row);
    }
  }

  Drawing finish() override {
    network_.views.push_back(edges_.finish({}));
    return std::move(network_);
  }

 private:
  void fill(Network::Edge& edge, const RowBatch& batch, size_t row) const {
    if (columns_.weight) {
      const double weight = number_at(batch.columns[*columns_.weight], row);
      edge.weight = std::isfinite(weight) ? weight : 0;
    }
    if (columns_.color) edge.level = limits_.level(number_at(batch.columns[*columns_.color], row));
    for (const size_t column : columns_.facts) {
      const ColumnInfo& info = schema_.columns[column];
      Network::Fact fact{.name = info.name, .quantity = quantity_of(info.semantic)};
      if (is_number(info)) {
        fact.value = number_at(batch.columns[column], row);
      } else {
        fact.text = text_at(batch.columns[column], row);
      }
      edge.facts.push_back(std::move(fact));
    }
  }

  const Columns columns_;
  const Thresholds limits_;
  const Schema schema_;
  Network network_;
  EdgeList edges_;
};

std::optional<size_t> numbers_in(const Schema& schema, const std::string& name) {
  const auto column = find_column(schema, name);
  return column && is_number(schema.columns[*column]) ? column : std::nullopt;
}

}  // namespace

// What an edge looks like is less than that it is there: a missing weight or colour is left out.
Result<std::unique_ptr<Chart>> make_graph(const Spec& spec, const Schema& schema) {
  if (!spec.text("dotColumn").empty()) {
    return Status(Code::kUsage, "Graph in vis.json is in dot's language, which pxq does not draw");
  }
  const Spec list = spec.part("adjacencyList");
  const Result<size_t> from = need_column(schema, kName, "fromColumn", list.column("fromColumn"));
  if (!from.ok()) return from.status();
  const Result<size_t> to = need_column(schema, kName, "toColumn", list.column("toColumn"));
  if (!to.ok()) return to.status();
  Graph::Columns columns{.from = *from, .to = *to, .weight = {}, .color = {}, .facts = {}};
  columns.weight = numbers_in(schema, spec.column("edgeWeightColumn"));
  columns.color = numbers_in(schema, spec.column("edgeColorColumn"));
  for (const std::string& name : spec.texts("edgeHoverInfo")) {
    if (const auto column = find_column(schema, bare_column(name)))
      columns.facts.push_back(*column);
  }
  Network network{.hierarchy = spec.flag("enableDefaultHierarchy").value_or(false)};
  if (columns.weight) network.weight = axis_of(schema.columns[*columns.weight]);
  const ColumnInfo* color = columns.color ? &schema.columns[*columns.color] : nullptr;
  const Thresholds limits = thresholds_for(spec.part("edgeThresholds"), color);
  return std::unique_ptr<Chart>(
      std::make_unique<Graph>(std::move(columns), limits, schema, std::move(network)));
}

}  // namespace pxq::chart
