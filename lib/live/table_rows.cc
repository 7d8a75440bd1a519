#include "live/table_rows.h"

#include <cmath>
#include <utility>
#include <variant>

#include "format/table_layout.h"

namespace pxq::live {
namespace {

constexpr uint64_t kCellBytes = 16;  // of a number, or of where a text stands

uint64_t bytes_of(const RowBatch& batch) {
  uint64_t bytes = batch.num_rows * batch.columns.size() * kCellBytes;
  for (const Column& column : batch.columns) {
    const auto* texts = std::get_if<StringColumn>(&column);
    if (texts == nullptr) continue;
    for (const std::string_view text : *texts) bytes += text.size();
  }
  return bytes;
}

template <typename Value>
bool stands_before(const Value& a, const Value& b, bool descending) {
  if constexpr (std::is_same_v<Value, double>) {
    if (std::isnan(a) || std::isnan(b)) return !std::isnan(a) && std::isnan(b);
  }
  return descending ? b < a : a < b;
}

}  // namespace

TableRows::TableRows(Schema schema, std::string name, const TimeZone& zone, uint64_t most_rows)
    : schema_(std::move(schema)), name_(std::move(name)), zone_(zone), most_rows_(most_rows) {}

void TableRows::add(RowBatch batch) {
  if (batch.num_rows == 0) return;
  if (!sample_.is_full()) {
    sample_.add(batch);
    cells_.clear();
    wishes_.clear();
  }
  total_ += batch.num_rows;
  kept_ += batch.num_rows;
  bytes_.push_back(bytes_of(batch));
  kept_bytes_ += bytes_.back();
  batches_.push_back(std::move(batch));
  ++version_;
  drop_old();
}

// The last batch stays, however large it is.
void TableRows::drop_old() {
  while (batches_.size() > 1 &&
         (kept_ - batches_.front().num_rows >= most_rows_ || kept_bytes_ > kMostBytes)) {
    kept_ -= batches_.front().num_rows;
    kept_bytes_ -= bytes_.front();
    batches_.pop_front();
    bytes_.pop_front();
    ++first_;
  }
}

void TableRows::prepare() {
  if (!cells_.empty()) return;
  for (size_t i = 0; i < schema_.columns.size(); ++i) {
    cells_.push_back(
        {make_human_cells(schema_.columns[i], sample_.magnitudes(i), zone_, Alignment::kUnits)});
  }
}

HumanCells& TableRows::bound(Place place, size_t column) {
  prepare();
  Cells& cells = cells_[column];
  if (cells.bound != place.batch) {
    cells.writer->bind(batch(place.batch).columns[column]);
    cells.bound = place.batch;
  }
  return *cells.writer;
}

size_t TableRows::write(Place place, size_t column, TextBuffer& out) {
  return bound(place, column).write(place.row, out);
}

Role TableRows::role(Place place, size_t column) { return bound(place, column).role(place.row); }

bool TableRows::before(const Sort& sort, Place a, Place b) const {
  const Column& left = batch(a.batch).columns[sort.column];
  const Column& right = batch(b.batch).columns[sort.column];
  return std::visit(
      [&](const auto& values) {
        const auto& others = std::get<std::decay_t<decltype(values)>>(right);
        return stands_before(values[a.row], others[b.row], sort.descending);
      },
      left);
}

const std::vector<ColumnWish>& TableRows::wishes() {
  if (!wishes_.empty()) return wishes_;
  const FormatOptions options;
  LayoutTable table{
      .schema = schema_, .name = name_, .options = options, .zone = zone_, .cells = {}};
  for (size_t i = 0; i < schema_.columns.size(); ++i) {
    table.cells.push_back(
        make_human_cells(schema_.columns[i], sample_.magnitudes(i), zone_, Alignment::kUnits));
  }
  wishes_ = column_wishes(table, sample_);
  return wishes_;
}

}  // namespace pxq::live
