#include "export/window.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "base/digest.h"
#include "base/suggest.h"
#include "export/dedup_text.h"

namespace pxq {
namespace {

constexpr std::string_view kTimeColumn = "time_";

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

// Which columns a table has, and whose they are.
std::string shape_of(const std::string& script, const Schema& schema) {
  std::string text = script;
  for (const ColumnInfo& column : schema.columns) {
    text += fmt::format("\n{} {} {}", column.name, static_cast<int>(column.type),
                        static_cast<int>(column.semantic));
  }
  return sha256_hex(text).substr(0, 16);
}

}  // namespace

WindowSink::WindowSink(ExportState state, const Window& window, const WindowOptions& options,
                       ResultSink& next)
    : state_(std::move(state)),
      window_(window),
      options_(options),
      overlap_ns_(options.overlap.count()),
      next_(next) {}

void WindowSink::begin(const Schema& schema) {
  if (!status_.ok()) return;
  const auto column = time_column(schema);
  if (!column) {
    status_ = {Code::kUsage, "table '" + schema.name + "' has no time_ column to export by",
               "choose tables with -t, or keep time_ in the script"};
    return;
  }
  // Files and databases do not tell names apart that differ in case only, so that two tables would
  // be crossed when they are announced in another order.
  const auto twin = std::ranges::find_if(tables_, [&](const Table& table) {
    return same_but_for_case(table.facts.name, schema.name);
  });
  if (twin != tables_.end()) {
    status_ = {Code::kUsage,
               twin->facts.name == schema.name
                   ? fmt::format("two tables are named '{}'", schema.name)
                   : fmt::format("the names of tables '{}' and '{}' differ in case only",
                                 twin->facts.name, schema.name),
               "an export keeps how far it is by name: give them other names in px.display()"};
    return;
  }
  Table& table = tables_.emplace_back();
  table.schema = &schema;
  table.time_column = *column;
  table.identity = RowIdentity(schema);
  table.facts.name = schema.name;
  table.facts.start_ns = window_.start_ns;
  table.facts.end_ns = window_.end_ns;
  table.late_from_ns = table.dedup_from_ns = window_.start_ns;
  table.shape = shape_of(options_.script, schema);
  if (const auto known = state_.tables.find(schema.name); known != state_.tables.end()) {
    recall(table, known->second);
  }
  by_schema_[&schema] = &table;
  next_.begin(schema);
}

void WindowSink::recall(Table& table, const TableState& last) {
  table.last = &last;
  table.facts.start_ns = last.watermark_ns;
  table.facts.edited = !last.shape.empty() && last.shape != table.shape;
  table.by_time = table.facts.edited && options_.known_by_time;
  table.known = KnownRows(last, table.identity);
  table.last_rows = last.last_rows;
  // Before its dedup window, whatever the overlap is now, nobody knows what was exported.
  table.dedup_from_ns = std::min(table.facts.start_ns, last.dedup_from_ns);
  table.late_from_ns =
      std::min(table.facts.start_ns,
               std::max(table.dedup_from_ns, earlier(table.facts.start_ns, overlap_ns_)));
  for (const Origin origin : last.behind) {
    table.seen[origin].from_ns = table.known.new_from(origin, table.facts.start_ns);
  }
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
  note_last_rows(table, batch, kept);
  if (hear_first_) {
    if (kept.empty()) return;
    const auto& times = std::get<Time64Column>(batch.columns[table.time_column]);
    int64_t first = INT64_MAX;
    for (const size_t row : kept) first = std::min(first, times[row].ns);
    std::exchange(hear_first_, nullptr)(first);
  }
  if (kept.size() == batch.num_rows) {
    next_.rows(schema, batch);
  } else {
    next_.rows(schema, only_rows(batch, kept));
  }
}

// What a row tells of its node and of the table's times, whether it is exported or not.
void WindowSink::look(Table& table, int64_t time, Origin origin) const {
  table.oldest_ns = std::min(table.oldest_ns.value_or(time), time);
  table.bins.note(time);
  NewRows& seen = table.seen[origin];
  // The last comparison keeps the difference within 64 bits.
  if (seen.newest_ns && time < *seen.newest_ns && time >= earlier(*seen.newest_ns, INT64_MAX)) {
    seen.disorder_ns = std::max(seen.disorder_ns, *seen.newest_ns - time);
  }
  seen.newest_ns = std::max(seen.newest_ns.value_or(time), time);
  if (time >= seen.from_ns.value_or(table.facts.start_ns)) {
    seen.oldest_ns = std::min(seen.oldest_ns.value_or(time), time);
  }
}

bool WindowSink::wanted(Table& table, const RowBatch& batch, size_t row) {
  const int64_t time = std::get<Time64Column>(batch.columns[table.time_column])[row].ns;
  WindowedTable& facts = table.facts;
  look(table, time, table.identity.origin(batch, row));
  if (time < facts.start_ns) return late_wanted(table, batch, row, time);
  if (time >= facts.end_ns) {
    ++facts.outside;
    return false;
  }
  if (time >= keep_from(facts.end_ns)) {
    remember(table, {time, table.identity.hash(batch, row)});
  }
  facts.first_ns = std::min(facts.first_ns.value_or(time), time);
  facts.last_ns = std::max(facts.last_ns.value_or(time), time);
  return true;
}

bool WindowSink::late_wanted(Table& table, const RowBatch& batch, size_t row, int64_t time) {
  WindowedTable& facts = table.facts;
  if (table.last == nullptr) {  // before the very first window
    ++facts.outside;
    return false;
  }
  if (time < table.dedup_from_ns) return old_wanted(table, batch, row, time);
  const DedupRow dedup_row{time, table.identity.hash(batch, row)};
  if (table.by_time) {
    ++facts.by_time;
    remember(table, dedup_row);
    return false;
  }
  const bool known = table.known.meet(dedup_row) ||
                     (table.identity.differs() && table.known.meet({time, row_hash(batch, row)}));
  if (!known) table.known.strange(time);
  const bool again = known && !options_.dedup && time >= table.late_from_ns;
  if (known && !again) {
    ++facts.doubled;
    return false;
  }
  if (!known) remember(table, dedup_row);
  if (time < table.late_from_ns && !table.known.is_news(table.identity.origin(batch, row), time)) {
    ++facts.outside;
    ++facts.too_late;
    return false;
  }
  note_late(table, time);
  return true;
}

// From where only the last row of each node is known: one that is younger is of a node whose clock
// is behind.
bool WindowSink::old_wanted(Table& table, const RowBatch& batch, size_t row, int64_t time) {
  const Origin origin = table.identity.origin(batch, row);
  if (table.known.has_last_row_at(time)) {
    const DedupRow met{time, table.identity.hash(batch, row)};
    table.known.meet_last(met);
    // The cells are other ones now: it will be known by them.
    const auto last = table.last_rows.find(origin);
    if (table.facts.edited && last != table.last_rows.end() && last->second.time_ns == time) {
      table.known.meet_last(last->second);
      last->second = met;
    }
  }
  if (table.known.is_news(origin, time)) {
    note_late(table, time);
    return true;
  }
  ++table.facts.outside;
  return false;
}

// A busy table's rows of the overlap would take a gigabyte.
void WindowSink::remember(Table& table, const DedupRow& row) const {
  if (row.time_ns < table.fresh_from_ns) return;
  ++table.fresh[row];
  if (table.fresh.size() <= kMostKnownRows + kMostKnownRows / 8) return;
  bound_dedup_window(table.fresh, table.fresh_from_ns, kMostKnownRows);
  table.facts.shortened = true;
}

void WindowSink::note_late(Table& table, int64_t time) const {
  WindowedTable& facts = table.facts;
  ++facts.late_rows;
  facts.first_ns = std::min(facts.first_ns.value_or(time), time);
  facts.last_ns = std::max(facts.last_ns.value_or(time), time);
}

// One row of each node and batch: most need no hash of their own.
void WindowSink::note_last_rows(Table& table, const RowBatch& batch,
                                const std::vector<size_t>& kept) const {
  const auto& times = std::get<Time64Column>(batch.columns[table.time_column]);
  std::map<Origin, size_t> newest;
  for (const size_t row : kept) {
    const auto [at, first] = newest.try_emplace(table.identity.origin(batch, row), row);
    if (!first && times[row].ns > times[at->second].ns) at->second = row;
  }
  for (const auto& [origin, row] : newest) {
    const auto known = table.last_rows.find(origin);
    if (known != table.last_rows.end() && known->second.time_ns >= times[row].ns) continue;
    table.last_rows[origin] = {times[row].ns, table.identity.hash(batch, row)};
  }
}

void WindowSink::end(const Summary& summary) {
  for (Table& table : tables_) {
    if (!status_.ok()) break;
    if (options_.may_count) {
      status_ = table.bins.check(table.facts.name, table.facts.end_ns, options_.align.count());
    }
    judge(table);
  }
  if (hear_first_) std::exchange(hear_first_, nullptr)(earlier(window_.end_ns, 1));
  next_.end(summary);
}

std::vector<WindowedTable> WindowSink::tables() const {
  std::vector<WindowedTable> facts;
  for (const Table& table : tables_) {
    facts.push_back(table.facts);
    facts.back().too_young = table.oldest_ns && *table.oldest_ns >= table.facts.end_ns;
  }
  return facts;
}

}  // namespace pxq
