// Tables that are stored in pieces: which pieces a window reads, and that rows of pieces that
// overlap come in the order of their times, each once.

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/output.h"
#include "fake/temp_dir.h"
#include "local/data/data_set.h"
#include "local/data/stored/pieced_table.h"
#include "local/snapshot/gatherer.h"
#include "local/snapshot/writer.h"

namespace pxq::local {
namespace {

const std::vector<ColumnInfo> kColumns = {
    {"time_", DataType::kTime64Ns, SemanticType::kNone, {}},
    {"id", DataType::kInt64, SemanticType::kNone, {}},
};

RowBatch batch_of(const std::vector<int64_t>& times, int64_t first_id) {
  RowBatch batch;
  batch.num_rows = times.size();
  Time64Column moments;
  Int64Column ids;
  for (const int64_t time : times) {
    moments.push_back(Time64{time});
    ids.push_back(first_id++);
  }
  batch.columns = {std::move(moments), std::move(ids)};
  return batch;
}

/// Pieces in memory.
class Kept final : public PieceSource {
 public:
  explicit Kept(std::vector<RowBatch> pieces) : pieces_(std::move(pieces)) {}

  Result<RowBatch> read(size_t number, std::span<const size_t> columns) const override {
    RowBatch read;
    read.num_rows = pieces_[number].num_rows;
    for (const size_t column : columns) read.columns.push_back(pieces_[number].columns[column]);
    return read;
  }

 private:
  std::vector<RowBatch> pieces_;
};

class Collected final : public RowReceiver {
 public:
  explicit Collected(size_t most = SIZE_MAX) : most_(most) {}

  bool rows(RowBatch&& batch) override {
    CHECK(batch.num_rows <= kScanRows);
    for (const int64_t id : std::get<Int64Column>(batch.columns.front())) ids.push_back(id);
    return ids.size() < most_;
  }

  std::vector<int64_t> ids;

 private:
  const size_t most_;
};

std::unique_ptr<PiecedTable> table_of(const std::vector<std::vector<int64_t>>& pieces) {
  std::vector<RowBatch> batches;
  std::vector<Piece> kept;
  int64_t id = 0;
  for (const std::vector<int64_t>& times : pieces) {
    batches.push_back(batch_of(times, id));
    id += static_cast<int64_t>(times.size());
  }
  const auto source = std::make_shared<const Kept>(batches);
  for (size_t i = 0; i < pieces.size(); ++i) {
    kept.push_back(
        {source, i, pieces[i].size(), 0, TimeWindow{pieces[i].front(), pieces[i].back()}});
  }
  return std::make_unique<PiecedTable>(Schema{"t", {}, kColumns}, "", std::move(kept));
}

std::vector<int64_t> ids_in(const TableSource& table, const TimeWindow& window,
                            int64_t now_ns = INT64_MAX, size_t most = SIZE_MAX) {
  const std::vector<size_t> columns = {1};
  ScanRequest request;
  request.columns = columns;
  request.window = window;
  request.now_ns = now_ns;
  Collected collected(most);
  CHECK(table.scan(request, collected).ok());
  return collected.ids;
}

using Ids = std::vector<int64_t>;

TEST_CASE("rows of pieces that overlap come in the order of their times") {
  const auto table = table_of({{10, 20, 30}, {5, 15, 25}, {30, 40}, {50}, {45, 60}});
  CHECK(ids_in(*table, {}) == Ids{3, 0, 4, 1, 5, 2, 6, 7, 9, 8, 10});
  CHECK(ids_in(*table, {15, 30}) == Ids{4, 1, 5, 2, 6});
  CHECK(ids_in(*table, {15, 30}, 20) == Ids{4, 1});
  CHECK(ids_in(*table, {61, 90}).empty());
  CHECK(table->extent()->rows == 11);
  CHECK(table->extent()->times == TimeWindow{5, 60});
}

TEST_CASE("a window reads the pieces that it touches, and a receiver that has enough ends it") {
  std::vector<std::vector<int64_t>> pieces;
  for (int64_t i = 0; i < 100; ++i) pieces.push_back({i * 10, i * 10 + 9});
  const auto table = table_of(pieces);
  CHECK(ids_in(*table, {305, 324}) == Ids{61, 62, 63, 64});
  CHECK(table->pieces_read() == 3);
  CHECK(ids_in(*table, {}, INT64_MAX, 3).size() == 4);
  CHECK(table->pieces_read() == 5);
}

TEST_CASE("the order of many mixed pieces is that of a sort of all rows") {
  std::vector<std::vector<int64_t>> pieces;
  std::vector<std::pair<int64_t, int64_t>> all;
  uint64_t seed = 7;
  int64_t id = 0;
  for (int64_t i = 0; i < 40; ++i) {
    std::vector<int64_t> times;
    for (int k = 0; k < 50; ++k) {
      seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
      times.push_back(i * 20 + static_cast<int64_t>(seed >> 33) % 100);
    }
    std::ranges::sort(times);
    for (const int64_t time : times) all.emplace_back(time, id++);
    pieces.push_back(times);
  }
  const auto table = table_of(pieces);
  const Ids ids = ids_in(*table, {});
  REQUIRE(ids.size() == all.size());
  std::ranges::sort(all);
  Ids sorted = ids;
  std::ranges::sort(sorted);
  for (size_t i = 0; i < sorted.size(); ++i) CHECK(sorted[i] == static_cast<int64_t>(i));
  std::vector<int64_t> times(all.size());
  for (const auto& [time, number] : all) times[static_cast<size_t>(number)] = time;
  CHECK(std::ranges::is_sorted(ids, {},
                               [&](int64_t number) { return times[static_cast<size_t>(number)]; }));
}

TEST_CASE("five minutes of a day's snapshot read the segments of five minutes") {
  constexpr int64_t kMinute = 60'000'000'000;
  StringOutput output;
  snapshot::SnapshotWriter writer(output);
  const Result<size_t> table = writer.add_table("t", kColumns);
  REQUIRE(table.ok());
  // In any order within five minutes, as streams of several agents are.
  for (int64_t slice = 0; slice < 288; ++slice) {
    snapshot::Gatherer gatherer(writer);
    std::vector<int64_t> times;
    for (int64_t i = 0; i < 300; ++i) times.push_back((slice * 300 + (i * 7) % 300) * kMinute / 60);
    gatherer.add(*table, batch_of(times, slice * 300));
    gatherer.finish();
  }
  writer.contents().end_ns = 288 * 5 * kMinute;
  writer.close({});
  const fake::TempDir dir;
  const std::string path = dir.write("day.pxsnap", output.str());
  const Result<DataSet> data = open_data_set(path);
  REQUIRE(data.ok());
  const auto* stored = dynamic_cast<const PiecedTable*>(data->tables.find("t"));
  REQUIRE(stored != nullptr);
  CHECK(stored->pieces() == 288);
  CHECK(ids_in(*stored, {600 * kMinute, 605 * kMinute - 1}).size() == 300);
  CHECK(stored->pieces_read() == 1);
  CHECK(ids_in(*stored, {602 * kMinute, 607 * kMinute - 1}).size() == 300);
  CHECK(stored->pieces_read() == 3);
}

}  // namespace
}  // namespace pxq::local
