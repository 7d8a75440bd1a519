#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "export/window.h"

namespace pxq {

int64_t WindowSink::asked_from(const Table& table) const {
  if (window_.asked_back) return window_.query_start_ns;
  if (table.oldest_ns && *table.oldest_ns < table.facts.start_ns) return *table.oldest_ns;
  return table.dedup_from_ns;
}

void WindowSink::judge(Table& table) {
  if (table.last == nullptr) return;
  if (table.by_time) return judge_by_time(table);
  const auto evidence = table.known.evidence(asked_from(table));
  const KnownRows::Evidence sum = total(evidence);
  table.facts.dedup_rows = sum.known + sum.changed;
  table.facts.dedup_rows_missing = sum.missing;
  table.facts.dedup_rows_changed = sum.changed;
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
  const DedupRow first{std::max(asked_from(table), table.dedup_from_ns), {}};
  KnownRows::Evidence known;
  for (auto at = table.last->dedup_window.lower_bound(first); at != table.last->dedup_window.end();
       ++at) {
    known.known += at->second;
  }
  known.in_dedup_window = known.known != 0;
  known.missing = known.known - std::min(known.known, table.facts.by_time);
  const uint64_t surplus = table.facts.by_time - std::min(table.facts.by_time, known.known);
  table.facts.dedup_rows = known.known;
  table.facts.dedup_rows_missing = known.missing;
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
  const uint64_t known = evidence.known + evidence.changed;
  // At least half of the known rows with other contents at the same moments, or as many new rows as
  // were known, is no chance. With fewer than four rows it may be.
  const bool met = evidence.known > evidence.missing;
  const bool changed = evidence.changed != 0 && evidence.changed >= known - known / 2;
  const bool as_many = evidence.strange >= known && known >= 4;
  if (met || known == 0 || !(changed || as_many)) return {};
  return {Code::kLimit,
          fmt::format("table '{}': none of the {} rows that were exported at the end of the last "
                      "run came again, but {} others did: the script changes its rows from query "
                      "to query, and they would be exported twice",
                      table.facts.name, known, evidence.strange),
          "--dedup off exports each row at least once, --overlap 0 at most once"};
}

}  // namespace pxq
