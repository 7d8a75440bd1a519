#include "sink/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace pxq {
namespace {

/// Where in a source's batch the columns of the merged table are; an unlike column is named in
/// `difference`.
struct Fit {
  std::vector<size_t> places;
  std::string difference;
};

// Order does not matter: newer Viziers add columns where they like.
Fit fit(const Schema& merged, const Schema& given) {
  Fit found;
  for (size_t i = 1; i < merged.columns.size(); ++i) {
    const ColumnInfo& wanted = merged.columns[i];
    const auto at = std::ranges::find(given.columns, wanted.name, &ColumnInfo::name);
    if (at == given.columns.end()) {
      found.difference = fmt::format("it has no column '{}'", wanted.name);
      return found;
    }
    if (at->type != wanted.type) {
      found.difference = fmt::format("its column '{}' is {} and not {}", wanted.name,
                                     data_type_name(at->type), data_type_name(wanted.type));
      return found;
    }
    found.places.push_back(static_cast<size_t>(at - given.columns.begin()));
  }
  for (const ColumnInfo& column : given.columns) {
    const bool known = std::ranges::find(merged.columns.begin() + 1, merged.columns.end(),
                                         column.name, &ColumnInfo::name) != merged.columns.end();
    if (!known) found.difference = fmt::format("it has a column '{}' more", column.name);
  }
  return found;
}

// Places are by name, so a relation with one name twice is known by its order alone.
Fit as_it_is(const Schema& given) {
  Fit found;
  for (size_t i = 0; i < given.columns.size(); ++i) found.places.push_back(i);
  return found;
}

bool alike(const Schema& merged, const Schema& given) {
  return std::equal(merged.columns.begin() + 1, merged.columns.end(), given.columns.begin(),
                    given.columns.end(), [](const ColumnInfo& a, const ColumnInfo& b) {
                      return a.name == b.name && a.type == b.type;
                    });
}

/// What the cells of a widened batch point at.
struct Kept {
  std::shared_ptr<const void> cells;
  std::shared_ptr<const std::string> label;
};

}  // namespace

class Merge::Source final : public ResultSink {
 public:
  Source(Merge& merge, std::string label)
      : merge_(merge), label_(std::make_shared<const std::string>(std::move(label))) {}

  void begin(const Schema& schema) override {
    if (!status_.ok()) return;
    const Table& merged = merge_.table(schema, ++named_[schema.name], *label_);
    Fit places = alike(merged.schema, schema) ? as_it_is(schema) : fit(merged.schema, schema);
    if (!places.difference.empty()) {
      status_ = {Code::kIncomplete,
                 fmt::format("its table '{}' is not that of '{}': {}", schema.name, merged.label,
                             places.difference),
                 "--columns with what all of them have, or -o 'DIR/{cluster}-{table}.csv' for a "
                 "file of each"};
      return;
    }
    tables_[&schema] = {&merged, std::move(places.places)};
  }

  void rows(const Schema& schema, const RowBatch& batch) override {
    const auto found = tables_.find(&schema);
    if (!status_.ok() || found == tables_.end() || batch.num_rows == 0) return;
    RowBatch widened;
    widened.num_rows = batch.num_rows;
    widened.columns.emplace_back(StringColumn(batch.num_rows, *label_));
    for (const size_t place : found->second.places) {
      widened.columns.push_back(batch.columns[place]);
    }
    widened.storage = std::make_shared<const Kept>(Kept{batch.storage, label_});
    merge_.next_.rows(found->second.merged->schema, widened);
  }

  // The whole ends later, and not here.
  void end(const Summary& /*summary*/) override {}

  void tick() override { merge_.next_.tick(); }

  const Status& status() const override { return status_.ok() ? merge_.next_.status() : status_; }
  bool satisfied() const override { return merge_.next_.satisfied(); }

 private:
  struct Part {
    const Table* merged = nullptr;
    std::vector<size_t> places;
  };

  Merge& merge_;
  const std::shared_ptr<const std::string> label_;
  std::map<std::string, size_t> named_;
  std::map<const Schema*, Part> tables_;
  Status status_;
};

std::unique_ptr<ResultSink> Merge::source(std::string label) {
  return std::make_unique<Source>(*this, std::move(label));
}

Merge::Table& Merge::table(const Schema& schema, size_t number, const std::string& label) {
  Table*& known = by_name_[{schema.name, number}];
  if (known != nullptr) return *known;
  known = &tables_.emplace_back(Table{schema, label});
  known->schema.id = fmt::format("{} of {}", number, schema.name);
  known->schema.columns.insert(known->schema.columns.begin(),
                               {.name = kClusterColumn,
                                .type = DataType::kString,
                                .semantic = SemanticType::kNone,
                                .description = "the cluster that the row is of"});
  next_.begin(known->schema);
  return *known;
}

}  // namespace pxq
