#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "chart/board.h"
#include "format/all_formats.h"
#include "format/footer.h"
#include "format/html/drawing_json.h"
#include "format/html/page_cells.h"
#include "format/html/page_parts.h"
#include "format/names.h"
#include "format/sections.h"
#include "text/time_text.h"
#include "text/time_zone.h"
#include "text/visible.h"

namespace pxq {
namespace {

using html::append_page_text;
using Json = nlohmann::ordered_json;

constexpr SectionFrame kFrame{
    .open = "", .separator = "", .close = "", .torn = "", .no_section = ""};

std::string page_text(std::string_view bytes) {
  TextBuffer out;
  append_page_text(bytes, out);
  return std::string(out.view());
}

// The last line's words without the verdict, which stands before them.
std::string without_word(std::string line, std::string_view word) {
  const std::string before = std::string(word) + ": ";
  if (line.starts_with(before)) line.erase(0, before.size());
  const std::string after = "; " + std::string(word);
  if (line.ends_with(after)) line.resize(line.size() - after.size());
  return line;
}

/// The rows of a table as markup for readers without scripts. Where scripts run, all of it is one
/// piece of text to the browser, which page.js reads.
class PageTable final : public Section {
 public:
  PageTable(const Schema& schema, std::string name, size_t number, const TimeZone& zone)
      : schema_(schema), name_(std::move(name)), number_(number), zone_(zone) {
    for (const ColumnInfo& column : schema.columns) {
      cells_.push_back(html::make_page_cells(column, zone));
    }
  }

  void rows(const RowBatch& batch, Output& out) override {
    open(out);
    for (size_t i = 0; i < cells_.size(); ++i) cells_[i]->bind(batch.columns[i]);
    for (size_t row = 0; row < batch.num_rows; ++row) {
      out.text().append("\n<tr>");
      for (const auto& cell : cells_) {
        out.text().append("<td>");
        cell->write(row, out.text());
      }
      out.commit();
    }
  }

  void close(bool, Output& out) override {
    open(out);
    out.text().append("\n</table></div></noscript></section>\n");
    out.commit();
  }

 private:
  void open(Output& out) {
    if (std::exchange(opened_, true)) return;
    TextBuffer& text = out.text();
    text.append("<section class=data><h2>");
    append_page_text(name_, text);
    text.append("</h2><noscript data-table=");
    text.append(std::to_string(number_));
    text.append("><div><table><thead><tr>");
    for (const ColumnInfo& column : schema_.columns) {
      text.append("<th>");
      append_page_text(column.name, text);
      const std::string_view unit = html::page_column(column, zone_).unit;
      if (unit.empty()) continue;
      text.append(" <small>");
      append_page_text(unit, text);
      text.append("</small>");
    }
    text.append("<tbody>");
    out.commit();
  }

  const Schema& schema_;
  const std::string name_;
  const size_t number_;
  const TimeZone& zone_;
  std::vector<std::unique_ptr<CellWriter>> cells_;
  bool opened_ = false;
};

/// A result as one file that a browser shows without any other: rows as they come, then what is
/// drawn of them, the verdict and the scripts that draw.
class Page final : public ResultSink {
 public:
  Page(const FormatOptions& options, TimeZone zone, Output& output)
      : plan_(options.page),
        zone_(std::move(zone)),
        output_(output),
        sections_(
            kFrame,
            [this](const Schema& schema, const std::string& name, const FormatOptions&) {
              return make_table(schema, name);
            },
            options, output),
        board_(plan_.get(), chart::Besides::kPicturesAndRows) {}

  void begin(const Schema& schema) override { sections_.begin(schema); }

  void rows(const Schema& schema, const RowBatch& batch) override {
    open();
    board_.rows(schema, batch);
    rows_[schema.id] += batch.num_rows;
    sections_.rows(schema, batch);
  }

