#include <string>

#include "fuzz/files.h"
#include "fuzz/rows.h"
#include "fuzz/target.h"
#include "local/snapshot/column_bytes.h"
#include "local/snapshot/contents.h"
#include "local/snapshot/reader.h"
#include "local/snapshot/state_text.h"

namespace pxq::fuzz {
namespace {

void fuzz_column(Feed& feed) {
  const auto type = static_cast<DataType>(1 + feed.byte() % 6);
  const size_t rows = feed.two_bytes();
  const std::string bytes(feed.rest());
  const Result<Column> column = local::snapshot::read_column(bytes, type, rows);
  if (!column.ok()) return;
  expect(column_type(*column) == type && column_size(*column) == rows, "a column is as asked for");
  RowBatch batch;
  batch.num_rows = rows;
  batch.columns = {*column};
  TextBuffer again;
  local::snapshot::append_column({&batch, 1}, 0, again);
  const Result<Column> same = local::snapshot::read_column(again.view(), type, rows);
  expect(same.ok() && equal_cells(*same, *column), "a column that is kept gives its cells back");
}

void fuzz_file(std::string_view bytes) {
  const MemoryFile file(bytes);
  const auto snapshot = local::snapshot::SnapshotFile::open(file.path());
  if (!snapshot.ok()) return;
  (void)(*snapshot)->state();
  for (const auto& table : (*snapshot)->contents().tables) {
    std::vector<size_t> columns;
    for (size_t i = 0; i < table.columns.size(); ++i) columns.push_back(i);
    for (const auto& segment : table.segments) (void)(*snapshot)->read(table, segment, columns);
  }
}

}  // namespace

// The first byte: a whole file, its index, its state or one column. Behind the checksums of a whole
// file nothing would be reached.
void fuzz_snapshot(std::string_view input) {
  Feed feed(input);
  switch (feed.byte() % 4) {
    case 0: return fuzz_file(feed.rest());
    case 1: {
      const auto contents = local::snapshot::parse_contents(feed.rest());
      if (!contents.ok()) return;
      const auto again = local::snapshot::parse_contents(local::snapshot::to_json(*contents));
      return expect(again.ok(), "an index that was read can be kept");
    }
    case 2: {
      const auto parts = local::snapshot::parse_state(feed.rest());
      if (!parts.ok()) return;
      const auto again = local::snapshot::parse_state(local::snapshot::to_json(*parts));
      return expect(again.ok(), "a state that was read can be kept");
    }
    default: return fuzz_column(feed);
  }
}

}  // namespace pxq::fuzz
