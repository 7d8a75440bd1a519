#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "chart/columns.h"
#include "chart/display.h"

namespace pxq::chart {
namespace {

constexpr size_t kMostBoxes = 100;

bool is_quantiles(const ColumnInfo& column) {
  return column.type == DataType::kString &&
         (column.semantic == SemanticType::kQuantiles ||
          column.semantic == SemanticType::kDurationNsQuantiles);
}

/// `{"p50":1.5,"p99":8}` as shares of a hundred and their values.
std::map<double, double> read_quantiles(const std::string& text) {
  std::map<double, double> values;
  const auto object = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return values;
  for (const auto& [name, value] : object.items()) {
    double share = 0;
    if (!name.starts_with('p') || !value.is_number()) continue;
    const char* end = name.data() + name.size();
    if (std::from_chars(name.data() + 1, end, share).ptr != end) continue;
    if (std::isfinite(value.get<double>())) values.emplace(share, value.get<double>());
  }
  return values;
}

/// The value whose share is nearest to `share`, on the side of the middle where two are.
double nearest(const std::map<double, double>& values, double share) {
  double best = values.begin()->second;
  double distance = 1e9;
  for (const auto& [each, value] : values) {
    if (std::abs(each - share) < distance) {
      distance = std::abs(each - share);
      best = value;
    }
  }
  return best;
}

// The column that names whose the quantiles are; nothing where no column names anybody.
std::optional<size_t> label_column(const Schema& schema) {
  static constexpr SemanticType kNames[] = {
      SemanticType::kServiceName, SemanticType::kPodName,       SemanticType::kContainerName,
      SemanticType::kNodeName,    SemanticType::kNamespaceName, SemanticType::kScriptReference,
      SemanticType::kNone,        SemanticType::kUnspecified};
  for (const SemanticType wanted : kNames) {
    for (size_t i = 0; i < schema.columns.size(); ++i) {
      const ColumnInfo& column = schema.columns[i];
      if (column.type == DataType::kString && column.semantic == wanted) return i;
    }
  }
  return std::nullopt;
}

// Of a link to a script, its label.
std::string label_of(std::string text, SemanticType semantic) {
  if (semantic != SemanticType::kScriptReference) return text;
  const auto link = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!link.is_object() || !link.contains("label") || !link["label"].is_string()) return text;
  return link["label"].get<std::string>();
}

class Quantiles final : public Chart {
 public:
  Quantiles(std::vector<size_t> values, const Schema& schema)
      : values_(std::move(values)), label_(label_column(schema)), schema_(schema) {
    boxes_.value.label = schema.columns[values_.front()].name;
    if (schema.columns[values_.front()].semantic == SemanticType::kDurationNsQuantiles) {
      boxes_.value.quantity = Quantity::kDuration;
    }
  }

  void rows(const RowBatch& batch) override {
    for (size_t row = 0; row < batch.num_rows; ++row) {
      for (const size_t column : values_) add(batch, row, column);
    }
  }

  Drawing finish() override { return std::move(boxes_); }

 private:
  void add(const RowBatch& batch, size_t row, size_t column) {
    const std::map<double, double> values = read_quantiles(text_at(batch.columns[column], row));
    if (values.empty()) return;
    if (boxes_.boxes.size() >= kMostBoxes) {
      ++boxes_.boxes_left_out;
      return;
    }
    std::string label;
    if (label_) {
      label = label_of(text_at(batch.columns[*label_], row), schema_.columns[*label_].semantic);
    }
    boxes_.boxes.push_back({.label = std::move(label),
                            .column = schema_.columns[column].name,
                            .low = values.begin()->second,
                            .box_low = nearest(values, 25),
                            .middle = nearest(values, 50),
                            .box_high = nearest(values, 75),
                            .high = values.rbegin()->second});
  }

  const std::vector<size_t> values_;
  const std::optional<size_t> label_;
  const Schema schema_;
  Boxes boxes_;
};

}  // namespace

Result<std::unique_ptr<Chart>> make_quantiles(const Spec& spec, const Schema& schema) {
  std::vector<size_t> values;
  const std::string wanted = spec.column("value");
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    const ColumnInfo& column = schema.columns[i];
    if (!is_quantiles(column)) continue;
    const bool same = values.empty() || column.semantic == schema.columns[values[0]].semantic;
    if (same && (wanted.empty() || wanted == column.name)) values.push_back(i);
  }
  if (values.empty()) return Status(Code::kUsage, "the table has no column of quantiles");
  return std::unique_ptr<Chart>(std::make_unique<Quantiles>(std::move(values), schema));
}

}  // namespace pxq::chart
