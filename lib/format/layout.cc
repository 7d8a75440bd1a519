#include "format/layout.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "text/measure.h"
#include "text/number.h"
#include "text/visible.h"

namespace pxq {
namespace {

/// The last rows seen, by the batches that hold them.
class LastRows {
 public:
  explicit LastRows(size_t limit) : limit_(limit) {}

  void add(const RowBatch& batch, size_t first, uint64_t number) {
    if (first == batch.num_rows) return;
    parts_.push_back({batch, first, number});
    rows_ += batch.num_rows - first;
    while (rows_ - parts_.front().size() >= limit_) {
      rows_ -= parts_.front().size();
      parts_.pop_front();
      if (parts_.empty()) return;
    }
    Part& front = parts_.front();
    const size_t surplus = rows_ > limit_ ? rows_ - limit_ : 0;
    front.first += surplus;
    front.number += surplus;
    rows_ -= surplus;
  }

  void write(Layout& layout, Output& out) const {
    for (const Part& part : parts_) {
      layout.bind(part.batch);
      uint64_t number = part.number;
      for (size_t row = part.first; row < part.batch.num_rows; ++row) {
        layout.row(row, number++, out);
      }
    }
  }

  size_t rows() const { return rows_; }

 private:
  struct Part {
    RowBatch batch;
    size_t first;
    uint64_t number;  // of the row `first`

    size_t size() const { return batch.num_rows - first; }
  };

  size_t limit_;
  size_t rows_ = 0;
  std::deque<Part> parts_;
};

class LayoutSection final : public Section {
 public:
  LayoutSection(const Schema& schema, std::string name, const FormatOptions& options,
                const TimeZone& zone, ChooseLayout choose)
      : schema_(schema),
        name_(std::move(name)),
        options_(options),
        zone_(zone),
        choose_(choose),
        limit_(options.wide || options.max_rows == 0 ? SIZE_MAX : options.max_rows),
        head_(limit_ == SIZE_MAX ? SIZE_MAX : (limit_ + 1) / 2),
        tail_(limit_ - head_) {}

  void rows(const RowBatch& batch, Output& out) override {
    if (layout_ != nullptr) return pass(batch, out);
    sample_.add(batch);
    if (is_decided(batch.eos)) settle({}, out);
  }

  void close(bool whole, Output& out) override {
    if (layout_ == nullptr) {
      const bool all_known = whole && !sample_.is_full();
      settle(all_known ? std::optional<uint64_t>(sample_.rows()) : std::nullopt, out);
    }
    const uint64_t shown = std::min<uint64_t>(seen_, head_) + tail_.rows();
    if (shown < seen_) layout_->gap(seen_ - shown, out);
    tail_.write(*layout_, out);
    layout_->close({.rows = seen_, .rows_hidden = seen_ - shown, .whole = whole}, out);
  }

 private:
  // `last`: close() comes next, and then the number of rows is known too.
  bool is_decided(bool last) const {
    if (sample_.is_full()) return true;
    const bool bounded = limit_ != SIZE_MAX;
    const bool may_expand = bounded && options_.expanded == FormatOptions::Expanded::kAuto;
    const uint64_t enough = may_expand ? kMostRowsExpanded : 0;
    return options_.width > 0 && !last && sample_.rows() > enough;
  }

  void settle(std::optional<uint64_t> rows, Output& out) {
    LayoutTable table{
        .schema = schema_, .name = name_, .options = options_, .zone = zone_, .cells = {}};
    for (size_t i = 0; i < schema_.columns.size(); ++i) {
      table.cells.push_back(
          make_human_cells(schema_.columns[i], sample_.magnitudes(i), zone_, Alignment::kUnits));
    }
    layout_ = choose_(std::move(table), sample_, rows);
    layout_->open(rows, out);
    for (const RowBatch& batch : sample_.batches()) pass(batch, out);
    sample_.clear();
  }

  void pass(const RowBatch& batch, Output& out) {
    size_t row = 0;
    if (seen_ < head_) {
      layout_->bind(batch);
      for (; row < batch.num_rows && seen_ < head_; ++row) layout_->row(row, ++seen_, out);
    }
    if (row == batch.num_rows) return;
    tail_.add(batch, row, seen_ + 1);
    seen_ += batch.num_rows - row;
  }

  const Schema& schema_;
  const std::string name_;
  const FormatOptions& options_;
  const TimeZone& zone_;
  const ChooseLayout choose_;
  const size_t limit_;
  const size_t head_;  // rows shown as they come
  LastRows tail_;
  uint64_t seen_ = 0;
  Sample sample_;
  std::unique_ptr<Layout> layout_;
};

}  // namespace

void append_count(uint64_t count, std::string_view noun, TextBuffer& out) {
  out.advance_to(write_grouped(out.reserve(kGroupedSize), count));
  out.push_back(' ');
  out.append(noun);
  if (count != 1) out.push_back('s');
}

void append_title(const LayoutTable& table, std::optional<uint64_t> rows, TextBuffer& out) {
  const Paint paint(table.options.color);
  paint.begin(Role::kTitle, out);
  append_visible(table.name, out);
  paint.end(Role::kTitle, out);
  out.append(": ");
  if (rows) {
    append_count(*rows, "row", out);
    out.append(", ");
  }
  append_count(table.schema.columns.size(), "column", out);
  out.push_back('\n');
}

std::string_view unit_of(const ColumnInfo& column, const TimeZone& zone) {
  const std::string_view word = unit_word(column.type, column.semantic);
  return word == "time" ? std::string_view(zone.name()) : word;
}

std::unique_ptr<ResultSink> make_layout_sink(const SectionFrame& frame, ChooseLayout choose,
                                             const FormatOptions& options, Output& output) {
  Result<TimeZone> loaded = TimeZone::load(options.time_zone);
  if (!loaded.ok()) output.fail(loaded.status());
  auto zone = std::make_shared<const TimeZone>(loaded.ok() ? *std::move(loaded) : TimeZone());
  const auto make = [zone, choose](const Schema& schema, const std::string& name,
                                   const FormatOptions& of_format) {
    return std::make_unique<LayoutSection>(schema, name, of_format, *zone, choose);
  };
  return std::make_unique<Sections>(frame, make, options, output);
}

}  // namespace pxq
