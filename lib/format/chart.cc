#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/letter_case.h"
#include "chart/board.h"
#include "format/all_formats.h"
#include "format/held_output.h"
#include "format/names.h"
#include "format/picture/screen.h"
#include "format/role.h"
#include "text/time_zone.h"
#include "text/visible.h"

namespace pxq {
namespace {

constexpr size_t kWidth = 80;  // in a pipe
constexpr size_t kRowsOfATable = 20;

/// A result as pictures for a terminal, one below the other in the order of the script's page.
/// They show the whole, so all of them come at its end.
class Pictures final : public ResultSink {
 public:
  Pictures(const FormatOptions& options, TimeZone zone, Output& output)
      : options_(options),
        zone_(std::move(zone)),
        output_(output),
        budget_{options.hold_bytes},
        board_(options_.page.get(), chart::Besides::kPictures) {
    options_.max_rows = options_.wide ? 0 : kRowsOfATable;
  }

  void begin(const Schema& schema) override {
    const std::string name = names_.unique(schema.name);
    board_.begin(schema, name);
    if (!board_.shows_rows(schema)) return;
    Table& table = tables_[name];
    table.held = std::make_unique<HeldOutput>(budget_);
    table.sink = kTableFormat.make(options_, *table.held);
    table.sink->begin(schema);
    by_schema_[&schema] = &table;
  }

  void rows(const Schema& schema, const RowBatch& batch) override {
    board_.rows(schema, batch);
    rows_ += batch.num_rows;
    const auto table = by_schema_.find(&schema);
    if (table != by_schema_.end()) table->second->sink->rows(schema, batch);
  }

  void end(const Summary& summary) override {
    for (auto& [name, table] : tables_) table.sink->end(summary);
    const bool whole = summary.status.ok() || summary.status.code() == Code::kAssertion;
    if (!whole && rows_ == 0) return;  // there is nothing to look at
    if (!whole) paint(Role::kBad, "INCOMPLETE: drawn of the rows that came\n");
    bool first = whole;
    for (const chart::Picture& picture : board_.finish()) {
      if (!std::exchange(first, false)) output_.text().push_back('\n');
      show(picture);
      output_.commit();
    }
    output_.commit();
    output_.flush();
  }

 private:
  struct Table {
    std::unique_ptr<HeldOutput> held;
    std::unique_ptr<ResultSink> sink;
  };

  void paint(Role role, std::string_view text) {
    Paint(options_.color).append(role, text, output_.text());
  }

  void show(const chart::Picture& picture) {
    const size_t wanted = options_.width > 0 ? static_cast<size_t>(options_.width) : kWidth;
    const size_t width = std::max(wanted, picture::kLeastWidth);
    const picture::Screen screen{
        .width = width, .ascii = options_.ascii, .color = options_.color, .zone = zone_};
    picture::draw(picture, screen, output_.text());
    if (std::holds_alternative<chart::Rows>(picture.drawing)) show_rows(picture, width);
  }

  // Once, although several widgets may show them. Their head has the table's own name; one that
  // says no more than that it is a table is not worth a line.
  void show_rows(const chart::Picture& picture, size_t width) {
    const auto table = tables_.find(picture.table);
    if (table == tables_.end()) return;
    const bool shown = table->second.held == nullptr;
    const std::string title = lower_case(picture.title);
    const bool titled = title != lower_case(picture.table) && title != lower_case(picture.kind);
    if (shown || (titled && picture.note.empty())) {
      constexpr std::string_view kSame = ": the same rows";
      const Paint paint(options_.color);
      paint.begin(Role::kTitle, output_.text());
      picture::append_label(picture.title, width - kSame.size(), false, output_.text());
      paint.end(Role::kTitle, output_.text());
      output_.text().append(shown ? kSame : std::string_view());
      output_.text().push_back('\n');
    }
    if (shown) return;
    table->second.held->release(output_);
    table->second.sink.reset();
    table->second.held.reset();
  }

  FormatOptions options_;
  const TimeZone zone_;
  Output& output_;
  HoldBudget budget_;
  TableNames names_;
  chart::Board board_;
  uint64_t rows_ = 0;
  std::map<std::string, Table> tables_;
  std::map<const Schema*, Table*> by_schema_;
};

std::unique_ptr<ResultSink> make(const FormatOptions& options, Output& output) {
  Result<TimeZone> zone = TimeZone::load(options.time_zone);
  if (!zone.ok()) output.fail(zone.status());
  return std::make_unique<Pictures>(options, zone.ok() ? *std::move(zone) : TimeZone(), output);
}

}  // namespace

const Format kChartFormat = {.name = "chart",
                             .description = "pictures for a terminal: lines, bars, graphs",
                             .heeds = {.human = true},
                             .at_end = true,
                             .make = make};

}  // namespace pxq
