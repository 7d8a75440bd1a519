#include "shape/sort.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/suggest.h"
#include "text/shell_word.h"

namespace pxq {
namespace {

// Of batches that are passed on and of blocks in temporary files.
constexpr size_t kRowsEach = 1024;
constexpr size_t kBytesEach = size_t{256} << 10;

/// A row that is kept in memory, by its batch and its place there.
struct Place {
  uint32_t batch = 0;
  uint32_t row = 0;
};

Status no_column(const std::string& name, const Schema& schema) {
  std::vector<std::string_view> names;
  for (const ColumnInfo& column : schema.columns) names.push_back(column.name);
  std::string hint = did_you_mean(name, names);
  if (hint.empty()) hint = fmt::format("its columns are {}", fmt::join(names, ", "));
  return {Code::kUsage, fmt::format("--sort: no column '{}' in table '{}'", name, schema.name),
          std::move(hint)};
}

Result<SortColumn> find_column(const SortKey& key, const Schema& schema) {
  std::vector<std::string_view> names;
  for (const ColumnInfo& column : schema.columns) names.push_back(column.name);
  const std::optional<std::string_view> meant = name_meant(key.column, names);
  const auto found =
      std::ranges::find_if(names, [&](std::string_view name) { return name == meant; });
  if (!meant || found == names.end()) return no_column(key.column, schema);
  const auto place = static_cast<size_t>(found - names.begin());
  const ColumnInfo& column = schema.columns[place];
  if (column.semantic == SemanticType::kQuantiles ||
      column.semantic == SemanticType::kDurationNsQuantiles) {
    return Status(
        Code::kUsage,
        fmt::format("--sort: column '{}' holds quantiles, which have no order", column.name),
        fmt::format("by one of them: --expand-quantiles --sort {}",
                    shell_word(fmt::format("{}{}_p99", key.descending ? "-" : "", column.name))));
  }
  return SortColumn{place, key.descending};
}

/// Collects rows into batches and gives each away when it is large enough.
class Batcher {
 public:
  using Give = std::function<Status(RowBatch& batch)>;

  Batcher(const RowBatch& like, Give give) : batch_(empty_like(like)), give_(std::move(give)) {}

  Status add(const RowBatch& from, size_t row) {
    append_row(from, row, batch_);
    for (const Column& column : from.columns) {
      const auto* texts = std::get_if<StringColumn>(&column);
      bytes_ += texts == nullptr ? 8 : 16 + (*texts)[row].size();
    }
    if (from.storage && from.storage != last_) storages_.push_back(last_ = from.storage);
    return batch_.num_rows < kRowsEach && bytes_ < kBytesEach ? Status() : flush();
  }

  Status flush() {
    if (batch_.num_rows == 0) return {};
    batch_.storage = std::make_shared<Storages>(std::exchange(storages_, {}));
    last_ = nullptr;
    Status given = give_(batch_);
    batch_ = empty_like(batch_);
    bytes_ = 0;
    return given;
  }

 private:
  using Storages = std::vector<std::shared_ptr<const void>>;

  RowBatch batch_;
  Give give_;
  size_t bytes_ = 0;
  Storages storages_;
  std::shared_ptr<const void> last_;
};

/// Goes through rows that are in order.
class Cursor {
 public:
  Cursor(const RowSpill& spill, SpilledRun run) : spill_(&spill), run_(run) {}
  Cursor(const std::vector<RowBatch>& batches, std::vector<Place> places)
      : batches_(&batches), places_(std::move(places)) {}

  /// To the first row, then to the next one; false at the end.
  Result<bool> advance() {
    if (batches_ != nullptr) return ++next_ <= places_.size();
    if (block_ && ++row_ < block_->num_rows) return true;
    if (run_.position == run_.end) return false;
    Result<RowBatch> block = spill_->read(run_);
    if (!block.ok()) return block.status();
    block_ = *std::move(block);
    row_ = 0;
    return true;
  }

  const RowBatch& batch() const {
    return batches_ != nullptr ? (*batches_)[places_[next_ - 1].batch] : *block_;
  }
  size_t row() const { return batches_ != nullptr ? places_[next_ - 1].row : row_; }

 private:
  const RowSpill* spill_ = nullptr;
  SpilledRun run_;
  std::optional<RowBatch> block_;
  size_t row_ = 0;
  const std::vector<RowBatch>* batches_ = nullptr;
  std::vector<Place> places_;
  size_t next_ = 0;  // one behind the row
};

}  // namespace

struct Sort::Table {
  const Schema* schema = nullptr;
  std::vector<SortColumn> by;
  std::vector<RowBatch> held;
  size_t bytes = 0;
  bool eos = false;
  RowSpill spill;
  std::vector<SpilledRun> runs;  // each in order, the oldest rows first