  void end(const Summary& summary) override {
    const bool whole = summary.status.ok() || summary.status.code() == Code::kAssertion;
    if (!whole && !opened_) return;  // there is nothing to look at
    open();
    sections_.end(summary);
    write_widgets();
    write_verdict(summary);
    write_scripts();
    output_.flush();
  }

  void tick() override { sections_.tick(); }

 private:
  struct Table {
    std::string name;
    Schema schema;
  };

  std::unique_ptr<Section> make_table(const Schema& schema, const std::string& name) {
    board_.begin(schema, name);
    tables_.push_back({name, schema});
    return std::make_unique<PageTable>(schema, name, tables_.size() - 1, zone_);
  }

  void open() {
    if (!std::exchange(opened_, true)) write_head();
  }

  void write_head() {
    TextBuffer& text = output_.text();
    const std::string title = plan_ && !plan_->script.empty() ? page_text(plan_->script) : "pxq";
    text.append(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n"
        "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=Content-Security-Policy content=\"");
    text.append(html::content_policy());
    text.append("\">\n<link rel=icon href=\"data:,\">\n<title>");
    text.append(title);
    text.append("</title>\n<style>");
    text.append(html::page_style());
    text.append("</style>\n<header><h1>");
    text.append(title);
    text.append("</h1><dl>");
    if (plan_) write_facts(*plan_);
    text.append(
        "</dl></header>\n<p class=cut><b>INCOMPLETE</b>: this page ends before its result "
        "does</p>\n"
        "<main id=grid></main>\n");
    output_.commit();
  }

  void write_facts(const chart::PagePlan& plan) {
    if (!plan.cluster.empty()) write_fact("cluster", plan.cluster);
    if (plan.started_ns != 0) {
      char text[TimeText::kCivilSize];
      const Time64 time{plan.started_ns};
      TimeText().write_civil(text, time, zone_.offset_at(floor_seconds(time)));
      // To the second: nobody reads more of when a page was made.
      write_fact("run at", std::string(text, TimeText::kCivilSize - 4) + " " + zone_.name());
    }
    for (const auto& [name, value] : plan.arguments) write_fact(name, value);
  }

  void write_fact(std::string_view name, std::string_view value) {
    TextBuffer& text = output_.text();
    text.append("<div><dt>");
    append_page_text(name, text);
    text.append("<dd>");
    append_page_text(value, text);
    text.append("</div>");
  }

  // The words of the last line, of the rows that are here.
  void write_verdict(Summary summary) {
    for (TableSummary& table : summary.tables) {
      const auto written = rows_.find(table.id);
      table.written = written == rows_.end() ? 0 : written->second;
      const bool here = written != rows_.end();
      summary.limited =
          summary.limited || (here && (!table.complete || *table.written < table.rows));
    }
    summary.limited = summary.limited && summary.status.ok();
    const bool ok = summary.status.ok() || summary.status.code() == Code::kAssertion;
    const TableSummary* cut = ok && !summary.limited ? cut_table(summary) : nullptr;
    const std::string_view word = !ok               ? "INCOMPLETE"
                                  : summary.limited ? "limited"
                                  : cut != nullptr  ? "probably cut"
                                                    : "complete";
    TextBuffer& text = output_.text();
    text.append("<p id=verdict class=");
    text.append(!ok ? "bad" : summary.limited || cut != nullptr ? "limited" : "ok");
    text.append("><b>");
    text.append(word);
    text.append("</b>: ");
    append_page_text(without_word(footer(summary), cut == nullptr ? word : "complete"), text);
    if (cut != nullptr) append_cut(*cut, text);
    if (!ok && !summary.status.message().empty()) {
      text.append("; ");
      append_page_text(summary.status.message(), text);
    }
    if (!summary.query_id.empty()) {
      text.append("; query ");
      append_page_text(summary.query_id, text);
    }
    text.append("</p>\n");
    output_.commit();
  }

