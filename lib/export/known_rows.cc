#include "export/known_rows.h"

#include <algorithm>
#include <functional>

namespace pxq {
namespace {

template <typename Compare>
void keep(std::optional<int64_t>& kept, std::optional<int64_t> time, Compare better) {
  if (time && (!kept || better(*time, *kept))) kept = time;
}

int64_t later(int64_t time_ns, int64_t by_ns) {
  return time_ns > INT64_MAX - by_ns ? INT64_MAX : time_ns + by_ns;
}

// Rows come in the order in which a store took them, and it forgets in that order: behind a row
// that was late, others of its time and a little later may be gone. Where several stores answer one
// after the other, the disorder is as long as the stretch that they hold, and so is the doubt.
int64_t edge(const GapQuestion& question, const NewRows& seen) {
  if (!seen.oldest_ns) return question.end_ns;
  const int64_t doubted = std::min(question.end_ns, later(*seen.oldest_ns, seen.disorder_ns));
  return std::max(*seen.oldest_ns, doubted);
}

}  // namespace

KnownRows::KnownRows(const TableState& state, const RowIdentity& identity)
    : state_(&state), identity_(identity) {
  for (const auto& [origin, row] : state.last_rows) {
    if (row.time_ns < state.dedup_from_ns) last_times_.insert(row.time_ns);
  }
}

bool KnownRows::is_news(Origin origin, int64_t time_ns) const {
  if (state_ == nullptr || !identity_.has_origins()) return false;
  const auto last = state_->last_rows.find(origin);
  return last != state_->last_rows.end() && time_ns > last->second.time_ns;
}

int64_t KnownRows::new_from(Origin origin, int64_t start_ns) const {
  if (state_ == nullptr || !state_->behind.contains(origin)) return start_ns;
  const auto last = state_->last_rows.find(origin);
  return last == state_->last_rows.end() ? start_ns : std::min(start_ns, last->second.time_ns + 1);
}

bool KnownRows::meet(const DedupRow& row) {
  if (state_ == nullptr) return false;
  const auto known = state_->dedup_window.find(row);
  if (known == state_->dedup_window.end()) return false;
  // Equal rows may have been exported several times, and come again as often and no more.
  uint64_t& met = met_[row];
  if (met == known->second) return false;
  ++met;
  return true;
}

uint64_t KnownRows::missing(const DedupWindow::value_type& known) const {
  const auto met = met_.find(known.first);
  return known.second - (met == met_.end() ? 0 : met->second);
}

std::map<Origin, KnownRows::Evidence> KnownRows::evidence(int64_t asked_from_ns) const {
  std::map<Origin, Evidence> found;
  if (state_ == nullptr) return found;
  std::map<int64_t, uint64_t> strange = strange_;
  const auto note = [&](const DedupRow& row, uint64_t count, uint64_t missing,
                        bool in_dedup_window) {
    Evidence& one = found[identity_.origin(row.hash)];
    one.known += count;
    one.missing += missing;
    one.in_dedup_window = one.in_dedup_window || in_dedup_window;
    if (missing != 0) keep(one.newest_missing, row.time_ns, std::greater<>());
    if (missing == count) return;
    keep(one.oldest_met, row.time_ns, std::less<>());
    keep(one.newest_met, row.time_ns, std::greater<>());
  };
  const DedupRow first{std::max(asked_from_ns, state_->evidence_from_ns), {}};
  for (auto at = state_->dedup_window.lower_bound(first); at != state_->dedup_window.end(); ++at) {
    uint64_t gone = missing(*at);
    uint64_t count = at->second;
    // A row that is gone and a new one at the same moment are taken for one row that has changed.
    if (const auto twin = strange.find(at->first.time_ns); gone != 0 && twin != strange.end()) {
      const uint64_t changed = std::min(gone, twin->second);
      twin->second -= changed;
      gone -= changed;
      count -= changed;
      found[identity_.origin(at->first.hash)].changed += changed;
    }
    if (count != 0) note(at->first, count, gone, true);
  }
  for (const auto& [origin, row] : state_->last_rows) {
    if (row.time_ns >= state_->dedup_from_ns || row.time_ns < asked_from_ns) continue;
    note(row, 1, met_last_.contains(row) ? 0 : 1, false);
  }
  // Of strange rows only the times are kept, not whose they are.
  for (auto at = strange_.lower_bound(first.time_ns); at != strange_.end(); ++at) {
    found[0].strange += at->second;
  }
  return found;
}

std::vector<Origin> KnownRows::lost_last_rows(int64_t asked_from_ns) const {
  std::vector<Origin> lost;
  if (state_ == nullptr) return lost;
  for (const auto& [origin, row] : state_->last_rows) {
    if (row.time_ns < asked_from_ns) continue;
    const auto in_dedup_window = state_->dedup_window.find(row);
    const bool gone =
        row.time_ns < state_->dedup_from_ns || in_dedup_window == state_->dedup_window.end()
            ? !met_last_.contains(row)
            : missing(*in_dedup_window) != 0;
    if (gone) lost.push_back(origin);
  }
  return lost;
}

KnownRows::Evidence total(const std::map<Origin, KnownRows::Evidence>& evidence) {
  KnownRows::Evidence sum;
  for (const auto& [origin, one] : evidence) {
    sum.known += one.known;
    sum.missing += one.missing;
    sum.changed += one.changed;
    sum.strange += one.strange;
    sum.in_dedup_window = sum.in_dedup_window || one.in_dedup_window;
    keep(sum.oldest_met, one.oldest_met, std::less<>());
    keep(sum.newest_met, one.newest_met, std::greater<>());
    keep(sum.newest_missing, one.newest_missing, std::greater<>());
  }
  return sum;
}

std::vector<Gap> find_gaps(const GapQuestion& question,
                           const std::map<Origin, KnownRows::Evidence>& evidence,
                           const std::map<Origin, NewRows>& seen) {
  const auto new_rows = [&](Origin origin) {
    const auto found = seen.find(origin);
    return found == seen.end() ? NewRows() : found->second;
  };
  std::vector<Gap> gaps;
  const auto add = [&](int64_t from_ns, int64_t to_ns, bool certain, uint64_t missing) {
    if (from_ns >= to_ns) return;
    gaps.push_back({question.table, from_ns, to_ns, certain && !question.edited, missing});
  };
  bool known = false;
  for (const auto& [origin, one] : evidence) {
    known = known || one.known != 0;
    if (one.missing == 0) continue;
    if (one.all_missing()) {
      // Where nothing is held at all, a row that was old may as well have been forgotten alone.
      const bool certain = one.in_dedup_window || question.saw_rows;
      const NewRows seen_of_it = new_rows(origin);
      add(seen_of_it.from_ns.value_or(question.start_ns), edge(question, seen_of_it), certain,
          one.missing);
    } else if (!question.has_origins) {
      // Several stores: nobody knows whose rows the ones that came are.
      add(question.late_from_ns, question.end_ns, one.mixed(), one.missing);
    } else if (one.mixed()) {
      const bool newest_gone = *one.newest_missing >= *one.newest_met;
      add(question.late_from_ns, edge(question, new_rows(origin)), newest_gone, one.missing);
    }
  }
  if (known || question.saw_old_rows) return gaps;
  // A table of which no row was ever exported: it may have been empty until now.
  NewRows all;
  for (const auto& [origin, one] : seen) keep(all.oldest_ns, one.oldest_ns, std::less<>());
  if (all.oldest_ns) add(question.start_ns, *all.oldest_ns, false, 0);
  return gaps;
}

}  // namespace pxq
