#include "export/window.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <variant>

namespace pxq {
namespace {

constexpr std::string_view kTimeColumn = "time_";

/// Times stay in range however long the overlap.
int64_t earlier(int64_t time_ns, int64_t by_ns) {
  return time_ns < INT64_MIN + by_ns ? INT64_MIN : time_ns - by_ns;
}

std::optional<size_t> time_column(const Schema& schema) {
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    if (schema.columns[i].name == kTimeColumn && schema.columns[i].type == DataType::kTime64Ns) {
      return i;
    }
  }
  return std::nullopt;
}

RowBatch only_rows(const RowBatch& batch, const std::vector<size_t>& rows) {
  RowBatch kept;
  kept.num_rows = rows.size();
  kept.eow = batch.eow;
  kept.eos = batch.eos;
  kept.storage = batch.storage;
  for (const Column& column : batch.columns) {
    kept.columns.push_back(std::visit(
        [&](const auto& values) -> Column {
          std::decay_t<decltype(values)> some;
          some.reserve(rows.size());
          for (const size_t row : rows) some.push_back(values[row]);
          return some;
        },
        column));
  }
  return kept;
}

}  // namespace

Window plan_window(const ExportState& state, const WindowOptions& options) {
  Window window;
  window.end_ns = earlier(options.now_ns, options.lag.count());
  window.start_ns = options.first_start_ns.value_or(0);
  if (state.tables.empty()) {
    window.query_start_ns = window.start_ns;
    return window;
  }
  window.start_ns = INT64_MAX;
  for (const auto& [name, table] : state.tables) {
    window.start_ns = std::min(window.start_ns, table.watermark_ns);
  }
  window.query_start_ns = earlier(window.start_ns, options.overlap.count());
  return window;
}

WindowSink::WindowSink(ExportState state, const Window& window, Duration overlap, ResultSink& next)
    : state_(std::move(state)), window_(window), overlap_ns_(overlap.count()), next_(next) {}

void WindowSink::begin(const Schema& schema) {
  if (!status_.ok()) return;
  const auto column = time_column(schema);
  if (!column) {
    status_ = {Code::kUsage, "table '" + schema.name + "' has no time_ column to export by",
               "choose tables with -t, or keep time_ in the script"};
    return;
  }
  const bool twice = std::ranges::any_of(
      tables_, [&](const Table& table) { return table.facts.name == schema.name; });
  if (twice) {
    status_ = {Code::kUsage, "two tables are named '" + schema.name + "'",
               "an export keeps how far it is by name: give them names in px.display()"};
    return;
  }
  Table& table = tables_.emplace_back();
  table.schema = &schema;
  table.time_column = *column;
  table.facts.name = schema.name;
  table.facts.start_ns = window_.start_ns;
  table.facts.end_ns = window_.end_ns;
  table.late_from_ns = window_.start_ns;
  if (const auto known = state_.tables.find(schema.name); known != state_.tables.end()) {
    table.had_state = true;
    table.facts.start_ns = known->second.watermark_ns;
    table.before = table.all = known->second.seam;
    // Before its seam, whatever the overlap is now, nobody knows what was exported.
    table.late_from_ns =
        std::min(table.facts.start_ns,
                 std::max(known->second.seam_from_ns, earlier(table.facts.start_ns, overlap_ns_)));
  }
  by_schema_[&schema] = &table;
  next_.begin(schema);
}

void WindowSink::rows(const Schema& schema, const RowBatch& batch) {
  if (!status_.ok()) return;
  Table& table = *by_schema_.at(&schema);
  std::vector<size_t> kept;
  kept.reserve(batch.num_rows);
  for (size_t row = 0; row < batch.num_rows; ++row) {
    if (wanted(table, batch, row)) kept.push_back(row);
  }
  table.facts.rows += kept.size();
  if (kept.size() == batch.num_rows) {
    next_.rows(schema, batch);
  } else {
    next_.rows(schema, only_rows(batch, kept));
  }
}

bool WindowSink::wanted(Table& table, const RowBatch& batch, size_t row) {
  const int64_t time = std::get<Time64Column>(batch.columns[table.time_column])[row].ns;
  WindowedTable& facts = table.facts;
  table.oldest_ns = std::min(table.oldest_ns.value_or(time), time);
  if (time < facts.start_ns) table.met_old_row = true;
  const bool late = time < facts.start_ns;
  if (time >= facts.end_ns || time < table.late_from_ns) {
    ++facts.outside;
    return false;
  }
  if (late || time >= earlier(facts.end_ns, overlap_ns_)) {
    const SeamRow seam_row{time, row_hash(batch, row)};
    if (late && exported_before(table, seam_row)) {
      ++facts.doubled;
      return false;
    }
    ++table.all[seam_row];
  }
  if (late) ++facts.late_rows;
  facts.first_ns = std::min(facts.first_ns.value_or(time), time);
  facts.last_ns = std::max(facts.last_ns.value_or(time), time);
  return true;
}

bool WindowSink::exported_before(Table& table, const SeamRow& row) {
  const auto known = table.before.find(row);
  if (known == table.before.end()) return false;
  if (--known->second == 0) table.before.erase(known);
  return true;
}

void WindowSink::end(const Summary& summary) { next_.end(summary); }

ExportState WindowSink::next_state() const {
  ExportState next = state_;
  for (const Table& table : tables_) {
    TableState& state = next.tables[table.facts.name];
    state.watermark_ns = std::max(table.facts.start_ns, table.facts.end_ns);
    // A row that the server did not return this time may be back the next.
    state.seam_from_ns = std::max(table.late_from_ns, earlier(state.watermark_ns, overlap_ns_));
    state.seam = {table.all.lower_bound({state.seam_from_ns, {}}), table.all.end()};
  }
  return next;
}

std::vector<WindowedTable> WindowSink::tables() const {
  std::vector<WindowedTable> facts;
  for (const Table& table : tables_) {
    facts.push_back(table.facts);
    facts.back().too_young = table.oldest_ns && *table.oldest_ns >= table.facts.end_ns;
  }
  return facts;
}

std::optional<Gap> WindowSink::gap(const Table& table) const {
  if (!table.had_state || table.met_old_row) return std::nullopt;
  const bool held_rows = !state_.tables.at(table.facts.name).seam.empty();
  if (!held_rows && !table.oldest_ns) return std::nullopt;
  Gap gap{.table = table.facts.name,
          .from_ns = table.facts.start_ns,
          .to_ns = table.oldest_ns.value_or(table.facts.end_ns),
          .certain = held_rows};
  if (gap.from_ns >= gap.to_ns) return std::nullopt;
  return gap;
}

std::vector<Gap> WindowSink::gaps() const {
  std::vector<Gap> found;
  for (const Table& table : tables_) {
    if (auto one = gap(table)) found.push_back(*std::move(one));
  }
  return found;
}

}  // namespace pxq
