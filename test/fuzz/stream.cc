#include <cstdint>

#include "fuzz/rows.h"
#include "fuzz/target.h"
#include "wire/decoder.h"
#include "wire/ledger.h"

namespace pxq::fuzz {
namespace {

constexpr wire::DecodeLimits kLimits{.columns = 64, .tables = 16, .batch_bytes = 1u << 20};

Status take_batch(const wire::EncodedBatch& encoded, wire::Ledger& ledger) {
  Result<wire::Ledger::Table*> table = ledger.find(encoded.table_id);
  if (!table.ok()) return table.status();
  RowBatch& batch = (*table)->batch;
  Status status = wire::decode_columns(encoded, (*table)->schema, kLimits, batch);
  if (!status.ok()) return status;
  expect_fits(batch, (*table)->schema);
  return ledger.enter(**table, batch, encoded.bytes);
}

Status take(std::string_view bytes, wire::Ledger& ledger) {
  const Result<wire::Response> response = wire::decode_response(bytes, kLimits);
  if (!response.ok()) return response.status();
  if (Status status = ledger.enter_query_id(response->query_id); !status.ok()) return status;
  if (response->metadata) {
    const Result<wire::Ledger::Table*> table = ledger.announce(*response->metadata);
    if (!table.ok()) return table.status();
  }
  if (response->stats) ledger.enter_stats(*response->stats);
  return response->batch ? take_batch(*response->batch, ledger) : Status{};
}

}  // namespace

// Messages with their lengths before them; one of length 0 stands for a cut that was resumed.
void fuzz_stream(std::string_view input) {
  Feed feed(input);
  wire::Ledger ledger(kLimits);
  Status status;
  while (!feed.empty() && status.ok()) {
    const std::string_view message = feed.text();
    if (message.empty()) {
      ledger.enter_gap();
    } else {
      status = take(message, ledger);
    }
  }
  const Summary summary = ledger.close(status);
  expect(summary.tables.size() == ledger.table_count(), "each table has its line in the summary");
  uint64_t rows = 0;
  bool whole = true;
  for (const TableSummary& table : summary.tables) {
    rows += table.rows;
    whole = whole && table.complete;
  }
  expect(rows == ledger.rows(), "the tables' rows are the run's");
  expect(!summary.status.ok() || (status.ok() && whole), "only a whole result is called whole");
}

}  // namespace pxq::fuzz
