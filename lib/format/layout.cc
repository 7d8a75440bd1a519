#include "format/layout.h"

#include <algorithm>
#include <utility>

#include "format/ascii_output.h"
#include "text/measure.h"
#include "text/number.h"
#include "text/unit.h"
#include "text/visible.h"

namespace pxq {
namespace {

// A result of which so much has come without an end is shown as it comes.
constexpr size_t kMostHeld = 16u << 20;

// Rows that came so many ticks ago wait no longer: widths come from the first 200 ms.
constexpr int kTicksToWait = 2;

class LayoutSection final : public Section {
 public:
  LayoutSection(const Schema& schema, std::string name, const FormatOptions& options,
                const TimeZone& zone, ChooseLayout choose)
      : schema_(schema),
        name_(std::move(name)),
        options_(options),
        zone_(zone),
        choose_(choose),
        limit_(options.wide || options.max_rows == 0 ? SIZE_MAX : options.max_rows) {}

  void rows(const RowBatch& batch, Output& out) override {
    if (layout_ != nullptr) return pass(batch, out);
    sample_.add(batch);
    const bool enough = is_elided() ? sample_.kept_bytes() > kMostHeld : sample_.is_full();
    if (enough) show_as_it_comes(out);
  }

  void tick(Output& out) override {
    if (layout_ != nullptr || sample_.rows() == 0) return;
    if (++ticks_ >= kTicksToWait) show_as_it_comes(out);
  }

  void close(bool whole, Output& out) override {
    if (layout_ == nullptr) show_all_at_once(whole, out);
    layout_->close({.rows = seen_, .rows_hidden = hidden_, .whole = whole}, out);
  }

 private:
  // Only a result whose end is known before a row of it is shown may leave rows out.
  bool is_elided() const { return limit_ != SIZE_MAX; }

  void settle(std::optional<uint64_t> rows, Output& out) {
    LayoutTable table{
        .schema = schema_, .name = name_, .options = options_, .zone = zone_, .cells = {}};
    for (size_t i = 0; i < schema_.columns.size(); ++i) {
      table.cells.push_back(
          make_human_cells(schema_.columns[i], sample_.magnitudes(i), zone_, Alignment::kUnits));
    }
    layout_ = choose_(std::move(table), sample_, rows);
    layout_->open(rows, out);
  }

  void show_as_it_comes(Output& out) {
    settle({}, out);
    for (const RowBatch& batch : sample_.batches()) pass(batch, out);
    sample_.clear();
  }

  // The first and the last rows of a long result; all of one that was cut, whatever its length.
  void show_all_at_once(bool whole, Output& out) {
    const uint64_t all = sample_.kept_rows();
    settle(whole ? std::optional<uint64_t>(all) : std::nullopt, out);
    const bool elided = whole && all > limit_;
    const uint64_t head = elided ? (limit_ + 1) / 2 : all;
    const uint64_t tail_from = elided ? all - limit_ / 2 : all;
    for (const RowBatch& batch : sample_.batches()) {
      layout_->bind(batch);
      for (size_t row = 0; row < batch.num_rows; ++row) {
        const uint64_t number = ++seen_;
        if (number <= head || number > tail_from) layout_->row(row, number, out);
        if (elided && number == head) layout_->gap(tail_from - head, out);
      }
    }
    hidden_ = tail_from - head;
    sample_.clear();
  }

  void pass(const RowBatch& batch, Output& out) {
    layout_->bind(batch);
    for (size_t row = 0; row < batch.num_rows; ++row) layout_->row(row, ++seen_, out);
  }

  const Schema& schema_;
  const std::string name_;
  const FormatOptions& options_;
  const TimeZone& zone_;
  const ChooseLayout choose_;
  const uint64_t limit_;  // more rows than these are not all shown; SIZE_MAX: none
  uint64_t seen_ = 0;
  uint64_t hidden_ = 0;
  int ticks_ = 0;  // since the first row
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

std::string_view header_unit(const ColumnInfo& column, const TimeZone& zone) {
  const std::string_view word = unit_word(column.type, column.semantic);
  return word == "time" ? std::string_view(zone.name()) : word;
}

std::unique_ptr<ResultSink> make_layout_sink(const SectionFrame& frame, ChooseLayout choose,
                                             const FormatOptions& options, Output& output) {
  if (options.ascii) {
    FormatOptions inner = options;
    inner.ascii = false;  // the output sees to it
    auto sink = std::make_unique<AsciiSink>(output);
    sink->set_sink(make_layout_sink(frame, choose, inner, sink->output()));
    return sink;
  }
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