  std::vector<Place> order() const {
    std::vector<Place> places;
    for (size_t i = 0; i < held.size(); ++i) {
      for (size_t row = 0; row < held[i].num_rows; ++row) {
        places.push_back({static_cast<uint32_t>(i), static_cast<uint32_t>(row)});
      }
    }
    std::ranges::stable_sort(places, [this](const Place& a, const Place& b) {
      return compare_rows(by, held[a.batch], a.row, held[b.batch], b.row) < 0;
    });
    return places;
  }
};

Sort::Sort(SortOptions options, ResultSink& next)
    : SettledStage(next), options_(std::move(options)) {}

Sort::~Sort() = default;

Status Sort::admit(const Schema& schema) {
  auto table = std::make_unique<Table>();
  table->schema = &schema;
  for (const SortKey& key : options_.keys) {
    Result<SortColumn> column = find_column(key, schema);
    if (!column.ok()) return column.status();
    table->by.push_back(*column);
  }
  by_schema_[&schema] = table.get();
  tables_.push_back(std::move(table));
  return {};
}

void Sort::take(const Schema& schema, const RowBatch& batch) {
  Table& table = *by_schema_.at(&schema);
  table.eos = table.eos || batch.eos;
  if (batch.num_rows == 0) return;
  const size_t bytes = bytes_of(batch) + batch.num_rows * sizeof(Place);
  table.held.push_back(batch);
  table.bytes += bytes;
  bytes_ += bytes;
  if (bytes_ > options_.memory) fail(spill_largest());
}

Status Sort::spill_largest() {
  return spill(**std::ranges::max_element(
      tables_, {}, [](const std::unique_ptr<Table>& table) { return table->bytes; }));
}

Status Sort::spill(Table& table) {
  SpilledRun run{table.spill.end(), 0};
  Batcher blocks(table.held.front(),
                 [&table](RowBatch& block) { return table.spill.append(block); });
  for (const Place& place : table.order()) {
    Status added = blocks.add(table.held[place.batch], place.row);
    if (!added.ok()) return added;
  }
  if (Status added = blocks.flush(); !added.ok()) return added;
  run.end = table.spill.end();
  table.runs.push_back(run);
  table.held.clear();
  bytes_ -= std::exchange(table.bytes, 0);
  return {};
}

void Sort::finish() {
  for (const auto& table : tables_) {
    if (status().ok()) pass_on(*table);
  }
}

// Of rows that are equal, those of an older run came first.
void Sort::pass_on(Table& table) {
  std::vector<Cursor> cursors;
  for (const SpilledRun& run : table.runs) cursors.emplace_back(table.spill, run);
  if (!table.held.empty()) cursors.emplace_back(table.held, table.order());
  std::vector<size_t> heap;
  const auto after = [&](size_t a, size_t b) {
    const int order = compare_rows(table.by, cursors[a].batch(), cursors[a].row(),
                                   cursors[b].batch(), cursors[b].row());
    return order == 0 ? a > b : order > 0;
  };
  const auto enter = [&](size_t one) {
    const Result<bool> more = cursors[one].advance();
    if (!more.ok()) return fail(more.status());
    if (!*more) return;
    heap.push_back(one);
    std::ranges::push_heap(heap, after);
  };
  for (size_t i = 0; i < cursors.size(); ++i) enter(i);
  // One batch more than is wanted shows that something was left out.
  bool was_enough = false;
  bool is_over = false;
  std::optional<Batcher> batches;
  while (!heap.empty() && status().ok() && !is_over) {
    std::ranges::pop_heap(heap, after);
    const size_t first = heap.back();
    heap.pop_back();
    if (!batches) {
      batches.emplace(cursors[first].batch(), [&](RowBatch& batch) {
        next().rows(*table.schema, batch);
        is_over = was_enough;
        was_enough = options_.enough && options_.enough();
        return Status();
      });
    }
    fail(batches->add(cursors[first].batch(), cursors[first].row()));
    enter(first);
  }
  if (batches && status().ok() && !is_over) fail(batches->flush());
  table.held.clear();
  if (!table.eos || !status().ok()) return;
  RowBatch last;
  for (const ColumnInfo& column : table.schema->columns) {
    last.columns.push_back(make_column(column.type));
  }
  last.eos = true;
  next().rows(*table.schema, last);
}

}  // namespace pxq
