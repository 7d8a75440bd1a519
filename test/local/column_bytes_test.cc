// A column's bytes in a snapshot, and the column again.

#include "local/snapshot/column_bytes.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace pxq::local::snapshot {
namespace {

std::string bytes_of(const std::vector<RowBatch>& batches) {
  TextBuffer bytes;
  append_column(batches, 0, bytes);
  return std::string(bytes.view());
}

RowBatch batch_of(Column column) {
  RowBatch batch;
  batch.num_rows = column_size(column);
  batch.columns.push_back(std::move(column));
  return batch;
}

/// Numbers of every length, which are not of few values.
std::vector<uint64_t> spread(size_t count) {
  std::vector<uint64_t> numbers;
  uint64_t state = 88172645463325252U;
  for (size_t i = 0; i < count; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    numbers.push_back(state >> (i % 64));
  }
  return numbers;
}

}  // namespace

TEST_CASE("numbers of eight bytes stand in a snapshot byte by byte, the lowest of all first") {
  // As docs/snapshot.md has it, counted by hand: more than eight, so that some are left over.
  const Int64Column numbers = {0x0807060504030201, 1, 2, 3, 4, 5, 6, 7, -1, 0x1234};
  const std::string bytes = bytes_of({batch_of(numbers)});
  REQUIRE(bytes.size() == 1 + numbers.size() * 8);
  CHECK(bytes[0] == 2);
  CHECK(bytes.substr(1, 10) == std::string("\x01\x01\x02\x03\x04\x05\x06\x07\xff\x34", 10));
  CHECK(bytes.substr(11, 10) == std::string("\x02\0\0\0\0\0\0\0\xff\x12", 10));
  CHECK(bytes.substr(71, 10) == std::string("\x08\0\0\0\0\0\0\0\xff\0", 10));
  // Of times the steps: 5, and then 1 each.
  const std::string steps = bytes_of({batch_of(Time64Column{{5}, {6}, {7}})});
  CHECK(steps == std::string("\x02\x05\x01\x01", 4) + std::string(21, '\0'));
}

TEST_CASE("a column of a snapshot is what it was, however long and however cut") {
  for (const size_t rows : {0U, 1U, 7U, 8U, 9U, 15U, 16U, 17U, 1000U, 1027U}) {
    CAPTURE(rows);
    const std::vector<uint64_t> numbers = spread(rows);
    Int64Column wholes;
    Float64Column floats;
    Time64Column times;
    for (const uint64_t number : numbers) {
      wholes.push_back(static_cast<int64_t>(number));
      floats.push_back(static_cast<double>(number) / 3);
      times.push_back({static_cast<int64_t>(number)});
    }
    for (const Column& column : {Column(wholes), Column(floats), Column(times)}) {
      const std::string bytes = bytes_of({batch_of(column)});
      const Result<Column> again = read_column(bytes, column_type(column), rows);
      REQUIRE(again.ok());
      CHECK((*again == column));
      CHECK_FALSE(read_column(bytes, column_type(column), rows + 1).ok());
      // No text is kept byte by byte.
      if (bytes[0] == 2) CHECK_FALSE(read_column(bytes, DataType::kString, rows).ok());
    }
    if (rows < 2) continue;
    const Int64Column first(wholes.begin(), wholes.begin() + 1);
    const Int64Column rest(wholes.begin() + 1, wholes.end());
    CHECK(bytes_of({batch_of(first), batch_of(rest)}) == bytes_of({batch_of(wholes)}));
  }
}

TEST_CASE("texts of few values are kept once each, told apart by any of their bytes") {
  // One byte differs, at every place of texts of every length up to some words.
  std::vector<std::string> texts;
  for (size_t size = 0; size < 70; ++size) {
    texts.emplace_back(size, 'x');
    for (size_t at = 0; at < size; ++at) (texts.emplace_back(size, 'x'))[at] = 'y';
  }
  StringColumn cells;
  for (int round = 0; round < 3; ++round) {
    for (const std::string& text : texts) {
      for (int i = 0; i < 2; ++i) cells.emplace_back(text);
    }
  }
  const std::string bytes = bytes_of({batch_of(cells)});
  CHECK(bytes[0] == 1);
  uint32_t values = 0;
  std::memcpy(&values, bytes.data() + 1, sizeof values);
  CHECK(values == texts.size());
  const Result<Column> again = read_column(bytes, DataType::kString, cells.size());
  REQUIRE(again.ok());
  CHECK((std::get<StringColumn>(*again) == cells));
}

}  // namespace pxq::local::snapshot
