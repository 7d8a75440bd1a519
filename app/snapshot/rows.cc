#include "snapshot/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "local/data/table_source.h"
#include "model/time_order.h"
#include "script/row_cap.h"
#include "snapshot/answer.h"

namespace pxq {
namespace {

constexpr int64_t kSlice = 300'000'000'000;    // five minutes, so that no Vizier reads for long
constexpr int64_t kShortestSlice = 1'000'000;  // a millisecond is not cut further
constexpr int kAttempts = 3;

enum class Outcome { kWhole, kTooMuch };

/// Whether a server seems to have cut a table at its cap, although it was asked not to.
bool is_capped(const std::vector<SliceKeeper::Table>& tables) {
  return std::ranges::find(tables, kDefaultRowCap, &SliceKeeper::Table::rows) != tables.end();
}

class Reading {
 public:
  Reading(const Connection& connection, const std::vector<CatalogueTable>& tables,
          const Discretion& discretion, local::snapshot::SnapshotWriter& writer)
      : connection_(connection), tables_(tables), discretion_(discretion), writer_(writer) {}

  Status run(const Slice& slice) {
    for (int attempt = 1;; ++attempt) {
      const Result<Outcome> outcome = try_once(slice);
      if (outcome.ok()) return *outcome == Outcome::kWhole ? Status() : halves(slice);
      const bool again = outcome.status().code() == Code::kIncomplete && attempt < kAttempts;
      if (!again) return outcome.status();
    }
  }

 private:
  Result<Outcome> try_once(const Slice& slice) {
    ScriptRequest request;
    request.text = row_script(tables_, slice, discretion_);
    request.source = "<snapshot>";
    request.cluster_id = connection_.cluster_id;
    set_row_cap(request, kNoRowCap);
    SliceKeeper keeper;
    const Summary summary = wire::run_script(connection_.peer, request, connection_.run, keeper);
    if (keeper.overflowed()) return Outcome::kTooMuch;
    if (!summary.status.ok()) return summary.status;
    if (is_capped(keeper.tables())) return Outcome::kTooMuch;
    if (Status status = write(keeper); !status.ok()) return status;
    return Outcome::kWhole;
  }

  static bool can_halve(const Slice& slice) {
    return slice.end_ns - slice.start_ns >= 2 * kShortestSlice;
  }

  Status halves(const Slice& slice) {
    if (!can_halve(slice)) {
      return {Code::kLimit, "a millisecond of the cluster has more rows than pxq can hold",
              "--tables takes fewer tables, --without-bodies smaller rows"};
    }
    const int64_t middle = slice.start_ns + (slice.end_ns - slice.start_ns) / 2;
    if (Status status = run({slice.start_ns, middle}); !status.ok()) return status;
    return run({middle + 1, slice.end_ns});
  }

  Status write(SliceKeeper& keeper) {
    for (SliceKeeper::Table& table : keeper.tables()) {
      const Result<size_t> number = writer_.add_table(table.schema.name, table.schema.columns);
      if (!number.ok()) return number.status();
      const auto time = time_column(table.schema.columns);
      writer_.add_rows(*number,
                       time ? ordered_by_time(std::move(table.batches), *time, local::kScanRows)
                            : cut_batches(std::move(table.batches), local::kScanRows));
    }
    return {};
  }

  const Connection& connection_;
  const std::vector<CatalogueTable>& tables_;
  const Discretion& discretion_;
  local::snapshot::SnapshotWriter& writer_;
};

}  // namespace

Result<Oldest> ask_oldest(const Connection& connection, const std::vector<CatalogueTable>& tables,
                          int64_t start_ns) {
  Oldest oldest;
  const Result<Answer> answer = ask(connection, oldest_script(tables, start_ns));
  if (!answer.ok()) return answer.status();
  for (const auto& [table, rows] : *answer) {
    for (const AnswerRow& row : rows) {
      const std::string& text = row.at("oldest");
      int64_t ns = 0;
      std::from_chars(text.data(), text.data() + text.size(), ns);
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
  Reading reading(connection, tables, discretion, writer);
  const auto slices = static_cast<size_t>((window.end_ns - window.start_ns) / kSlice) + 1;
  for (size_t i = 0; i < slices; ++i) {
    const int64_t start = window.start_ns + static_cast<int64_t>(i) * kSlice;
    const Slice slice{start, std::min(window.end_ns, start + kSlice - 1)};
    progress.slice(i + 1, slices);
    if (Status status = reading.run(slice); !status.ok()) return status;
    progress.wrote(writer.contents());
  }
  return {};
}

}  // namespace pxq
