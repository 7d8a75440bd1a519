// Segments that are packed by one thread or by two: the same, in the same order, kept or dropped.

#include "local/snapshot/segment_line.h"

#include <catch2/catch.hpp>

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/output.h"
#include "local/snapshot/writer.h"

namespace pxq::local::snapshot {
namespace {

const std::vector<ColumnInfo> kColumns = {{"time_", DataType::kTime64Ns, SemanticType::kNone, ""},
                                          {"text", DataType::kString, SemanticType::kNone, ""},
                                          {"number", DataType::kInt64, SemanticType::kNone, ""}};

RowBatch some_rows(std::mt19937& random, size_t rows, int64_t& time) {
  RowBatch batch;
  batch.num_rows = rows;
  auto storage = std::make_shared<std::vector<std::string>>();
  storage->reserve(rows);
  Time64Column times;
  StringColumn texts;
  Int64Column numbers;
  for (size_t row = 0; row < rows; ++row) {
    time += static_cast<int64_t>(random() % 1000);
    times.push_back({time});
    storage->push_back(std::string(random() % 300, static_cast<char>('a' + random() % 26)));
    texts.emplace_back(storage->back());
    numbers.push_back(static_cast<int64_t>(random() % 3 == 0 ? random() : random() % 5));
  }
  batch.columns = {std::move(times), std::move(texts), std::move(numbers)};
  batch.storage = std::move(storage);
  return batch;
}

/// A snapshot of two tables in slices, some of which are given up and come again, as a file.
std::string taken(Packing packing, bool with_dropped) {
  StringOutput output;
  SnapshotWriter writer(output, packing);
  for (const char* name : {"a", "b"}) REQUIRE(writer.add_table(name, kColumns).ok());
  std::mt19937 random(7);
  std::mt19937 other(8);
  int64_t time = 0;
  for (int slice = 0; slice < 20; ++slice) {
    if (with_dropped && slice % 3 == 0) {
      int64_t lost = time;
      for (int i = 0; i < slice; ++i) {
        writer.add_rows(static_cast<size_t>(i % 2), {some_rows(other, 500, lost)});
      }
      writer.drop();
      CHECK(writer.unkept_bytes() == 0);
    }
    for (int i = 0; i < 7; ++i) {
      const size_t rows = random() % 9000;
      std::vector<RowBatch> batches;
      batches.push_back(some_rows(random, rows, time));
      batches.push_back(some_rows(random, rows / 2, time));
      writer.add_rows(static_cast<size_t>(i % 2), std::move(batches));
    }
    writer.keep();
    CHECK(writer.unkept_bytes() == 0);
  }
  writer.close({});
  REQUIRE(output.status().ok());
  return output.str();
}

}  // namespace

TEST_CASE("a snapshot is the same file whichever threads pack it and whatever was given up") {
  const std::string expected = taken(Packing::kHere, false);
  CHECK(expected.size() > 1'000'000);
  CHECK((taken(Packing::kAside, false) == expected));
  CHECK((taken(Packing::kByCores, false) == expected));
  CHECK((taken(Packing::kHere, true) == expected));
  CHECK((taken(Packing::kAside, true) == expected));
}

TEST_CASE(
    "segments are handed on in their order, once they are kept, and by the thread that adds") {
  for (const Packing packing : {Packing::kHere, Packing::kAside}) {
    std::vector<size_t> handed;
    const std::thread::id here = std::this_thread::get_id();
    SegmentLine line(packing, [&](PackedSegment&& segment) {
      CHECK(std::this_thread::get_id() == here);
      CHECK(segment.whole);
      handed.push_back(segment.table);
    });
    std::mt19937 random(1);
    const auto add = [&](size_t number) {
      int64_t time = 0;
      SegmentRows rows{.table = number, .time = 0};
      rows.add(MeasuredBatch(some_rows(random, 2000, time)));
      line.add(std::move(rows));
    };
    for (size_t number = 0; number < 10; ++number) add(number);
    CHECK(handed.empty());
    CHECK(line.unkept_bytes() > 0);
    line.keep();
    for (size_t number = 10; number < 20; ++number) add(number);
    line.drop();
    for (size_t number = 20; number < 30; ++number) add(number);
    line.finish();
    std::vector<size_t> expected;
    for (size_t number = 0; number < 30; ++number) {
      if (number < 10 || number >= 20) expected.push_back(number);
    }
    CHECK(handed == expected);
  }
}

TEST_CASE("segments that nobody keeps go with their line") {
  SegmentLine line(Packing::kAside, [](PackedSegment&&) { FAIL("nothing was kept"); });
  std::mt19937 random(1);
  int64_t time = 0;
  for (int i = 0; i < 5; ++i) {
    SegmentRows rows{.table = 0, .time = 0};
    rows.add(MeasuredBatch(some_rows(random, 5000, time)));
    line.add(std::move(rows));
  }
}

}  // namespace pxq::local::snapshot