  static const TableSummary* cut_table(const Summary& summary) {
    const auto cut = std::ranges::find_if(summary.tables, &TableSummary::capped);
    return cut == summary.tables.end() ? nullptr : &*cut;
  }

  static void append_cut(const TableSummary& table, TextBuffer& text) {
    text.append("; table ");
    append_page_text(visible(table.name), text);
    append_page_text(fmt::format(" has exactly {} rows, the server's cap", table.rows), text);
  }

  Json table_json(const Table& table) const {
    Json columns = Json::array();
    for (const ColumnInfo& column : table.schema.columns) {
      const html::PageColumn told = html::page_column(column, zone_);
      Json one = {{"name", visible(column.name)}, {"kind", told.kind}, {"unit", told.unit}};
      if (!column.description.empty()) one["description"] = visible(column.description);
      add_thresholds(column, one);
      columns.push_back(std::move(one));
    }
    return {{"name", visible(table.name)}, {"columns", std::move(columns)}};
  }

  // Those of cells on a terminal, in the page's units.
  static void add_thresholds(const ColumnInfo& column, Json& one) {
    if (column.semantic == SemanticType::kDurationNs && column.name.starts_with("latency")) {
      one["warn"] = 200;
      one["bad"] = 400;
    }
    if (column.semantic == SemanticType::kPercent && column.name.starts_with("cpu")) {
      one["warn"] = 70;
      one["bad"] = 80;
    }
  }

  int number_of(const std::string& name) const {
    const auto found = std::find_if(tables_.begin(), tables_.end(),
                                    [&](const Table& table) { return table.name == name; });
    return found == tables_.end() ? -1 : static_cast<int>(found - tables_.begin());
  }

  void write_widgets() {
    Json page = {{"tables", Json::array()}, {"widgets", Json::array()}};
    for (const Table& table : tables_) page["tables"].push_back(table_json(table));
    for (const chart::Picture& picture : board_.finish()) {
      page["widgets"].push_back(html::picture_json(picture, number_of(picture.table), zone_));
    }
    TextBuffer& text = output_.text();
    text.append("<script type=\"application/json\" id=page>");
    std::string json = page.dump(-1, ' ', false, Json::error_handler_t::replace);
    // Only a text can hold this sign, and no end of an element may stand in one.
    for (size_t start = 0; start < json.size();) {
      const size_t end = std::min(json.find('<', start), json.size());
      text.append(std::string_view(json).substr(start, end - start));
      if (end < json.size()) text.append("\\u003c");
      start = end + 1;
    }
    text.append("</script>\n");
    output_.commit();
  }

  void write_scripts() {
    TextBuffer& text = output_.text();
    text.append("<!--\n");
    text.append(html::d3_notice());
    text.append("\n-->\n<script>");
    text.append(html::d3_script());
    text.append("</script>\n<script>");
    text.append(html::page_script());
    text.append("</script>\n<footer>Made by pxq; drawn with D3, Copyright Mike Bostock</footer>\n");
    output_.commit();
  }

  const std::shared_ptr<const chart::PagePlan> plan_;
  const TimeZone zone_;
  Output& output_;
  Sections sections_;
  chart::Board board_;
  std::deque<Table> tables_;
  bool opened_ = false;
  std::map<std::string, uint64_t> rows_;  // written, by the table's id
};

std::unique_ptr<ResultSink> make(const FormatOptions& options, Output& output) {
  Result<TimeZone> zone = TimeZone::load(options.time_zone);
  if (!zone.ok()) output.fail(zone.status());
  return std::make_unique<Page>(options, zone.ok() ? *std::move(zone) : TimeZone(), output);
}

}  // namespace

const Format kHtmlFormat = {.name = "html",
                            .alias = "htm",
                            .extension = "html",
                            .description = "a page for a browser: charts and tables, one file",
                            .heeds = {.human = true},
                            .at_end = true,
                            .make = make};

}  // namespace pxq
