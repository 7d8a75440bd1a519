#include "snapshot/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "script/row_cap.h"
#include "snapshot/answer.h"
#include "snapshot/slice_rows.h"
#include "text/visible.h"

namespace pxq {
namespace {

constexpr int64_t kSlice = 300'000'000'000;     // five minutes, so that no Vizier reads for long
constexpr int64_t kLongestSlice = 12 * kSlice;  // where few rows come
constexpr int64_t kShortestSlice = 1'000'000;   // a millisecond is not cut further
constexpr int kAttempts = 3;

enum class Outcome { kWhole, kLittle, kTooMuch };  // little: twice as much could be kept

class Reading {
 public:
  Reading(const Connection& connection, const std::vector<CatalogueTable>& tables,
          const Discretion& discretion, local::snapshot::SnapshotWriter& writer)
      : connection_(connection), tables_(tables), discretion_(discretion), writer_(writer) {}

  /// Reads the slice, or as much of it as can be kept: that is what `slice` is then.
  Status run(Slice& slice) {
    for (int attempt = 1;;) {
      const Result<Outcome> outcome = try_once(slice);
      if (outcome.ok() && *outcome != Outcome::kTooMuch) {
        next_ns_ = length(slice) * (*outcome == Outcome::kLittle ? 2 : 1);
        return {};
      }
      // From now on no slice is longer than it has to be.
      longest_ns_ = kSlice;
      if (outcome.ok()) {
        if (length(slice) < 2 * kShortestSlice) return too_many();
        slice.end_ns = slice.start_ns + (length(slice) + 1) / 2 - 1;
        continue;
      }
      const bool again = outcome.status().code() == Code::kIncomplete && attempt++ < kAttempts;
      if (!again) return outcome.status();
      slice.end_ns = std::min(slice.end_ns, slice.start_ns + kSlice - 1);
    }
  }

  /// How long the next slice is best: what was too much once is not asked for again and again.
  int64_t next_ns() const { return std::min(next_ns_, longest_ns_); }

  /// Of all slices that are whole.
  uint64_t row_count() const { return row_count_; }

 private:
  Result<Outcome> try_once(const Slice& slice) {
    ScriptRequest request;
    request.text = row_script(tables_, slice, discretion_);
    request.source = "<snapshot>";
    request.cluster_id = connection_.cluster_id;
    set_row_cap(request, kNoRowCap);
    SliceRows rows(writer_);
    const Summary summary = wire::run_script(connection_.peer, request, connection_.run, rows);
    const Result<Outcome> outcome = judge(rows, summary);
    if (!outcome.ok() || *outcome == Outcome::kTooMuch) {
      writer_.drop();
      return outcome;
    }
    rows.finish();
    writer_.keep();
    row_count_ += rows.row_count();
    return outcome;
  }

  static Result<Outcome> judge(const SliceRows& rows, const Summary& summary) {
    if (rows.overflowed()) return Outcome::kTooMuch;
    if (!summary.status.ok()) return summary.status;
    // A server that cut a table at its cap, although it was asked not to, does not say so.
    if (rows.has_table_of(kDefaultRowCap)) return Outcome::kTooMuch;
    return rows.has_room() ? Outcome::kLittle : Outcome::kWhole;
  }

  static int64_t length(const Slice& slice) { return slice.end_ns - slice.start_ns + 1; }

  static Status too_many() {
    return {Code::kLimit, "a millisecond of the cluster has more rows than pxq can hold",
            "--tables takes fewer tables, --without-bodies smaller rows"};
  }

  const Connection& connection_;
  const std::vector<CatalogueTable>& tables_;
  const Discretion& discretion_;
  local::snapshot::SnapshotWriter& writer_;
  int64_t next_ns_ = kSlice;
  int64_t longest_ns_ = kLongestSlice;
  uint64_t row_count_ = 0;
};

/// Where to begin: a window that is far longer than what a cluster holds would be thousands of
/// slices without a row. What is in one slice is read without asking.
Result<int64_t> first_rows(const Connection& connection, const std::vector<CatalogueTable>& tables,
                           const Slice& window) {
  if (window.end_ns - window.start_ns < kSlice) return window.start_ns;
  const Result<Oldest> oldest = ask_oldest(connection, tables, window.start_ns);
  if (!oldest.ok()) return oldest.status();
  // The last slice is read in any case: rows may come while this is asked.
  int64_t first = window.end_ns - kSlice + 1;
  for (const auto& [table, ns] : *oldest) first = std::min(first, ns);
  return std::max(first, window.start_ns);
}

}  // namespace

Result<Oldest> ask_oldest(const Connection& connection, const std::vector<CatalogueTable>& tables,
                          int64_t start_ns) {
  Oldest oldest;
  const Result<Answer> answer = ask(connection, oldest_script(tables, start_ns));
  if (!answer.ok()) return answer.status();
  for (const auto& [table, rows] : *answer) {
    for (const AnswerRow& row : rows) {
      const auto text = row.find("oldest");
      if (text == row.end()) {
        return Status(
            Code::kServer,
            fmt::format("the cluster does not say since when it has rows of {}", visible(table)));
      }
      int64_t ns = 0;
      std::from_chars(text->second.data(), text->second.data() + text->second.size(), ns);
      // The least of no times is no moment of a cluster.
      if (ns <= 0 || ns == INT64_MAX) continue;
      const auto known = oldest.emplace(table, ns).first;
      known->second = std::min(known->second, ns);
    }
  }
  return oldest;
}

Status read_rows(const Connection& connection, const std::vector<CatalogueTable>& tables,
                 const Slice& window, const Discretion& discretion,
                 local::snapshot::SnapshotWriter& writer, SnapshotProgress& progress) {
  const Result<int64_t> first = first_rows(connection, tables, window);
  if (!first.ok()) return first.status();
  Reading reading(connection, tables, discretion, writer);
  size_t number = 0;
  for (int64_t start = *first; start <= window.end_ns;) {
    const int64_t length = reading.next_ns();
    Slice slice{start, std::min(window.end_ns, start + length - 1)};
    const auto left = static_cast<size_t>((window.end_ns - start) / length);
    progress.slice(number + 1, number + 1 + left);
    if (Status status = reading.run(slice); !status.ok()) return status;
    progress.wrote(reading.row_count(), writer.contents());
    ++number;
    start = slice.end_ns + 1;
  }
  return {};
}

}  // namespace pxq
