#include "export/window.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "base/digest.h"
#include "base/suggest.h"
#include "export/seam_text.h"

namespace pxq {
namespace {

constexpr std::string_view kTimeColumn = "time_";

/// Rows from before the overlap that a state keeps at most: they only count what came too late.
constexpr size_t kMostRowsBehind = size_t{1} << 15;

/// Nodes of which a state keeps the last row.
constexpr size_t kMostOrigins = 256;

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

// Nodes that gave no row as young as the others' ones, ever. One that did is idle without them.
std::set<Origin> nodes_behind(const TableState* last, const TableState& next) {
  std::set<Origin> behind;
  for (const auto& [origin, row] : next.last_rows) {
    if (row.time_ns >= next.seam_from_ns) continue;
    if (row.time_ns < earlier(next.watermark_ns, kLongestLookBack)) continue;
    const bool is_new = last == nullptr || !last->last_rows.contains(origin);
    if (is_new || last->behind.contains(origin)) behind.insert(origin);
  }
  return behind;
}

// Leaves no more rows from before the overlap than are bearable.
void forget_behind(TableState& state, int64_t overlap_from_ns) {
  auto at = state.seam.lower_bound({overlap_from_ns, {}});
  for (size_t rows = 0; at != state.seam.begin() && rows < kMostRowsBehind; ++rows) --at;
  if (at == state.seam.begin()) return;
  // All rows of a moment go or stay: what is known is known from there on.
  state.seam_from_ns = std::prev(at)->first.time_ns + 1;
  state.seam.erase(state.seam.begin(), state.seam.lower_bound({state.seam_from_ns, {}}));
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
  table.late_from_ns = table.seam_from_ns = window_.start_ns;
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
  // Before its seam, whatever the overlap is now, nobody knows what was exported.
  table.seam_from_ns = std::min(table.facts.start_ns, last.seam_from_ns);
  table.late_from_ns =
      std::min(table.facts.start_ns,
               std::max(table.seam_from_ns, earlier(table.facts.start_ns, overlap_ns_)));
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
  if (time < table.seam_from_ns) return old_wanted(table, batch, row, time);
  const SeamRow seam_row{time, table.identity.hash(batch, row)};
  if (table.by_time) {
    ++facts.by_time;
    remember(table, seam_row);
    return false;
  }
  const bool known = table.known.meet(seam_row) ||
                     (table.identity.differs() && table.known.meet({time, row_hash(batch, row)}));
  if (!known) table.known.strange(time);
  const bool again = known && !options_.dedup && time >= table.late_from_ns;
  if (known && !again) {
    ++facts.doubled;
    return false;
  }
  if (!known) remember(table, seam_row);
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
    const SeamRow met{time, table.identity.hash(batch, row)};
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
void WindowSink::remember(Table& table, const SeamRow& row) const {
  if (row.time_ns < table.fresh_from_ns) return;
  ++table.fresh[row];
  if (table.fresh.size() <= kMostKnownRows + kMostKnownRows / 8) return;
  bound_seam(table.fresh, table.fresh_from_ns, kMostKnownRows);
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

int64_t WindowSink::asked_from(const Table& table) const {
  if (window_.asked_back) return window_.query_start_ns;
  if (table.oldest_ns && *table.oldest_ns < table.facts.start_ns) return *table.oldest_ns;
  return table.seam_from_ns;
}

void WindowSink::judge(Table& table) {
  if (table.last == nullptr) return;
  if (table.by_time) return judge_by_time(table);
  const auto evidence = table.known.evidence(asked_from(table));
  const KnownRows::Evidence sum = total(evidence);
  table.facts.seam_rows = sum.known + sum.changed;
  table.facts.seam_rows_missing = sum.missing;
  table.facts.seam_rows_changed = sum.changed;
  if (status_.ok() && options_.dedup) {
    status_ = doubt(table, sum);
    unlike_ = table.facts.edited && (sum.changed != 0 || !status_.ok());
    if (unlike_) status_ = {Code::kLimit, "the rows are not those of the last run's script"};
  }
  keep(table, find_gaps(question(table), evidence, table.seen));
  for (const Origin origin : table.known.lost_last_rows(asked_from(table))) {
    const auto at = table.last_rows.find(origin);
    if (at->second == table.last->last_rows.at(origin)) table.last_rows.erase(at);
  }
}

// As many rows as were exported are taken for those, whatever their cells are now.
void WindowSink::judge_by_time(Table& table) {
  const SeamRow first{std::max(asked_from(table), table.seam_from_ns), {}};
  KnownRows::Evidence known;
  for (auto at = table.last->seam.lower_bound(first); at != table.last->seam.end(); ++at) {
    known.known += at->second;
  }
  known.in_seam = known.known != 0;
  known.missing = known.known - std::min(known.known, table.facts.by_time);
  const uint64_t surplus = table.facts.by_time - std::min(table.facts.by_time, known.known);
  table.facts.seam_rows = known.known;
  table.facts.seam_rows_missing = known.missing;
  table.facts.doubled = table.facts.by_time - surplus;
  table.facts.outside += surplus;
  table.facts.too_late += surplus;
  GapQuestion asked = question(table);
  asked.has_origins = false;
  std::map<Origin, NewRows> seen;
  for (const auto& [origin, rows] : table.seen) {
    if (!rows.oldest_ns) continue;
    seen[0].oldest_ns = std::min(seen[0].oldest_ns.value_or(*rows.oldest_ns), *rows.oldest_ns);
  }
  keep(table, find_gaps(asked, {{0, known}}, seen));
}

GapQuestion WindowSink::question(const Table& table) const {
  return {.table = table.facts.name,
          .late_from_ns = table.late_from_ns,
          .start_ns = table.facts.start_ns,
          .end_ns = table.facts.end_ns,
          .has_origins = table.identity.has_origins(),
          .edited = table.facts.edited,
          .saw_rows = table.oldest_ns.has_value(),
          .saw_old_rows = table.oldest_ns < table.facts.start_ns};
}

void WindowSink::keep(Table& table, const std::vector<Gap>& gaps) {
  table.found_gap = !gaps.empty();
  gaps_.insert(gaps_.end(), gaps.begin(), gaps.end());
}

// Rows that change from query to query would be exported again and again.
Status WindowSink::doubt(const Table& table, const KnownRows::Evidence& evidence) const {
  const uint64_t seam = evidence.known + evidence.changed;
  // At least half of the known rows with other contents at the same moments, or as many new rows as
  // were known, is no chance. With fewer than four rows it may be.
  const bool met = evidence.known > evidence.missing;
  const bool changed = evidence.changed != 0 && evidence.changed >= seam - seam / 2;
  const bool as_many = evidence.strange >= seam && seam >= 4;
  if (met || seam == 0 || !(changed || as_many)) return {};
  return {Code::kLimit,
          fmt::format("table '{}': none of the {} rows that were exported at the end of the last "
                      "run came again, but {} others did: the script changes its rows from query "
                      "to query, and they would be exported twice",
                      table.facts.name, seam, evidence.strange),
          "--dedup off exports each row at least once, --overlap 0 at most once"};
}

void WindowSink::end(const Summary& summary) {
  for (Table& table : tables_) {
    if (!status_.ok()) break;
    status_ = table.bins.check(table.facts.name, table.facts.end_ns, options_.align.count());
    judge(table);
  }
  if (hear_first_) std::exchange(hear_first_, nullptr)(earlier(window_.end_ns, 1));
  next_.end(summary);
}

int64_t WindowSink::keep_from(int64_t watermark_ns) const {
  // Twice the overlap: rows of the first may come again, and those of the second tell what came too
  // late to be taken.
  const int64_t once = earlier(watermark_ns, overlap_ns_);
  return earlier(once, overlap_ns_);
}

ExportState WindowSink::next_state() const {
  ExportState next = state_;
  for (const Table& table : tables_) {
    TableState& state = next.tables[table.facts.name];
    state.watermark_ns = std::max(table.facts.start_ns, table.facts.end_ns);
    // A row that the server did not return this time may be back the next.
    state.seam_from_ns =
        std::max({table.seam_from_ns, table.fresh_from_ns, keep_from(state.watermark_ns)});
    state.seam.erase(state.seam.begin(), state.seam.lower_bound({state.seam_from_ns, {}}));
    if (table.by_time) state.seam.clear();
    for (auto at = table.fresh.lower_bound({state.seam_from_ns, {}}); at != table.fresh.end();
         ++at) {
      state.seam[at->first] += at->second;
    }
    forget_behind(state, earlier(state.watermark_ns, overlap_ns_));
    state.last_rows = table.last_rows;
    while (state.last_rows.size() > kMostOrigins) {
      state.last_rows.erase(std::ranges::min_element(
          state.last_rows, {}, [](const auto& entry) { return entry.second.time_ns; }));
    }
    state.behind.clear();
    if (table.identity.has_origins()) state.behind = nodes_behind(table.last, state);
    state.shape = table.shape;
    if (table.found_gap) state.evidence_from_ns = table.facts.start_ns;
  }
  next.untold_gaps.insert(next.untold_gaps.end(), gaps_.begin(), gaps_.end());
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

}  // namespace pxq
